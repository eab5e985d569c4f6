using OutlookCrm.Capture;
using OutlookCrm.Capture.Pages;
using OutlookCrm.Graph;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Health;

/// <summary>
/// Whether the product can do its work, in words that anybody may read: no firm, person, file or number is in them. Looked at once in
/// <see cref="Fresh"/>, however many ask.
/// </summary>
public sealed class HealthLook(
    StoreProbe store,
    ClockWatch watch,
    IWorkQueue queue,
    CapturedMailboxes mailboxes,
    MailboxStatuses statuses,
    IdentityOptions identity,
    CaptureOptions capture,
    GraphMailboxes graph,
    TimeProvider clock) : IDisposable
{
    internal static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    // A deployment for thousands of firms is watched by its metrics.
    private const int MaxFirms = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3); // real time: somebody waits

    private readonly SemaphoreSlim turn = new(1);
    private (HealthReport Report, long At)? kept;

    public async Task<HealthReport> NowAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (kept is { } known && clock.GetElapsedTime(known.At) is var age && age >= TimeSpan.Zero && age < Fresh)
            {
                return known.Report;
            }

            var report = await LookAsync();
            kept = (report, clock.GetTimestamp());
            return report;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The next who asks is told of now.</summary>
    public async Task ForgetAsync()
    {
        await turn.WaitAsync();
        kept = null;
        turn.Release();
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Of one firm's mailboxes.</summary>
    internal async Task<IReadOnlyList<(MailboxCondition Condition, MailboxStatus Status)>> MailboxesOfAsync(Guid firm, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var known = (await statuses.ListAsync(firm, cancellation)).ToDictionary(status => status.UserId);
        return
        [
            .. (await mailboxes.SettingsAsync(firm, cancellation))
                .Select(row => (Row: row, Status: known.GetValueOrDefault(row.UserId) ?? MailboxStatus.None(row.UserId)))
                .Select(one => (MailboxHealths.Judge(one.Row, one.Status, now, capture.PollInterval, graph.IsOn), one.Status)),
        ];
    }

    private async Task<HealthReport> LookAsync()
    {
        var records = await store.TryAsync() is { } trouble
            ? new HealthPart(HealthOf.Records, HealthState.Bad, $"{StoreTroubles.WordsOf(trouble)} What was saved before is kept; it is tried again by itself.")
            : new HealthPart(HealthOf.Records, HealthState.Good, "Records can be read and written.");
        List<HealthPart> parts = [records, .. await WorkAsync()];
        parts.AddRange(records.State == HealthState.Bad ? [] : await CaptureAsync());
        if (watch.Look() is { } by)
        {
            parts.Add(new HealthPart(
                HealthOf.Clock, HealthState.Warning, $"The clock of this machine was set {(by > TimeSpan.Zero ? "forward" : "back")} within the last hour; times around it may be wrong."));
        }

        return new HealthReport(parts.Max(part => part.State), parts);
    }

    private async Task<IReadOnlyList<HealthPart>> WorkAsync()
    {
        try
        {
            var (waiting, failed) = await Task.Run(CountAsync).WaitAsync(Patience);
            return
            [
                new HealthPart(HealthOf.Work, HealthState.Good, waiting == 0 ? "No work waits." : "Work waits, and is done one by one."),
                failed == 0
                    ? new HealthPart(HealthOf.FailedWork, HealthState.Good, "No work was given up.")
                    : new HealthPart(HealthOf.FailedWork, HealthState.Warning, "Some work failed five times and was put aside. The log says why; nothing of it is deleted."),
            ];
        }
        catch (Exception e) when (e is WorkQueueUnavailableException or TimeoutException)
        {
            return [new HealthPart(HealthOf.Work, HealthState.Bad, "The queue of work cannot be reached. It is tried again by itself.")];
        }
    }

    private async Task<(long Waiting, long Failed)> CountAsync()
    {
        var waiting = await Task.WhenAll(FailedWorkQueues.Kinds.Keys.Select(name => queue.CountAsync(name, CancellationToken.None)));
        var failed = await Task.WhenAll(FailedWorkQueues.Kinds.Keys.Select(name => queue.CountAsync(PoisonQueue.Of(name), CancellationToken.None)));
        return (waiting.Sum(), failed.Sum());
    }

    private async Task<IReadOnlyList<HealthPart>> CaptureAsync()
    {
        if (!graph.IsOn)
        {
            return [new HealthPart(HealthOf.Capture, HealthState.Warning, "Not connected to Microsoft 365: no mail is logged. Graph:Credential is not set, or Graph:Enabled is false.")];
        }

        var all = new List<(MailboxCondition Condition, MailboxStatus Status)>();
        try
        {
            foreach (var firm in identity.AllowedTenants.Take(MaxFirms))
            {
                all.AddRange(await MailboxesOfAsync(firm, CancellationToken.None).WaitAsync(Patience));
            }
        }
        catch (Exception e) when (e is TableStoreUnavailableException or TimeoutException)
        {
            return [new HealthPart(HealthOf.Capture, HealthState.Warning, "How the logging of mail is going cannot be seen.")];
        }

        all.RemoveAll(one => one.Condition is MailboxCondition.Off or MailboxCondition.OffForFirm);
        var now = clock.GetUtcNow();
        var isTold = all.All(one => one.Status.IsNotified && one.Status.SubscriptionExpiresAt > now);
        return
        [
            all.Any(one => one.Condition is MailboxCondition.Refused or MailboxCondition.Missing or MailboxCondition.SignInRefused)
                ? new HealthPart(HealthOf.Capture, HealthState.Warning, "Microsoft 365 does not let us into every mailbox. An owner sees which.")
                : all.Any(one => one.Condition is MailboxCondition.Busy or MailboxCondition.Behind)
                    ? new HealthPart(HealthOf.Capture, HealthState.Warning, "Mail is logged late: Microsoft 365 does not answer. It is tried again by itself, and nothing is lost.")
                    : new HealthPart(HealthOf.Capture, HealthState.Good, all.Count == 0 ? "No mailbox is logged yet." : "Every mailbox was looked at lately."),
            capture.NotificationUrl is null ? new HealthPart(HealthOf.News, HealthState.Good, "Mailboxes are looked at in turn: Microsoft 365 cannot tell of new mail, as Capture:NotificationUrl is not set.")
                : isTold ? new HealthPart(HealthOf.News, HealthState.Good, "Microsoft 365 tells of new mail at once.")
                : new HealthPart(HealthOf.News, HealthState.Warning, "Microsoft 365 does not tell of new mail in every mailbox; those are looked at in turn."),
        ];
    }
}
