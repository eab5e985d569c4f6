using System.Collections.Concurrent;
using OutlookCrm.Capture;
using OutlookCrm.Storage;

namespace OutlookCrm.Firm;

/// <summary>
/// Each firm's colleagues, own domains and mailboxes, from memory, so that to show a card costs no read of them. What is older than
/// <see cref="MaxAge"/> is answered once more while it is read anew behind the request.
/// </summary>
public sealed class FirmDirectory(ITableStore tables, FirmOptions options, TimeProvider clock)
{
    /// <summary>How long a colleague may sign in elsewhere, or close a mailbox to others, before it is read anew.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>What is older is answered to nobody: who asks waits for the reading.</summary>
    internal static readonly TimeSpan MaxStale = TimeSpan.FromMinutes(5);

    // One deployment serves one firm, or a few.
    private const int MaxFirms = 100;

    private const int MaxColleagues = 1_000;

    private readonly ConcurrentDictionary<Guid, Loading> firms = new();
    private readonly MailboxRows mailboxes = new(tables);

    /// <summary>One read of the store at a time and firm, whoever asks.</summary>
    public async ValueTask<OwnFirm> OfAsync(Guid tenantId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!firms.TryGetValue(tenantId, out var loading) || loading.At.IsOver(MaxStale, now) || loading.Firm.Value is { IsFaulted: true } or { IsCanceled: true })
        {
            loading = Begin(tenantId, loading, now);
        }
        else if (loading.At.IsOver(MaxAge, now) && loading.TryBeginRenewal())
        {
            RenewBehind(tenantId, loading, now);
        }

        return await loading.Firm.Value.WaitAsync(cancellation);
    }

    /// <summary>The next to ask reads again, and waits for it.</summary>
    internal void Forget(Guid tenantId) => firms.TryRemove(tenantId, out _);

    private Loading Begin(Guid tenantId, Loading? old, DateTimeOffset now)
    {
        // Not with the asker's cancellation: others wait for the same answer.
        var begun = new Loading(now, new Lazy<Task<OwnFirm>>(() => LoadAsync(tenantId)));
        var winner = firms.AddOrUpdate(tenantId, begun, (_, current) => ReferenceEquals(current, old) ? begun : current);
        if (firms.Count > MaxFirms && firms.MinBy(entry => entry.Value.At) is var oldest && oldest.Key != tenantId)
        {
            firms.TryRemove(oldest);
        }

        return winner;
    }

    // On a thread of its own: SQLite reads on the caller's. In a method of its own: what a lambda captures is allocated where its method begins.
    private void RenewBehind(Guid tenantId, Loading old, DateTimeOffset now) =>
        _ = Task.Run(() => RenewAsync(tenantId, old, now), CancellationToken.None);

    private async Task RenewAsync(Guid tenantId, Loading old, DateTimeOffset now)
    {
        try
        {
            var firm = await LoadAsync(tenantId);
            // When it was forgotten meanwhile, what was read may be what somebody just changed.
            firms.TryUpdate(tenantId, new Loading(now, new Lazy<Task<OwnFirm>>(Task.FromResult(firm))), old);
        }
        catch (TableStoreUnavailableException)
        {
            old.EndRenewal(); // the next to ask tries again; from MaxStale on they hear of it
        }
    }

    private async Task<OwnFirm> LoadAsync(Guid tenantId)
    {
        var colleagues = tables.RangeAsync(
            Tables.Colleagues, TableKeys.Colleagues(tenantId), new RowKeyRange("", Before: null), MaxColleagues, CancellationToken.None);
        var known = mailboxes.ListAsync(tenantId, CancellationToken.None);
        var domains = FirmDomains.ReadAsync(tables, tenantId, CancellationToken.None);
        await Task.WhenAll(colleagues, known, domains);
        return new OwnFirm(options.Domains.Concat(await domains), (await colleagues).Select(ColleagueRow.From), await known);
    }

    /// <param name="at">When the reading began.</param>
    private sealed class Loading(DateTimeOffset at, Lazy<Task<OwnFirm>> firm)
    {
        private int renewals;

        public DateTimeOffset At { get; } = at;

        public Lazy<Task<OwnFirm>> Firm { get; } = firm;

        public bool TryBeginRenewal() => Interlocked.CompareExchange(ref renewals, 1, 0) == 0;

        public void EndRenewal() => Volatile.Write(ref renewals, 0);
    }
}
