using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Puts their day, as "My day" has it, into the Drafts of each colleague who wants that: once a working day, from the time they chose until noon. One
/// colleague after the other; what Graph cannot do now the next run tries, what it refuses is over for that day.
/// </summary>
public sealed class WriteMorningDigests(
    ReminderSettingsStore settings,
    DigestMarks marks,
    Agenda agenda,
    MissingMailboxes missing,
    FirmDirectory directory,
    GraphDigests graph,
    IdentityOptions identity,
    TimeProvider clock,
    ILogger<WriteMorningDigests> log)
{
    // Enough to count; what is due later is not looked for.
    private const int MaxLines = 200;

    private static readonly TimeOnly Noon = new(12, 0);

    [Function(nameof(WriteMorningDigests))]
    public async Task RunAsync([TimerTrigger("0 */10 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        if (!graph.IsOn)
        {
            return;
        }

        foreach (var tenantId in identity.AllowedTenants)
        {
            IReadOnlySet<DateOnly>? holidays = null;
            var gone = await missing.ListAsync(tenantId, cancellation);
            foreach (var account in (await directory.OfAsync(tenantId, cancellation)).Accounts.Where(account => !gone.ContainsKey(account.UserId)))
            {
                if (await settings.OfAsync(tenantId, account.UserId, cancellation) is { Digest: { } choice } own)
                {
                    holidays ??= await settings.HolidaysAsync(tenantId, cancellation);
                    var now = clock.GetUtcNow();
                    var reader = ReaderOf(own, choice, now);
                    if (IsTime(choice.At, reader, holidays, now)
                        && await marks.TakeAsync(tenantId, account.UserId, reader.Today, now, cancellation) is { } turn)
                    {
                        await WriteAsync(turn, reader, cancellation);
                    }
                }
            }
        }
    }

    /// <summary>From its time on, on the clock there, until noon of the same day, when that is a day of work.</summary>
    internal static bool IsTime(TimeOnly at, Reader reader, IReadOnlySet<DateOnly> holidays, DateTimeOffset now) =>
        WorkWeeks.IsWorkday(reader.Today.DayOfWeek, reader.Culture)
        && !holidays.Contains(reader.Today)
        && now >= FollowUpTimes.InstantOf(reader.Today, at, reader.TimeZone)
        && now < FollowUpTimes.InstantOf(reader.Today, Noon, reader.TimeZone);

    /// <summary>The same for each try of one morning.</summary>
    internal static string KeyOf(Guid userId, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{userId:N}-{day:yyyyMMdd}");

    private static Reader ReaderOf(ReminderSettings own, DigestChoice choice, DateTimeOffset now)
    {
        var zone = FollowUpTimes.ZoneOf(own.TimeZone ?? choice.TimeZone);
        return new Reader(CultureInfo.GetCultureInfo(choice.Culture), zone, now.DayIn(zone), MayEdit: false);
    }

    private async Task WriteAsync(DigestTurn turn, Reader reader, CancellationToken cancellation)
    {
        var user = turn.UserId.ToString("D");
        var key = KeyOf(turn.UserId, turn.Day);
        try
        {
            if (!turn.IsAgain || !await graph.HasDraftAsync(turn.TenantId, user, key, cancellation))
            {
                var rows = await agenda.ReadAsync(
                    turn.TenantId, turn.UserId, TableKeys.AgendaFirstPage, afterKey: null, MaxLines + 1 + TableKeys.RowsBeforeAgenda, cancellation);
                if (DigestWords.Of(Agenda.ToFirstPage(rows, MaxLines, reader.Today, clock.GetUtcNow()), reader) is { } digest)
                {
                    await graph.CreateDraftAsync(turn.TenantId, user, key, digest.Subject, digest.Html, cancellation);
                }
            }

            await marks.EndAsync(turn, problem: null, cancellation);
        }
        catch (GraphException refusal)
        {
            log.LogWarning("Morning digest of {UserId}: Graph said {Code} ({Status}, {Trouble})", turn.UserId, refusal.Code, refusal.Status, refusal.Trouble);
            if (refusal.IsMailboxMissing)
            {
                await missing.NoteAsync(turn.TenantId, turn.UserId, cancellation);
            }

            if (refusal.Trouble != GraphTrouble.Temporary)
            {
                await marks.EndAsync(turn, refusal.Status == (int)HttpStatusCode.Forbidden ? DigestProblem.NotAllowed : DigestProblem.Refused, cancellation);
            }
        }
    }
}
