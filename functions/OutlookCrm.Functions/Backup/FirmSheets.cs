using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Backup;

/// <summary>
/// The tables for people: CSV that a spreadsheet opens. What a colleague keeps private is not in them, and what they show as times and people only
/// stands there without subject and text.
/// </summary>
/// <param name="sight">Of a colleague who has no mailbox: sees what all see.</param>
internal sealed class FirmSheets(string folder, Sight sight) : IAsyncDisposable
{
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Columns { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["customers"] =
        [
            "id", "kind", "name", "company", "jobTitle", "phones", "street", "postalCode", "city", "region", "country", "language", "website", "owner", "stage", "tags",
            "expectations", "contactBy", "noCampaigns", "note", "address", "since",
        ],
        ["addresses"] = ["customerId", "customer", "address", "label", "from", "addedAt", "addedBy"],
        ["timeline"] = ["customerId", "customer", "at", "until", "kind", "direction", "by", "subject", "text", "people", "attachments"],
        ["follow-ups"] = ["customerId", "customer", "owner", "note", "due", "at", "timeZone", "kind", "state", "endedAt", "endedBy"],
        ["purchases"] = ["customerId", "customer", "on", "number", "product", "amount", "cost", "currency", "addedBy"],
        ["answers"] = ["customerId", "customer", "on", "question", "score", "words", "addedBy"],
        ["deals"] = ["customerId", "title", "stage", "amount", "currency", "expectedOn", "nextStep", "openedAt", "closedAt", "outcome", "why"],
    };

    private readonly Dictionary<string, CsvWriter> sheets = Columns.ToDictionary(sheet => sheet.Key, sheet => Open(folder, sheet.Key, sheet.Value));
    private string partition = "";
    private string name = "";
    private ThreadWaits? waits;

    /// <summary>A customer's own row comes before its others.</summary>
    public async Task TakeAsync(string table, TableRow row)
    {
        if (table == Tables.Deals)
        {
            var deal = DealRow.ToDeal(row);
            await WriteAsync(
                "deals", deal.Customer, deal.Title, deal.Stage, deal.Amount, deal.Currency, deal.ExpectedOn, deal.NextStep, deal.OpenedAt, deal.ClosedAt, deal.Outcome, deal.Why);
        }

        if (table != Tables.Customers)
        {
            return;
        }

        var customer = TableKeys.Last(row.PartitionKey);
        if (row.RowKey == TableKeys.Record)
        {
            (partition, waits) = (row.PartitionKey, ThreadWaits.Of(row, sight));
            await WriteAsync(CustomerRow.ToCustomer(row));
        }
        else if (row.PartitionKey != partition)
        {
            return; // the bar of a change that never happened: there is no customer
        }
        else if (CustomerStore.IsAddress(row))
        {
            var address = CustomerAddressRow.ToAddress(row);
            await WriteAsync("addresses", customer, name, address.Address, address.Label, address.Source, address.AddedAt, address.AddedBy);
        }
        else if (CustomerStore.IsLine(row) && !TimelineRow.SeenBy(row, sight).IsHidden)
        {
            var line = TimelineRow.ToLine(row, sight, waits!);
            await WriteAsync(
                "timeline", customer, name, line.At, line.EndsAt, line.Kind, line.Direction, line.By, line.Title, line.Text, line.PeopleCount,
                line.Attachments is null ? null : string.Join("; ", line.Attachments));
        }
        else if (TableKeys.IsFollowUp(row.RowKey))
        {
            var f = FollowUpRow.ToFollowUp(row);
            await WriteAsync("follow-ups", customer, name, f.OwnerName, f.Note, f.DueOn, f.DueTime, f.TimeZone, f.Kind, f.State, f.End?.At, f.End?.By);
        }
        else if (TableKeys.IsFeedback(row.RowKey) && FeedbackRow.ToAnswer(row, CustomerId.Parse(customer)) is { } answer)
        {
            await WriteAsync("answers", customer, name, answer.On, answer.Question, answer.Score, answer.Words, answer.By);
        }
        else if (TableKeys.IsPurchase(row.RowKey))
        {
            var purchase = PurchaseRow.ToPurchase(row);
            var sign = purchase.IsCreditNote ? -1 : 1;
            foreach (var item in purchase.Items)
            {
                await WriteAsync(
                    "purchases", customer, name, purchase.On, purchase.Number, item.Product, sign * item.Amount, sign * item.Cost, purchase.Currency, purchase.By);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sheet in sheets.Values)
        {
            await sheet.DisposeAsync();
        }
    }

    private static CsvWriter Open(string folder, string name, IReadOnlyList<string> columns)
    {
        // With a mark at the start, or a spreadsheet takes it for Western letters.
        var text = new StreamWriter(Path.Combine(folder, name + ".csv"), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var sheet = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        foreach (var column in columns)
        {
            sheet.WriteField(column);
        }

        sheet.NextRecord();
        return sheet;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        IFormattable number and (decimal or int) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => SpreadsheetText.Write(value.ToString() ?? ""),
    };

    private Task WriteAsync(Customer c)
    {
        name = c.Name;
        return WriteAsync(
            "customers", c.Id, c.Kind, c.Name, c.Company?.Name, c.JobTitle, string.Join("; ", c.Phones.Select(p => p.Label is null ? p.Number : $"{p.Label} {p.Number}")),
            c.PostalAddress?.Street, c.PostalAddress?.PostalCode, c.PostalAddress?.City, c.PostalAddress?.Region, c.PostalAddress?.Country, c.Language, c.Website,
            c.Owner?.Name, c.Stage, string.Join("; ", c.Tags), string.Join("; ", c.Expectations.Select(e => e.Text)), c.Preferences.ContactBy,
            c.Preferences.NoCampaigns ? "yes" : "no", c.Preferences.Note, c.PrimaryAddress, c.CreatedAt);
    }

    private async Task WriteAsync(string sheet, params object?[] values)
    {
        foreach (var value in values)
        {
            sheets[sheet].WriteField(Text(value));
        }

        await sheets[sheet].NextRecordAsync();
    }
}
