using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// Row <c>o|{change}</c> of table <c>customers</c>: what a committed change still owes to other tables.
/// </summary>
/// <param name="Tokens">Words under which search knew the customer before and after.</param>
/// <param name="Companies">Organisations that listed the person before and after.</param>
/// <param name="Addresses">Keys of addresses that the change added or removed.</param>
/// <param name="IsRenamed">The organisation has another name, which its people carry.</param>
/// <param name="IsProjected">Paid once. The row stays for the last look, which pays again: see <see cref="CustomerProjection"/>.</param>
/// <param name="IsRemoved">The change removed the customer: all that is left of it goes.</param>
/// <param name="IsBarred">
/// No outbox but a bar in its place: the change never happened, and now it cannot, as its transaction inserts this row.
/// </param>
internal sealed record OutboxRow(
    IReadOnlyCollection<string> Tokens,
    IReadOnlyCollection<CustomerId> Companies,
    IReadOnlyCollection<string> Addresses,
    bool IsRenamed = false,
    bool IsProjected = false,
    bool IsRemoved = false,
    bool IsBarred = false)
{
    public static readonly OutboxRow Bar = new([], [], [], IsBarred: true);

    public static OutboxRow From(TableRow row) => new(
        Split(row, nameof(Tokens)),
        [.. Split(row, nameof(Companies)).Select(CustomerId.Parse)],
        Split(row, nameof(Addresses)),
        row.Properties[nameof(IsRenamed)] is true,
        row.Properties[nameof(IsProjected)] is true,
        row.Properties.GetValueOrDefault(nameof(IsRemoved)) is true,
        row.Properties[nameof(IsBarred)] is true);

    public TableRow ToTableRow(Guid tenantId, CustomerId customer, string change)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(IsRenamed)] = IsRenamed,
            [nameof(IsProjected)] = IsProjected,
            [nameof(IsBarred)] = IsBarred,
        };
        if (IsRemoved)
        {
            properties[nameof(IsRemoved)] = true;
        }

        Put(nameof(Tokens), Tokens);
        Put(nameof(Companies), Companies.Select(c => c.ToString()));
        Put(nameof(Addresses), Addresses);
        return new TableRow(TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Outbox(change), properties);

        void Put(string name, IEnumerable<string> items)
        {
            if (string.Join('\n', items) is { Length: > 0 } text)
            {
                properties[name] = text;
            }
        }
    }

    private static string[] Split(TableRow row, string name) => (row.Properties.GetValueOrDefault(name) as string)?.Split('\n') ?? [];
}
