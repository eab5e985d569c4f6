using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Firm;

/// <summary>
/// Remembers who of the firm signs in. A request only says so (<see cref="Seen"/>); the row is written behind it, at most once a
/// day for each person and process. A write that fails, or that the process does not live to do, is done by a later request.
/// </summary>
public sealed class ColleagueBook(ITableStore tables, FirmDirectory directory, TimeProvider clock, ILogger<ColleagueBook> log)
    : BackgroundService
{
    private const int MaxWaiting = 1_000;
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<(Guid TenantId, Guid UserId), DateOnly> seenOn = new();
    private readonly Channel<Caller> waiting = Channel.CreateBounded<Caller>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Tells of a caller whose token was good. Returns at once and never fails.</summary>
    public void Seen(Caller caller)
    {
        var today = Today();
        var key = (caller.TenantId, caller.UserId);
        if (seenOn.TryGetValue(key, out var day) && day == today)
        {
            return;
        }

        if (seenOn.Count >= MaxRemembered)
        {
            seenOn.Clear(); // costs a write for each, once
        }

        seenOn[key] = today;
        if (!waiting.Writer.TryWrite(caller))
        {
            seenOn.TryRemove(key, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var caller in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await RecordAsync(caller, stoppingToken);
            }
            catch (TableStoreUnavailableException e)
            {
                seenOn.TryRemove((caller.TenantId, caller.UserId), out _);
                log.LogWarning("Could not record that user {UserId} was here; the next request tries again: {Failure}", caller.UserId, Failure.WithoutWords(e));
            }
        }
    }

    private async Task RecordAsync(Caller caller, CancellationToken cancellation)
    {
        var row = ColleagueRow.From(caller, Today());
        if ((await tables.InsertAsync(Tables.Colleagues, row.ToTableRow(caller.TenantId), cancellation)).IsWritten)
        {
            directory.Forget(caller.TenantId);
            return;
        }

        var partition = TableKeys.Colleagues(caller.TenantId);
        if (await tables.FindAsync(Tables.Colleagues, partition, TableKeys.Colleague(caller.UserId), cancellation) is { ETag: { } etag } found
            && ColleagueRow.From(found) is var known
            && (known.LastSeenOn < row.LastSeenOn || known.Name != row.Name || known.Address != row.Address))
        {
            // When another process was faster, it wrote the same.
            await tables.ReplaceAsync(
                Tables.Colleagues, (row with { FirstSeenOn = known.FirstSeenOn }).ToTableRow(caller.TenantId), etag, cancellation);
            if (known.Name != row.Name || known.Address != row.Address)
            {
                directory.Forget(caller.TenantId);
            }
        }
    }

    private DateOnly Today() => clock.GetUtcNow().DayInUtc();
}
