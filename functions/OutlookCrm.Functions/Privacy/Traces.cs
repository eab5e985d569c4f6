using System.Text.Json;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.FollowUps;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>
/// Takes somebody out of every table of a firm, whose record is gone already or never was. It looks at each row there is, so whatever put a
/// trace there, however late, a second look finds it. May be broken off anywhere and repeated at will.
/// </summary>
public sealed class Traces(
    ITableStore tables,
    ITableScan scan,
    CustomerChanges changes,
    InteractionStore interactions,
    Senders senders,
    FollowUpStore followUps,
    FirmRecompute insights,
    InsightsStore figures)
{
    private const int MaxChanges = 100; // of a transaction
    private const int PageRows = 1_000;

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 50;

    /// <param name="asksOutlook">Whether to ask for reminders; asked for once, they are tried until they are gone.</param>
    /// <returns>How many reminders Outlook still shows.</returns>
    internal async Task<int> RemoveAsync(Guid tenantId, Erasure erasure, bool asksOutlook, CancellationToken cancellation)
    {
        var people = erasure.Addresses.ToHashSet();
        await RemoveFromTimelinesAsync(tenantId, erasure.Customer, people, cancellation);
        var correspondents = people.Select(who => TableKeys.Correspondent(who.Key)).ToHashSet(StringComparer.Ordinal);
        await DeleteAsync(Tables.People, tenantId, row => correspondents.Contains(row.RowKey), cancellation);
        await RemoveFromReceiptsAsync(tenantId, erasure.Customer, people, cancellation);
        await RemoveFromWishesAsync(tenantId, erasure.Customer, people, cancellation);
        await RemoveFromImportsAsync(tenantId, erasure, people, cancellation);
        if (erasure.Customer is not { } customer)
        {
            return 0;
        }

        var id = customer.ToString();
        await DeleteAsync(Tables.Addresses, tenantId, row => AddressClaim.CustomerOf(row) == customer, cancellation);
        await DeleteAsync(Tables.Search, tenantId, row => TableKeys.Last(row.RowKey) == id, cancellation);
        await DeleteAsync(Tables.Deals, tenantId, row => (string)row.Properties[nameof(Deal.Customer)] == id, cancellation);
        await DeleteAsync(Tables.Answers, tenantId, row => (string)row.Properties[nameof(GivenAnswer.Customer)] == id, cancellation);
        await DeleteAsync(Tables.Buyers, tenantId, row => TableKeys.Last(row.RowKey) == id, cancellation);
        await RemoveFromAgendasAsync(tenantId, customer, cancellation);
        var inOutlook = await RemoveRemindersAsync(tenantId, id, asksOutlook, cancellation);

        // Last what the rest was found by.
        await DeletePartitionAsync(TableKeys.Customer(tenantId, id), cancellation);
        if (await figures.NameAsync(tenantId, id, cancellation))
        {
            await insights.RunAsync(tenantId, cancellation);
        }

        return inOutlook;
    }

    /// <summary>Other customers' lines: what they wrote goes, on what others wrote they are named no more. Where they work, nobody does any more.</summary>
    private async Task RemoveFromTimelinesAsync(Guid tenantId, CustomerId? customer, HashSet<MailAddress> people, CancellationToken cancellation)
    {
        var own = customer is { } self ? TableKeys.Customer(tenantId, self.ToString()) : null;
        var concerned = new Dictionary<CustomerId, List<Details>>();
        var listed = new List<TableRow>();
        var employees = new List<CustomerId>();
        await foreach (var row in scan.ScanAsync(Tables.Customers, TableKeys.Firm(tenantId), cancellation))
        {
            if (!TableKeys.IsOf(tenantId, row.PartitionKey) || row.PartitionKey == own)
            {
                continue;
            }

            if (row.RowKey == TableKeys.Record)
            {
                if (customer is { } company && row.Properties.GetValueOrDefault("CompanyId") as string == company.ToString())
                {
                    employees.Add(CustomerId.Parse(TableKeys.Last(row.PartitionKey)));
                }
            }
            else if (customer is { } person && row.RowKey == TableKeys.Person(person.ToString()))
            {
                listed.Add(row);
            }
            else if (Details.IsDetails(row) && Details.From(row) is var details && IsConcerned(details, customer, people))
            {
                var theirs = CustomerId.Parse(TableKeys.Last(row.PartitionKey));
                if (!concerned.TryGetValue(theirs, out var found))
                {
                    concerned[theirs] = found = [];
                }

                found.Add(details);
            }
        }

        foreach (var row in listed)
        {
            await tables.DeleteAsync(Tables.Customers, row.PartitionKey, row.RowKey, etag: null, cancellation);
        }

        foreach (var employee in employees)
        {
            await changes.EditAsync(
                tenantId, employee, record => record.Company?.Id == customer ? record with { Company = null } : null, cancellation);
        }

        var others = await senders.FindCustomersAsync(
            tenantId,
            concerned.Values.SelectMany(found => found).SelectMany(details => details.Sightings)
                .SelectMany(sighting => sighting.Reading?.People ?? []).Select(person => person.Address)
                .Where(address => !people.Contains(address)).Distinct(),
            cancellation);
        foreach (var (theirs, found) in concerned)
        {
            await interactions.UpdateAsync(
                tenantId,
                theirs,
                [.. found.Select(details => (details.Id, (Func<Details, Details>)(now => Without(now, theirs, customer, people, others))))],
                cancellation);
        }
    }

    /// <summary>Files of invoices: an undo finds the purchases where they are kept; nobody is quoted any more.</summary>
    private async Task RemoveFromImportsAsync(Guid tenantId, Erasure erasure, HashSet<MailAddress> people, CancellationToken cancellation)
    {
        var buyer = erasure.Customer is { } customer ? TableKeys.ImportBuyer(customer.ToString()) : null;
        var concerned = new List<TableRow>();
        await foreach (var row in scan.ScanAsync(Tables.Imports, TableKeys.Firm(tenantId), cancellation))
        {
            if (TableKeys.IsOf(tenantId, row.PartitionKey) && (row.RowKey == buyer || ImportStore.Quotes(row, people)))
            {
                concerned.Add(row);
            }
        }

        foreach (var row in concerned)
        {
            if (row.RowKey != buyer)
            {
                await tables.PutAsync(Tables.Imports, ImportStore.Without(row, people), cancellation);
                continue;
            }

            if (erasure.KeptAs is { } keptAs)
            {
                await tables.PutAsync(Tables.Imports, row with { RowKey = TableKeys.ImportBuyer(keptAs.ToString()) }, cancellation);
            }

            await tables.DeleteAsync(Tables.Imports, row.PartitionKey, row.RowKey, etag: null, cancellation);
        }
    }

    private static bool IsConcerned(Details details, CustomerId? customer, HashSet<MailAddress> people) =>
        (customer is { } id && details.Customers.Contains(id)) || details.Sightings.Any(sighting => sighting.Reading is { } reading && people.Any(reading.Names));

    /// <summary>As capture has it of whoever is erased.</summary>
    private static Details Without(
        Details details,
        CustomerId theirs,
        CustomerId? customer,
        HashSet<MailAddress> people,
        IReadOnlyDictionary<MailAddress, KnownAddress> others)
    {
        var next = details.With(sighting =>
        {
            var reading = sighting.Reading!;
            if (!people.Any(reading.Names))
            {
                return sighting;
            }

            if (reading.People.Any(person => person.Role is ParticipantRole.From or ParticipantRole.Organizer && people.Contains(person.Address)))
            {
                return null;
            }

            var match = reading.Match is { } known && !people.Contains(known)
                ? known
                : reading.People.OrderBy(person => person.Role).Select(person => person.Address).FirstOrDefault(address =>
                    others.GetValueOrDefault(address) is { } other && (other.Id == theirs || other.Organisation == theirs));
            return match is null
                ? null
                : sighting with { Reading = people.Aggregate(reading, (left, who) => left.Without(who, match)), ChangedAt = sighting.ChangedAt.AddTicks(-1) };
        });
        return customer is { } id && next.Customers.Contains(id) ? next with { Customers = [.. next.Customers.Where(one => one != id)] } : next;
    }

    private async Task RemoveFromReceiptsAsync(Guid tenantId, CustomerId? customer, HashSet<MailAddress> people, CancellationToken cancellation)
    {
        var id = customer?.ToString();
        await ChangeAsync(
            Tables.Mailboxes,
            tenantId,
            row => row.RowKey[0] switch
            {
                'g' when id is not null && row.Properties.GetValueOrDefault(nameof(LoggedMeeting.Customers)) is string customers =>
                    WithoutLine(row, nameof(LoggedMeeting.Customers), customers, id),
                'r' when row.Properties.ContainsKey(nameof(ReceiptDayRow.Listed)) => WithoutListed(row, people),
                _ => row,
            },
            cancellation);
    }

    private static TableRow WithoutListed(TableRow row, HashSet<MailAddress> people)
    {
        var day = ReceiptDayRow.From(row);
        var left = day.Listed.Where(item => !MailAddress.TryParse(item.Address, out var about) || !people.Contains(about)).ToList();
        return left.Count == day.Listed.Count ? row : row with { Properties = (day with { Listed = left }).ToProperties() };
    }

    private Task RemoveFromWishesAsync(Guid tenantId, CustomerId? customer, HashSet<MailAddress> people, CancellationToken cancellation)
    {
        var id = customer?.ToString();
        var blocked = people.Select(who => TableKeys.BlockedAddress(who.Key)).ToHashSet(StringComparer.Ordinal);
        return ChangeAsync(
            Tables.Blocks,
            tenantId,
            row => row.RowKey[0] switch
            {
                'a' when blocked.Contains(row.RowKey) => null,
                'i' or 't' or 'o' when id is not null && row.Properties.GetValueOrDefault(nameof(UndoneThing.Customers)) is string customers =>
                    WithoutLine(row, nameof(UndoneThing.Customers), customers, id),
                _ => row,
            },
            cancellation);
    }

    private async Task RemoveFromAgendasAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation)
    {
        var theirs = new HashSet<Guid>();
        await foreach (var row in ReadPartitionAsync(TableKeys.Customer(tenantId, customer.ToString()), cancellation))
        {
            if (TableKeys.IsFollowUp(row.RowKey))
            {
                theirs.Add(Guid.ParseExact(TableKeys.Last(row.RowKey), "N"));
            }
        }

        var id = customer.ToString();
        await ChangeAsync(
            Tables.Agenda,
            tenantId,
            row =>
            {
                if (row.RowKey is TableKeys.AgendaWaiting or TableKeys.AgendaQuiet)
                {
                    return row.RowKey == TableKeys.AgendaWaiting ? WaitingAgenda.Without(row, id) : QuietAgenda.Without(row, id);
                }

                var isTheirs = (row.RowKey == TableKeys.AgendaEnded || row.RowKey.StartsWith(TableKeys.AgendaEntries.From, StringComparison.Ordinal))
                    && row.Properties.GetValueOrDefault("Customer") as string == id;
                if (isTheirs)
                {
                    theirs.Add(Agenda.IdOf(row));
                }

                return isTheirs || row.RowKey == TableKeys.ThreadsOf(id) || row.RowKey == TableKeys.Dismissed(id) ? null : row;
            },
            cancellation);
        var versions = theirs.Select(TableKeys.AgendaVersion).ToHashSet(StringComparer.Ordinal);
        await DeleteAsync(Tables.Agenda, tenantId, row => versions.Contains(row.RowKey), cancellation);
    }

    /// <summary>Outlook is asked by the follow-ups' own messages, which try again for as long as it takes.</summary>
    private async Task<int> RemoveRemindersAsync(Guid tenantId, string customer, bool asksOutlook, CancellationToken cancellation)
    {
        var count = 0;
        await foreach (var row in scan.ScanAsync(Tables.Reminders, TableKeys.Reminders(tenantId), cancellation))
        {
            (CustomerId Customer, Guid UserId, Guid FollowUpId)? found = row.RowKey[0] switch
            {
                'f' when ShownReminder.From(row) is var shown => (shown.Customer, shown.UserId, shown.FollowUpId),
                'd' when TickedTask.From(row) is var ticked => (ticked.Customer, ticked.UserId, ticked.FollowUpId),
                _ => null,
            };
            if (found is { } theirs && theirs.Customer.ToString() == customer)
            {
                count++;
                if (asksOutlook)
                {
                    await followUps.SendAsync(
                        new FollowUpChanged(tenantId, theirs.UserId, customer, theirs.FollowUpId, Version: 1), delay: null, cancellation);
                }
            }
        }

        return count;
    }

    private async Task DeletePartitionAsync(string partition, CancellationToken cancellation)
    {
        await foreach (var some in ReadPartitionAsync(partition, cancellation).Chunk(MaxChanges).WithCancellation(cancellation))
        {
            var outcome = await tables.TransactAsync(
                Tables.Customers, partition, [.. some.Select(row => new TableChange.Delete(row.RowKey, ETag: null))], cancellation);
            foreach (var row in outcome.IsWritten ? [] : some)
            {
                await tables.DeleteAsync(Tables.Customers, partition, row.RowKey, etag: null, cancellation); // another look has some of them
            }
        }
    }

    private IAsyncEnumerable<TableRow> ReadPartitionAsync(string partition, CancellationToken cancellation) =>
        tables.ReadAllAsync(Tables.Customers, partition, new RowKeyRange("", Before: null), PageRows, cancellation);

    private Task DeleteAsync(string table, Guid tenantId, Func<TableRow, bool> isTrace, CancellationToken cancellation) =>
        ChangeAsync(table, tenantId, row => isTrace(row) ? null : row, cancellation);

    /// <param name="change">Gives the row as it shall be: the same back leaves it, null deletes it.</param>
    private async Task ChangeAsync(string table, Guid tenantId, Func<TableRow, TableRow?> change, CancellationToken cancellation)
    {
        var found = new List<TableRow>();
        await foreach (var row in scan.ScanAsync(table, TableKeys.Firm(tenantId), cancellation))
        {
            if (TableKeys.IsOf(tenantId, row.PartitionKey) && !ReferenceEquals(change(row), row))
            {
                found.Add(row);
            }
        }

        foreach (var row in found)
        {
            var now = row;
            for (var attempt = 1; now is not null; attempt++)
            {
                if (attempt > MaxAttempts)
                {
                    throw new TableStoreUnavailableException("A row changed again and again; it is looked at again later.");
                }

                var next = change(now);
                var result = ReferenceEquals(next, now) ? WriteResult.Written
                    : next is null ? await tables.DeleteAsync(table, now.PartitionKey, now.RowKey, now.ETag, cancellation)
                    : (await tables.ReplaceAsync(table, next, now.ETag!, cancellation)).Result;
                if (result is WriteResult.Written or WriteResult.Absent)
                {
                    break;
                }

                now = await tables.FindAsync(table, now.PartitionKey, now.RowKey, cancellation);
            }
        }
    }

    private static TableRow? WithoutLine(TableRow row, string column, string text, string line)
    {
        var lines = text.Split('\n');
        var left = lines.Where(one => one != line).ToArray();
        return left.Length == lines.Length ? row
            : left.Length == 0 ? null
            : row with { Properties = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal) { [column] = string.Join('\n', left) } };
    }
}
