using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Search;

/// <summary>
/// A row of table <c>search</c>: what a hit shows, and all words of the customer, to judge the other words of a query
/// without another read. The same under each of the words.
/// </summary>
internal sealed record SearchRow(
    string CustomerId, CustomerKind Kind, string Name, string? Company, string? Address, IReadOnlyList<string> Tokens)
{
    public static SearchRow From(SearchEntry entry) => new(
        entry.CustomerId, entry.Kind, entry.Name, entry.Company, entry.Addresses.Count > 0 ? entry.Addresses[0] : null, entry.Tokens);

    public static SearchRow From(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        Enum.Parse<CustomerKind>((string)row.Properties[nameof(Kind)]),
        (string)row.Properties[nameof(Name)],
        row.Properties.GetValueOrDefault(nameof(Company)) as string,
        row.Properties.GetValueOrDefault(nameof(Address)) as string,
        ((string)row.Properties[nameof(Tokens)]).Split(' '));

    public TableRow ToTableRow(Guid tenantId, string token)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Kind)] = Kind.ToString(),
            [nameof(Name)] = Name,
            [nameof(Tokens)] = string.Join(' ', Tokens),
        };
        if (Company is not null)
        {
            properties[nameof(Company)] = Company;
        }

        if (Address is not null)
        {
            properties[nameof(Address)] = Address;
        }

        return new TableRow(
            TableKeys.SearchPartition(tenantId, SearchWords.PartitionOf(token)), TableKeys.SearchRow(token, CustomerId), properties);
    }

    public SearchHit ToHit() => new(CustomerId, Kind, Name, Company, Address);
}
