using System.Collections.Concurrent;
using OutlookCrm.Storage;

namespace OutlookCrm.Firm;

/// <summary>
/// Each firm's colleagues and own domains, from memory: at most a minute old, so that to show a card costs no read of them.
/// </summary>
public sealed class FirmDirectory(ITableStore tables, FirmOptions options, TimeProvider clock)
{
    /// <summary>How long a colleague may sign in elsewhere before all know.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    // One deployment serves one firm, or a few.
    private const int MaxFirms = 100;

    private const int MaxColleagues = 1_000;

    private readonly ConcurrentDictionary<Guid, Loading> firms = new();

    /// <summary>One read of the store at a time and firm, whoever asks.</summary>
    public async ValueTask<OwnFirm> OfAsync(Guid tenantId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!firms.TryGetValue(tenantId, out var loading) || now - loading.At >= MaxAge || loading.Firm.Value is { IsFaulted: true } or { IsCanceled: true })
        {
            loading = Renew(tenantId, loading, now);
        }

        return await loading.Firm.Value.WaitAsync(cancellation);
    }

    /// <summary>The next to ask reads again.</summary>
    internal void Forget(Guid tenantId) => firms.TryRemove(tenantId, out _);

    private Loading Renew(Guid tenantId, Loading? old, DateTimeOffset now)
    {
        // Not with the asker's cancellation: others wait for the same answer.
        var renewed = new Loading(now, new Lazy<Task<OwnFirm>>(() => LoadAsync(tenantId)));
        var winner = firms.AddOrUpdate(tenantId, renewed, (_, current) => ReferenceEquals(current, old) ? renewed : current);
        if (firms.Count > MaxFirms && firms.MinBy(entry => entry.Value.At) is var oldest && oldest.Key != tenantId)
        {
            firms.TryRemove(oldest);
        }

        return winner;
    }

    private async Task<OwnFirm> LoadAsync(Guid tenantId)
    {
        var rows = await tables.RangeAsync(
            Tables.Colleagues, TableKeys.Colleagues(tenantId), new RowKeyRange("", Before: null), MaxColleagues, CancellationToken.None);
        return new OwnFirm(options.Domains, rows.Select(ColleagueRow.From));
    }

    /// <param name="At">When the reading began.</param>
    private sealed record Loading(DateTimeOffset At, Lazy<Task<OwnFirm>> Firm);
}
