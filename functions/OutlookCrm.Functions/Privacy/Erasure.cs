using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>
/// Row <c>e|{hash}</c> of table <c>tombstones</c>: an erasure that somebody asked for. Until it is done the row knows whose traces are to go; then
/// that goes too, and what stays says that one happened, when and by whom.
/// </summary>
/// <param name="Name">The hash in its key.</param>
/// <param name="Customer">Null when somebody was erased who is no customer, and when it is done.</param>
/// <param name="KeptAs">Under which id purchases are kept, where they are.</param>
/// <param name="Addresses">All that the customer has; empty when it is done.</param>
/// <param name="InOutlook">Reminders that could not be removed yet.</param>
/// <param name="ETag">As read; null for a new one.</param>
internal sealed record Erasure(
    string Name,
    bool IsCustomer,
    CustomerId? Customer,
    CustomerId? KeptAs,
    IReadOnlyList<MailAddress> Addresses,
    PurchasesChoice Purchases,
    DateTimeOffset AskedAt,
    string By,
    DateTimeOffset? DoneAt = null,
    int InOutlook = 0,
    string? ETag = null)
{
    public static Erasure From(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        (bool)row.Properties[nameof(IsCustomer)],
        IdOf(row, nameof(Customer)),
        IdOf(row, nameof(KeptAs)),
        [.. ((row.Properties.GetValueOrDefault(nameof(Addresses)) as string)?.Split('\n') ?? []).Select(text =>
            MailAddress.TryParse(text, out var address) ? address : throw new FormatException("An erasure holds no mail address."))],
        Enum.Parse<PurchasesChoice>((string)row.Properties[nameof(Purchases)]),
        (DateTimeOffset)row.Properties[nameof(AskedAt)],
        (string)row.Properties[nameof(By)],
        row.Properties.GetValueOrDefault(nameof(DoneAt)) as DateTimeOffset?,
        (int)row.Properties[nameof(InOutlook)],
        row.ETag);

    public TableRow ToTableRow(Guid tenantId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(IsCustomer)] = IsCustomer,
            [nameof(Purchases)] = Purchases.ToString(),
            [nameof(AskedAt)] = AskedAt.ToUniversalTime(),
            [nameof(By)] = By,
            [nameof(InOutlook)] = InOutlook,
        };
        if (Customer is { } customer)
        {
            properties[nameof(Customer)] = customer.ToString();
        }

        if (KeptAs is { } keptAs)
        {
            properties[nameof(KeptAs)] = keptAs.ToString();
        }

        if (Addresses.Count > 0)
        {
            properties[nameof(Addresses)] = string.Join('\n', Addresses);
        }

        if (DoneAt is { } doneAt)
        {
            properties[nameof(DoneAt)] = doneAt.ToUniversalTime();
        }

        return new TableRow(TableKeys.Tombstones(tenantId), TableKeys.Erasure(Name), properties);
    }

    private static CustomerId? IdOf(TableRow row, string name) =>
        row.Properties.GetValueOrDefault(name) is string text ? CustomerId.Parse(text) : null;
}
