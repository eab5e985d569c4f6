using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Row <c>l|{user}</c> of table <c>mailboxes</c>: who works on a mailbox, and what the workers tell each other.</summary>
/// <param name="Owner">Names the worker; null when nobody works on it.</param>
/// <param name="Until">From then on another may take it.</param>
/// <param name="LookedFrom">When the last round began that came to its end; null before the first.</param>
/// <param name="Failures">Rounds in a row that Graph refused.</param>
/// <param name="RetryAt">Not before this time.</param>
internal sealed record MailboxLeaseRow(string? Owner, DateTimeOffset Until, DateTimeOffset? LookedFrom, int Failures, DateTimeOffset? RetryAt)
{
    public static MailboxLeaseRow None { get; } = new(null, DateTimeOffset.UnixEpoch, null, 0, null);

    public bool IsTaken(DateTimeOffset now) => Owner is not null && Until.IsAhead(MailboxLease.Length, now);

    public static MailboxLeaseRow From(TableRow row) => new(
        row.Properties.GetValueOrDefault(nameof(Owner)) as string,
        (DateTimeOffset)row.Properties[nameof(Until)],
        row.Properties.GetValueOrDefault(nameof(LookedFrom)) as DateTimeOffset?,
        (int)row.Properties[nameof(Failures)],
        row.Properties.GetValueOrDefault(nameof(RetryAt)) as DateTimeOffset?);

    public TableRow ToTableRow(Guid tenantId, Guid userId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Until)] = Until.ToUniversalTime(),
            [nameof(Failures)] = Failures,
        };
        if (Owner is not null)
        {
            properties[nameof(Owner)] = Owner;
        }

        if (LookedFrom is { } lookedFrom)
        {
            properties[nameof(LookedFrom)] = lookedFrom.ToUniversalTime();
        }

        if (RetryAt is { } retryAt)
        {
            properties[nameof(RetryAt)] = retryAt.ToUniversalTime();
        }

        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.MailboxLease(userId), properties);
    }
}

/// <summary>One worker a mailbox, whatever processes there are.</summary>
public sealed class MailboxLeases(ITableStore tables, CaptureReceipts receipts, TimeProvider clock)
{
    internal async Task<(MailboxLeaseRow Row, string? ETag)> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.MailboxLease(userId), cancellation) is { } row
            ? (MailboxLeaseRow.From(row), row.ETag)
            : (MailboxLeaseRow.None, null);

    /// <summary>Null when another has it, or was faster.</summary>
    /// <param name="known">As read.</param>
    internal async Task<MailboxLease?> TryTakeAsync(
        Guid tenantId, Guid userId, (MailboxLeaseRow Row, string? ETag) known, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (known.Row.IsTaken(now))
        {
            return null;
        }

        var taken = known.Row with { Owner = Guid.NewGuid().ToString("N"), Until = now + MailboxLease.Length };
        var row = taken.ToTableRow(tenantId, userId);
        var outcome = known.ETag is { } etag
            ? await tables.ReplaceAsync(Tables.Mailboxes, row, etag, cancellation)
            : await tables.InsertAsync(Tables.Mailboxes, row, cancellation);
        return outcome is { IsWritten: true, ETag: { } version }
            ? new MailboxLease(tables, receipts, clock, tenantId, userId, taken, version, cancellation)
            : null;
    }
}

/// <summary>
/// The right to work on a mailbox. Everything that a worker saves goes through <see cref="CommitAsync"/>, which saves nothing unless the
/// lease is still this worker's: who stood still while another took it can no longer move a cursor.
/// </summary>
internal sealed class MailboxLease : IAsyncDisposable
{
    /// <summary>How soon a killed worker's mailbox is looked at by another. Renewed three times as often.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly ITableStore tables;
    private readonly CaptureReceipts receipts;
    private readonly TimeProvider clock;
    private readonly Guid tenantId;
    private readonly Guid userId;
    private readonly string owner;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource ended = new();
    private readonly Task renewing;
    private string etag;

    public MailboxLease(
        ITableStore tables, CaptureReceipts receipts, TimeProvider clock, Guid tenantId, Guid userId, MailboxLeaseRow row, string etag,
        CancellationToken cancellation)
    {
        (this.tables, this.receipts, this.clock, this.tenantId, this.userId) = (tables, receipts, clock, tenantId, userId);
        (Row, this.etag, owner) = (row, etag, row.Owner!);
        lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        renewing = RenewAsync();
    }

    public MailboxLeaseRow Row { get; private set; }

    /// <summary>Cancelled when the lease is lost, or the work is called off.</summary>
    public CancellationToken Token => lost.Token;

    /// <summary>Saves these changes with the receipt and a longer lease: all or nothing.</summary>
    /// <param name="changes">Of the firm's partition of table <c>mailboxes</c>; at most 67, none of which can be refused.</param>
    /// <param name="next">What the lease shall say besides; null leaves it.</param>
    /// <exception cref="MailboxLeaseLostException">Another has it; nothing was saved.</exception>
    public async Task CommitAsync(
        PageReceipt page, IReadOnlyList<TableChange> changes, Func<MailboxLeaseRow, MailboxLeaseRow>? next, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var row = Row with { Until = clock.GetUtcNow() + Length };
            row = next?.Invoke(row) ?? row;
            var outcome = await receipts.CommitAsync(
                tenantId, userId, page, [new TableChange.Replace(row.ToTableRow(tenantId, userId), etag), .. changes], cancellation);
            if (!outcome.IsWritten)
            {
                await lost.CancelAsync();
                throw outcome.FailedIndex == 0
                    ? new MailboxLeaseLostException()
                    : new InvalidOperationException($"Change {outcome.FailedIndex} of a mailbox was refused: {outcome.Result}.");
            }

            (Row, etag) = (row, outcome.ETags[0]!);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Gives it back, unless the last commit did or another has it.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await renewing;
        if (Row.Owner is not null)
        {
            try
            {
                await GiveBackAsync();
            }
            catch (TableStoreUnavailableException)
            {
                // It ends by itself.
            }
        }

        lost.Dispose();
        ended.Dispose();
        turn.Dispose();
    }

    // Read anew: a commit may have been written although its answer was lost.
    private async Task GiveBackAsync()
    {
        if (await tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.MailboxLease(userId), CancellationToken.None)
                is { ETag: { } current } found
            && MailboxLeaseRow.From(found) is var row && row.Owner == owner)
        {
            await tables.ReplaceAsync(
                Tables.Mailboxes, (row with { Owner = null }).ToTableRow(tenantId, userId), current, CancellationToken.None);
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Length / 3, clock, ended.Token);
                if (Row.Owner is null)
                {
                    return;
                }

                if (clock.GetUtcNow() is var now && now < Row.Until - (Length / 2) && Row.Until.IsAhead(Length, now))
                {
                    continue; // a commit renewed it
                }

                try
                {
                    await CommitAsync(new PageReceipt(PageKind.Live, clock.GetUtcNow(), [], []), [], next: null, ended.Token);
                }
                catch (TableStoreUnavailableException)
                {
                    // Tried again in a while; until then the lease holds, and without it no commit gets through.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (MailboxLeaseLostException)
        {
        }
    }
}

/// <summary>Another worker has the mailbox.</summary>
internal sealed class MailboxLeaseLostException() : Exception("Another worker has the mailbox.");
