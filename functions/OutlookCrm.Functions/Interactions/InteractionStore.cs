using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>What happened with customers: rows of table <c>customers</c>, in the customer's partition.</summary>
public sealed class InteractionStore(ITableStore tables)
{
    /// <summary>On the customer's own row: when we last were in contact. Changes with the interaction that causes it.</summary>
    public const string LastContactAt = "LastContactAt";

    /// <summary>Lines of a first page, with the card and on its own.</summary>
    public const int FirstPageSize = 20;

    // Each failed attempt means that another writer got through, so this many failing needs as many busy writers on one customer.
    private const int MaxAttempts = 200;

    private const string InteractionKey = "InteractionKey";

    /// <summary>Adds an interaction once: with the same id again, nothing changes, even if it was removed since.</summary>
    public async Task<AppendOutcome> AppendAsync(
        Guid tenantId, CustomerId customer, Interaction interaction, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var row = new TimelineRow(interaction).ToTableRow(partition);
        List<TableChange> always = [new TableChange.Insert(row)];
        if (Guid.TryParseExact(interaction.Id, "N", out var noteId) && interaction.Kind == InteractionKind.Note)
        {
            // The key of the line begins with its time, and a repeated request may come with another one.
            always.Insert(0, new TableChange.Insert(new TableRow(
                partition, TableKeys.NoteMarker(noteId), new Dictionary<string, object> { [InteractionKey] = row.RowKey })));
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: { } etag } record)
            {
                return AppendOutcome.NoSuchCustomer;
            }

            var known = record.Properties.GetValueOrDefault(LastContactAt) as DateTimeOffset?;
            var isNewest = interaction.IsContact && (known is null || known < interaction.At);
            List<TableChange> changes = isNewest
                ? [.. always, new TableChange.Replace(WithLastContact(record, interaction.At), etag)]
                : always;
            var outcome = await tables.TransactAsync(Tables.Customers, partition, changes, cancellation);
            switch (outcome.Result)
            {
                case WriteResult.Written:
                    return AppendOutcome.Appended;
                case WriteResult.AlreadyExists:
                    return AppendOutcome.AlreadyThere;
            }
        }

        throw new TableStoreUnavailableException("The customer's record changed again and again; the interaction was not added.");
    }

    /// <summary>
    /// A note's new text; the last of several at once stays, and none brings back a removed note. False when there is no such note.
    /// </summary>
    public async Task<bool> EditNoteAsync(
        Guid tenantId, CustomerId customer, Guid noteId, string text, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindNoteAsync(partition, noteId, cancellation) is not { ETag: { } etag } row)
            {
                return false;
            }

            var edited = TimelineRow.From(row).Interaction with { Text = Interaction.NoteText(text) };
            var outcome = await tables.ReplaceAsync(
                Tables.Customers, new TimelineRow(edited).ToTableRow(partition), etag, cancellation);
            if (outcome.IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("The note changed again and again; the new text was not saved.");
    }

    /// <summary>False when there is no such note. Its id stays used: a late repetition of adding it must not bring it back.</summary>
    public async Task<bool> RemoveNoteAsync(Guid tenantId, CustomerId customer, Guid noteId, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        return await FindNoteAsync(partition, noteId, cancellation) is { } row
            && await tables.DeleteAsync(Tables.Customers, partition, row.RowKey, etag: null, cancellation) == WriteResult.Written;
    }

    /// <summary>A page of the timeline; null when there is no such customer.</summary>
    /// <summary>
    /// Puts what capture found on one customer's timeline: as few transactions as hold it, each all or nothing. The same again,
    /// from any number of workers at once, ends in the same rows and writes nothing.
    /// </summary>
    /// <param name="recordings">Any number; each names <paramref name="customer"/> among its matches.</param>
    /// <returns>An outcome for each, in the order given.</returns>
    public Task<IReadOnlyList<RecordOutcome>> RecordAsync(
        Guid tenantId, CustomerId customer, IReadOnlyList<Recording> recordings, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>
    /// A mailbox's item is no longer what it was: moved to Junk, cancelled, declined. Its sighting goes, and the interaction with the
    /// last one. What was read of the item before then no longer brings it back.
    /// </summary>
    /// <param name="asOf">When the item changed to this; of one that is deleted, when that was learned.</param>
    public Task<ForgetOutcome> ForgetItemAsync(
        Guid tenantId, CustomerId customer, string interactionId, MailboxItem item, DateTimeOffset asOf, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <param name="afterKey">The key after which it begins, out of a <see cref="TimelineCursor"/>; null for the newest.</param>
    /// <param name="size">1 to 100.</param>
    public async Task<Timeline?> ReadAsync(
        Guid tenantId, CustomerId customer, string? afterKey, int size, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var range = afterKey is null ? TableKeys.Timeline : TableKeys.TimelineAfter(afterKey);
        var rows = await tables.RangeAsync(Tables.Customers, partition, range, size + 1, cancellation);
        return rows.Count > 0 || await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not null
            ? TimelineRow.Page(tenantId, customer, rows, size)
            : null;
    }

    private async Task<TableRow?> FindNoteAsync(string partition, Guid noteId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Customers, partition, TableKeys.NoteMarker(noteId), cancellation) is { } marker
            ? await tables.FindAsync(Tables.Customers, partition, (string)marker.Properties[InteractionKey], cancellation)
            : null;

    private static TableRow WithLastContact(TableRow record, DateTimeOffset at) => record with
    {
        Properties = new Dictionary<string, object>(record.Properties, StringComparer.Ordinal) { [LastContactAt] = at.ToUniversalTime() },
    };
}

public enum AppendOutcome
{
    Appended,
    AlreadyThere,
    NoSuchCustomer,
}
