using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// What colleagues wrote down of customers: a line of the timeline, and a marker that keeps its id used, both in the customer's partition of table
/// <c>customers</c>.
/// </summary>
public sealed class WrittenStore(ITableStore tables, FollowUpReplies replies, QuietAgenda quiet)
{
    // Each failed attempt means that another writer got through, so this many failing needs as many busy writers on one customer.
    private const int MaxAttempts = 200;

    /// <summary>Adds what somebody wrote down, once: with the same id again, nothing changes, even if it was removed since.</summary>
    public async Task<AppendOutcome> AppendAsync(
        Guid tenantId, CustomerId customer, Interaction interaction, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var row = TimelineRow.Of(partition, interaction);
        // The key of the line begins with its time, and a repeated request may come with another one.
        TableChange[] changes = [new TableChange.Insert(Marker(partition, interaction.Id, row.RowKey)), new TableChange.Insert(row)];
        if (await ImportMark.TouchAsync(tables, partition, cancellation) is not { } record)
        {
            return AppendOutcome.NoSuchCustomer;
        }

        var outcome = (await tables.TransactAsync(Tables.Customers, partition, changes, cancellation)).IsWritten ? AppendOutcome.Appended : AppendOutcome.AlreadyThere;
        if (interaction.Kind != InteractionKind.Note)
        {
            await replies.HearAsync(tenantId, customer, cancellation);
            await quiet.HearAsync(tenantId, customer, record, [], interaction.At, cancellation);
        }

        return outcome;
    }

    /// <summary>
    /// Changes what somebody wrote down; the last of several at once stays, and none brings back what was removed. False when there is no
    /// such thing.
    /// </summary>
    /// <param name="edit">May be asked more than once; its answer may be at another time.</param>
    public async Task<bool> EditAsync(
        Guid tenantId, CustomerId customer, Guid id, InteractionKind kind, Func<Interaction, Interaction> edit, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindRowsAsync(partition, id, kind, cancellation) is not var (marker, row))
            {
                return false;
            }

            var edited = TimelineRow.Of(partition, edit(TimelineRow.ToInteraction(row)));
            TableChange[] changes = edited.RowKey == row.RowKey
                ? [new TableChange.Replace(edited, row.ETag!)]
                :
                [
                    new TableChange.Replace(Marker(partition, Interaction.IdOf(id), edited.RowKey), marker.ETag!),
                    new TableChange.Delete(row.RowKey, row.ETag),
                    new TableChange.Insert(edited),
                ];
            if ((await tables.TransactAsync(Tables.Customers, partition, changes, cancellation)).IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("It changed again and again; nothing was saved.");
    }

    /// <summary>False when there is no such thing. Its id stays used: a late repetition of adding it must not bring it back.</summary>
    public async Task<bool> RemoveAsync(
        Guid tenantId, CustomerId customer, Guid id, InteractionKind kind, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindRowsAsync(partition, id, kind, cancellation) is not var (_, row))
            {
                return false;
            }

            // Gone from there: removed, or moved to another time.
            if (await tables.DeleteAsync(Tables.Customers, partition, row.RowKey, etag: null, cancellation) == WriteResult.Written)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("It changed again and again; it was not removed.");
    }

    /// <summary>What somebody wrote down; null when there is no such thing, or no more.</summary>
    /// <param name="start">As of <see cref="InteractionStore.FindDetailsStartingWithAsync"/>.</param>
    internal async Task<Interaction?> FindAsync(Guid tenantId, CustomerId customer, string start, CancellationToken cancellation) =>
        await InteractionStore.FindStartingWithAsync(tables, tenantId, customer, start, cancellation) is { } marker && !Details.IsDetails(marker)
        && await tables.FindAsync(
            Tables.Customers, marker.PartitionKey, (string)marker.Properties[Details.InteractionKey], cancellation) is { } row
            ? TimelineRow.ToInteraction(row)
            : null;

    private async Task<(TableRow Marker, TableRow Row)?> FindRowsAsync(
        string partition, Guid id, InteractionKind kind, CancellationToken cancellation)
    {
        // Moved between the two reads it stands elsewhere by now; removed, its marker stays as it was.
        string? gone = null;
        while (await tables.FindAsync(Tables.Customers, partition, TableKeys.Details(Interaction.IdOf(id)), cancellation) is { } marker
            && marker.ETag != gone
            && marker.Properties.GetValueOrDefault(Details.InteractionKey) is string key)
        {
            if (await tables.FindAsync(Tables.Customers, partition, key, cancellation) is { } row)
            {
                return (string)row.Properties[nameof(Interaction.Kind)] == kind.ToString() ? (marker, row) : null;
            }

            gone = marker.ETag;
        }

        return null;
    }

    /// <summary>Remembers that this was added, and where it stands or stood.</summary>
    private static TableRow Marker(string partition, string id, string rowKey) =>
        new(partition, TableKeys.Details(id), new Dictionary<string, object> { [Details.InteractionKey] = rowKey });
}

public enum AppendOutcome
{
    Appended,
    AlreadyThere,
    NoSuchCustomer,
}
