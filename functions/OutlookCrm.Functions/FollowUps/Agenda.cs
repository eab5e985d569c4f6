using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Table <c>agenda</c>: each colleague's open follow-ups by due date, so that "my day" is one range read. Made out of the records. Beside
/// each entry a row says which version it shows, and guards it by its ETag: a slow worker cannot bring back what a later version took away.
/// </summary>
public sealed class Agenda(ITableStore tables)
{
    private const string EntryKey = "EntryKey";
    private const string CustomerColumn = "Customer";
    private const string CustomerName = "CustomerName";
    private const string Link = "Link";
    private const string EndedAt = "EndedAt";
    private const string EndedBy = "EndedBy";
    private const int PageRows = 1_000;

    // Each failed attempt means that another worker got through.
    private const int MaxAttempts = 50;

    /// <summary>Makes a colleague's agenda show this version, or a later one that it shows already.</summary>
    internal async Task ShowAsync(Guid tenantId, Guid userId, FollowUp f, string customerName, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        var entry = f.State == FollowUpState.Open && f.OwnerId == userId ? Entry(partition, f, customerName) : null;
        var shownName = entry is null ? null : customerName; // what is not shown names nobody
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var shown = await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaVersion(f.Id), cancellation);
            var oldKey = shown?.Properties.GetValueOrDefault(EntryKey) as string;
            if (shown is not null
                && ((int)shown.Properties[nameof(FollowUp.Version)] > f.Version
                    || ((int)shown.Properties[nameof(FollowUp.Version)] == f.Version
                        && oldKey == entry?.RowKey
                        && shown.Properties.GetValueOrDefault(CustomerName) as string == shownName)))
            {
                return;
            }

            var version = Version(partition, f, entry?.RowKey, shownName);
            var wasEnded = shown is not null && oldKey is null;
            List<TableChange> changes = [.. await EndedChangesAsync(partition, f, customerName, wasEnded, cancellation), shown is { ETag: { } etag } ? new TableChange.Replace(version, etag) : new TableChange.Insert(version)];
            if (oldKey is not null && oldKey != entry?.RowKey)
            {
                changes.Add(new TableChange.Delete(oldKey, ETag: null));
            }

            if (entry is not null)
            {
                changes.Add(new TableChange.Put(entry));
            }

            if ((await tables.TransactAsync(Tables.Agenda, partition, changes, cancellation)).IsWritten)
            {
                return;
            }
        }

        throw new TableStoreUnavailableException("The agenda changed again and again; it is made anew later.");
    }

    /// <summary>What of row <see cref="TableKeys.AgendaEnded"/> changes: it has the one that was ended last, until that is changed again.</summary>
    private async Task<TableChange[]> EndedChangesAsync(string partition, FollowUp f, string customerName, bool wasEnded, CancellationToken cancellation)
    {
        var isEnded = f is { End: not null, Before: not null } && f.State != FollowUpState.Open && TableKeys.Last(partition) == f.OwnerId.ToString("N");
        if (!isEnded && !wasEnded)
        {
            return [];
        }

        var last = await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaEnded, cancellation);
        var isLast = last is not null && IdOf(last) == f.Id;
        if (!isEnded)
        {
            return isLast ? [new TableChange.Delete(TableKeys.AgendaEnded, last!.ETag)] : [];
        }

        var row = EndedEntry(partition, f, customerName);
        return last is null ? [new TableChange.Insert(row)]
            : isLast || (DateTimeOffset)last.Properties[EndedAt] <= f.End!.At ? [new TableChange.Replace(row, last.ETag!)]
            : [];
    }

    /// <summary>A colleague's open follow-ups in the order in which they are due: one range read.</summary>
    /// <param name="afterKey">The key after which it begins; null for the first.</param>
    internal Task<TableRange> ReadAsync(
        Guid tenantId, Guid userId, RowKeyRange range, string? afterKey, int maxRows, CancellationToken cancellation) =>
        tables.RangeAsync(
            Tables.Agenda,
            TableKeys.Agenda(tenantId, userId),
            afterKey is null ? range : RowKeyRange.After(afterKey, range.Before),
            maxRows,
            cancellation);

    /// <summary>All of a colleague's open follow-ups.</summary>
    internal IAsyncEnumerable<FollowUpLine> ReadAllAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        tables.ReadAllAsync(Tables.Agenda, TableKeys.Agenda(tenantId, userId), TableKeys.AgendaEntries, PageRows, cancellation).Select(ToLine);

    /// <summary>Forgets what is shown no more since before then: longer ago than any worker lives who could bring it back.</summary>
    internal async Task ForgetEndedAsync(Guid tenantId, Guid userId, DateTimeOffset before, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        await foreach (var row in tables.ReadAllAsync(Tables.Agenda, partition, TableKeys.AgendaVersions, PageRows, cancellation)
            .Where(row => row.Properties.GetValueOrDefault(EndedAt) is DateTimeOffset at && at < before))
        {
            await tables.DeleteAsync(Tables.Agenda, partition, row.RowKey, row.ETag, cancellation);
        }

        if (await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaEnded, cancellation) is { } ended && (DateTimeOffset)ended.Properties[EndedAt] < before)
        {
            await tables.DeleteAsync(Tables.Agenda, partition, ended.RowKey, ended.ETag, cancellation);
        }
    }

    /// <summary>What "My day" begins with: what was ended last, who waits and who is quiet, then the follow-ups.</summary>
    /// <param name="rows">Read from <see cref="TableKeys.AgendaFirstPage"/>, one more than shown, beside the rows before.</param>
    internal static MyDay ToFirstPage(IEnumerable<TableRow> rows, int size, DateOnly today, DateTimeOffset now)
    {
        var all = rows.ToList();
        var before = all.TakeWhile(row => !row.RowKey.StartsWith(TableKeys.AgendaEntries.From, StringComparison.Ordinal)).ToList();
        return ToPage(all[before.Count..], size, today, dueBefore: null) with
        {
            Ended = before.Find(row => row.RowKey == TableKeys.AgendaEnded) is { } ended ? ToLine(ended) : null,
            Waiting = before.Find(row => row.RowKey == TableKeys.AgendaWaiting) is { } waiting ? WaitingAgenda.Read(waiting, now) : null,
            Quiet = before.Find(row => row.RowKey == TableKeys.AgendaQuiet) is { } quiet ? QuietAgenda.Read(quiet) : new QuietCustomers([]),
        };
    }

    /// <param name="entries">One more than shown, when there is one.</param>
    /// <param name="dueBefore">When the last one of the page before is due.</param>
    internal static MyDay ToPage(IReadOnlyCollection<TableRow> entries, int size, DateOnly today, DateOnly? dueBefore)
    {
        var lines = entries.Take(size).Select(ToLine).ToList();
        return new MyDay(
            today, lines, entries.Count > size ? string.Create(CultureInfo.InvariantCulture, $"{lines[^1].DueOn:yyyyMMdd}-{lines[^1].Id}") : null, dueBefore);
    }

    internal static FollowUpLine ToLine(TableRow row) => new(
        IdOf(row).ToString("N"),
        (string)row.Properties[CustomerColumn],
        FollowUpStore.ETagOf((int)row.Properties[nameof(FollowUp.Version)]),
        row.Properties.GetValueOrDefault(CustomerName) as string,
        Enum.Parse<FollowUpKind>((string)row.Properties[nameof(FollowUp.Kind)]),
        (string)row.Properties[nameof(FollowUp.Note)],
        FollowUpRow.DateOf((string)row.Properties[nameof(FollowUp.DueOn)]),
        row.Properties.GetValueOrDefault(nameof(FollowUp.DueTime)) as string,
        (string)row.Properties[nameof(FollowUp.TimeZone)],
        new Colleague(Guid.ParseExact(TableKeys.Last(row.PartitionKey), "N").ToString("D"), (string)row.Properties[nameof(FollowUp.OwnerName)]),
        row.Properties.GetValueOrDefault(nameof(FollowUp.State)) is string state ? Enum.Parse<FollowUpState>(state) : FollowUpState.Open,
        row.Properties.ContainsKey(EndedAt) ? FollowUpEnding.Person : null,
        row.Properties.GetValueOrDefault(EndedAt) as DateTimeOffset?,
        row.Properties.GetValueOrDefault(EndedBy) as string,
        row.Properties.GetValueOrDefault(Link) as string,
        CanUndo: row.Properties.ContainsKey(EndedAt));

    /// <summary>The follow-up of a row that shows one.</summary>
    internal static Guid IdOf(TableRow row) =>
        row.Properties.GetValueOrDefault(FollowUpRow.EndedFollowUpId) as Guid? ?? Guid.ParseExact(TableKeys.Last(row.RowKey), "N");

    private static TableRow EndedEntry(string partition, FollowUp f, string customerName)
    {
        var properties = new Dictionary<string, object>(Entry(partition, f, customerName).Properties, StringComparer.Ordinal)
        {
            [FollowUpRow.EndedFollowUpId] = f.Id,
            [nameof(FollowUp.State)] = f.State.ToString(),
            [EndedAt] = f.End!.At.ToUniversalTime(),
        };
        if (f.End.By is { } by)
        {
            properties[EndedBy] = by;
        }

        return new TableRow(partition, TableKeys.AgendaEnded, properties);
    }

    private static TableRow Entry(string partition, FollowUp f, string customerName)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [CustomerColumn] = f.Customer.ToString(),
            [CustomerName] = customerName,
            [nameof(FollowUp.OwnerName)] = f.OwnerName,
            [nameof(FollowUp.Kind)] = f.Kind.ToString(),
            [nameof(FollowUp.Note)] = f.Note,
            [nameof(FollowUp.DueOn)] = FollowUpRow.TextOf(f.DueOn),
            [nameof(FollowUp.TimeZone)] = f.TimeZone,
            [nameof(FollowUp.Version)] = f.Version,
        };
        if (FollowUpRow.TextOf(f.DueTime) is { } time)
        {
            properties[nameof(FollowUp.DueTime)] = time;
        }

        // It leads into one person's mailbox.
        if (f.Source is { WebLink: { } link } source && source.UserId == f.OwnerId)
        {
            properties[Link] = link;
        }

        return new TableRow(partition, TableKeys.AgendaEntry(f.DueOn, f.Id), properties);
    }

    private static TableRow Version(string partition, FollowUp f, string? entryKey, string? customerName)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [nameof(FollowUp.Version)] = f.Version };
        if (entryKey is not null)
        {
            properties[EntryKey] = entryKey;
        }
        else
        {
            properties[EndedAt] = (f.End?.At > f.ChangedAt ? f.End.At : f.ChangedAt).ToUniversalTime();
        }

        if (customerName is not null)
        {
            properties[CustomerName] = customerName;
        }

        return new TableRow(partition, TableKeys.AgendaVersion(f.Id), properties);
    }
}
