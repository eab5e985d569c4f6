using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>One mail with somebody who is no customer.</summary>
/// <param name="InteractionId">As <see cref="MailIdentity"/> names the mail.</param>
/// <param name="Direction">Incoming when they wrote, outgoing when we did.</param>
public sealed record CorrespondentMail(string InteractionId, Correspondent Who, Direction Direction, DateTimeOffset At);

/// <summary>
/// Table <c>people</c>: who writes with a mailbox and is no customer. Dates and counts only, nothing of the mail; a partition for
/// each mailbox, because whom one of us writes with is theirs to show.
/// </summary>
/// <remarks>
/// Of each person the newest <see cref="MaxKept"/> mails are known by hash, so that a mail that is seen again counts nothing. One that is
/// older than all of a full set is not counted either: a count may be too low from there on, and never too high.
/// </remarks>
public sealed class Correspondents(ITableStore tables)
{
    /// <summary>Mails of one person that are known again.</summary>
    public const int MaxKept = 64;

    private const int PageRows = 1_000;
    private const int MaxAttempts = 20;
    private const int MaxChanges = 100; // of a transaction
    private const int MaxReadsAtOnce = 32;

    /// <summary>Counts what one page of a mailbox has, or several: a point read for each person, all at once, and a transaction for each hundred.</summary>
    public async Task CountAsync(Guid tenantId, Guid userId, IReadOnlyCollection<CorrespondentMail> mails, CancellationToken cancellation)
    {
        var partition = TableKeys.Correspondents(tenantId, userId);
        foreach (var people in mails.Where(mail => mail.Direction != Direction.None).GroupBy(mail => mail.Who.Address).Chunk(MaxChanges))
        {
            await CountAsync(partition, people, cancellation);
        }
    }

    /// <summary>Everybody who writes with a mailbox, a page at a time.</summary>
    internal IAsyncEnumerable<CorrespondentRow> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        tables.ReadAllAsync(Tables.People, TableKeys.Correspondents(tenantId, userId), new RowKeyRange("", Before: null), PageRows, cancellation)
            .Select(CorrespondentRow.From);

    /// <summary>Null when they do not write with this mailbox, or are known otherwise.</summary>
    internal async Task<CorrespondentRow?> FindAsync(Guid tenantId, Guid userId, MailAddress address, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.People, TableKeys.Correspondents(tenantId, userId), TableKeys.Correspondent(address.Key), cancellation) is { } row
            ? CorrespondentRow.From(row)
            : null;

    /// <summary>Says that somebody is no customer, or takes that back. They go on being counted. False when nobody is there.</summary>
    internal async Task<bool> HideAsync(Guid tenantId, Guid userId, MailAddress address, bool isHidden, CancellationToken cancellation)
    {
        var partition = TableKeys.Correspondents(tenantId, userId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync(tenantId, userId, address, cancellation) is not { ETag: { } etag } row)
            {
                return false;
            }

            var next = (row with { IsHidden = isHidden }).ToTableRow(partition);
            if (row.IsHidden == isHidden || (await tables.ReplaceAsync(Tables.People, next, etag, cancellation)).IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("The correspondent changed again and again; nothing was saved.");
    }

    /// <summary>Forgets whoever has not written, and was not written to, since then.</summary>
    public async Task ForgetOldAsync(Guid tenantId, Guid userId, DateTimeOffset before, CancellationToken cancellation)
    {
        await foreach (var row in ReadAsync(tenantId, userId, cancellation))
        {
            if (row.LastAt < before)
            {
                // Not when they wrote in this moment.
                await tables.DeleteAsync(
                    Tables.People, TableKeys.Correspondents(tenantId, userId), TableKeys.Correspondent(row.Address.Key), row.ETag, cancellation);
            }
        }
    }

    /// <summary>Forgets somebody: they became a customer, or were erased, or are left out. True when they were known.</summary>
    public async Task<bool> ForgetAsync(Guid tenantId, Guid userId, MailAddress address, CancellationToken cancellation) =>
        await tables.DeleteAsync(
            Tables.People, TableKeys.Correspondents(tenantId, userId), TableKeys.Correspondent(address.Key), etag: null, cancellation)
        == WriteResult.Written;

    private async Task CountAsync(
        string partition, IReadOnlyCollection<IGrouping<MailAddress, CorrespondentMail>> people, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var known = await FindAsync(partition, people.Select(person => person.Key), cancellation);
            var changes = new List<TableChange>();
            foreach (var person in people)
            {
                var old = known.GetValueOrDefault(person.Key);
                var next = CorrespondentRow.Count(old, person);
                if (next != old)
                {
                    var row = next.ToTableRow(partition);
                    changes.Add(old?.ETag is { } etag ? new TableChange.Replace(row, etag) : new TableChange.Insert(row));
                }
            }

            // Refused when somebody counted at the same time, or forgot: read again.
            if (changes.Count == 0 || (await tables.TransactAsync(Tables.People, partition, changes, cancellation)).IsWritten)
            {
                return;
            }
        }

        throw new TableStoreUnavailableException("Correspondents changed again and again; nothing was counted.");
    }

    private async Task<Dictionary<MailAddress, CorrespondentRow>> FindAsync(
        string partition, IEnumerable<MailAddress> addresses, CancellationToken cancellation)
    {
        var found = new Dictionary<MailAddress, CorrespondentRow>();
        foreach (var some in addresses.Chunk(MaxReadsAtOnce))
        {
            foreach (var row in await Task.WhenAll(some.Select(address =>
                tables.FindAsync(Tables.People, partition, TableKeys.Correspondent(address.Key), cancellation))))
            {
                if (row is not null && CorrespondentRow.From(row) is var person)
                {
                    found[person.Address] = person;
                }
            }
        }

        return found;
    }
}
