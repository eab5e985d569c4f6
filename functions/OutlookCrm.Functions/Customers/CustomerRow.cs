using System.Globalization;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// Row <c>a</c> of table <c>customers</c>. Lists are text, one item a line: no field holds a line break, and JSON's escapes
/// could make a long list outgrow a property.
/// </summary>
internal static class CustomerRow
{
    private const string DateFormat = "yyyy-MM-dd"; // tables have no date type; this one sorts as text

    public static TableRow From(Guid tenantId, Customer customer, string? etag = null)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Customer.Kind)] = customer.Kind.ToString(),
            [nameof(Customer.Name)] = customer.Name,
            [nameof(Customer.Stage)] = customer.Stage.ToString(),
            [nameof(Preferences.NoCampaigns)] = customer.Preferences.NoCampaigns,
            [nameof(Customer.CreatedAt)] = customer.CreatedAt,
            [nameof(Customer.Version)] = customer.Version,
        };
        Put(nameof(Customer.Company), customer.Company?.Name);
        Put("CompanyId", customer.Company?.Id?.ToString());
        Put(nameof(Customer.JobTitle), customer.JobTitle);
        Put(nameof(Customer.Phones), Lines(customer.Phones.Select(p => $"{p.Label}\t{p.Number}")));
        Put(nameof(PostalAddress.Street), customer.PostalAddress?.Street);
        Put(nameof(PostalAddress.PostalCode), customer.PostalAddress?.PostalCode);
        Put(nameof(PostalAddress.City), customer.PostalAddress?.City);
        Put(nameof(PostalAddress.Region), customer.PostalAddress?.Region);
        Put(nameof(PostalAddress.Country), customer.PostalAddress?.Country);
        Put(nameof(Customer.Language), customer.Language);
        Put(nameof(Customer.Website), customer.Website);
        Put("OwnerId", customer.Owner?.Id);
        Put("OwnerName", customer.Owner?.Name);
        Put(nameof(Customer.Tags), Lines(customer.Tags));
        Put(nameof(Customer.Expectations), Lines(customer.Expectations.Select(e =>
            $"{e.On.ToString(DateFormat, CultureInfo.InvariantCulture)} {e.Text}")));
        Put(nameof(Preferences.ContactBy), customer.Preferences.ContactBy?.ToString());
        Put("PreferencesNote", customer.Preferences.Note);
        Put(nameof(Customer.PrimaryAddress), customer.PrimaryAddress);
        Put(SalesSummary.Column, customer.Sales);
        Put(nameof(Customer.StageBefore), customer.StageBefore?.ToString());
        Put(nameof(ImportMark.ImportId), customer.Import?.ImportId);
        Put(nameof(ImportMark.IsTouched), customer.Import is { IsTouched: true } ? true : null);
        Put(nameof(ContactRhythm.EveryDays), customer.Rhythm?.EveryDays);
        Put(nameof(ContactRhythm.WishedBy), customer.Rhythm?.WishedBy);
        Put(TimelineRow.SeenIn, customer.Contact.SeenIn);
        Put(OpenThreads.Column, customer.Contact.Threads);
        Put(NoAnswers.Column, customer.Contact.NoAnswer);
        return new TableRow(TableKeys.Customer(tenantId, customer.Id.ToString()), TableKeys.Record, properties, etag);

        void Put(string name, object? value)
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }
    }

    public static Customer ToCustomer(TableRow row)
    {
        var name = Text("Company");
        var address = new PostalAddress(
            Text(nameof(PostalAddress.Street)), Text(nameof(PostalAddress.PostalCode)), Text(nameof(PostalAddress.City)),
            Text(nameof(PostalAddress.Region)), Text(nameof(PostalAddress.Country)));
        return new Customer(
            CustomerId.Parse(TableKeys.Last(row.PartitionKey)),
            Enum.Parse<CustomerKind>(Text(nameof(Customer.Kind))!),
            Text(nameof(Customer.Name))!,
            name is null ? null : new Company(Text("CompanyId") is { } id ? CustomerId.Parse(id) : null, name),
            Text(nameof(Customer.JobTitle)),
            [.. Split(Text(nameof(Customer.Phones))).Select(ToPhone)],
            address == new PostalAddress(null, null, null, null, null) ? null : address,
            Text(nameof(Customer.Language)),
            Text(nameof(Customer.Website)),
            Text("OwnerId") is { } owner ? new Colleague(owner, Text("OwnerName") ?? "") : null,
            Enum.Parse<CustomerStage>(Text(nameof(Customer.Stage))!),
            Split(Text(nameof(Customer.Tags))),
            [.. Split(Text(nameof(Customer.Expectations))).Select(ToExpectation)],
            new Preferences(
                Text(nameof(Preferences.ContactBy)) is { } channel ? Enum.Parse<ContactChannel>(channel) : null,
                row.Properties[nameof(Preferences.NoCampaigns)] is true,
                Text("PreferencesNote")),
            Text(nameof(Customer.PrimaryAddress)),
            (DateTimeOffset)row.Properties[nameof(Customer.CreatedAt)],
            new ContactColumns(
                row.Properties.GetValueOrDefault(TimelineRow.SeenIn) as byte[],
                row.Properties.GetValueOrDefault(OpenThreads.Column) as byte[],
                row.Properties.GetValueOrDefault(NoAnswers.Column) as byte[]),
            Text(nameof(Customer.Version))!)
        {
            Sales = Text(SalesSummary.Column),
            StageBefore = Text(nameof(Customer.StageBefore)) is { } stage ? Enum.Parse<CustomerStage>(stage) : null,
            Import = ImportMark.Of(row),
            Rhythm = row.Properties.GetValueOrDefault(nameof(ContactRhythm.EveryDays)) is int days
                ? new ContactRhythm(days, (Guid)row.Properties[nameof(ContactRhythm.WishedBy)])
                : null,
        };

        string? Text(string property) => row.Properties.GetValueOrDefault(property) as string;
    }

    /// <summary>True when both would be stored alike.</summary>
    public static bool AreAlike(Customer one, Customer other)
    {
        var a = From(Guid.Empty, one).Properties;
        var b = From(Guid.Empty, other).Properties;
        return a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && Equals(p.Value, value));
    }

    private static string? Lines(IEnumerable<string> items) => string.Join('\n', items) is { Length: > 0 } text ? text : null;

    private static string[] Split(string? lines) => lines?.Split('\n') ?? [];

    private static Phone ToPhone(string line) =>
        line.IndexOf('\t', StringComparison.Ordinal) is > 0 and var tab ? new Phone(line[..tab], line[(tab + 1)..]) : new Phone(null, line[1..]);

    private static Expectation ToExpectation(string line) => new(
        line[(DateFormat.Length + 1)..],
        DateOnly.ParseExact(line.AsSpan(0, DateFormat.Length), DateFormat, CultureInfo.InvariantCulture));
}
