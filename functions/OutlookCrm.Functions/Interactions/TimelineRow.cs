using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// A timeline row of table <c>customers</c>. Time and id are in its key, which sorts the newest first; the card reads these rows
/// together with the record.
/// </summary>
internal sealed record TimelineRow(Interaction Interaction)
{
    public static TimelineRow From(TableRow row) => new(new Interaction(
        TableKeys.Last(row.RowKey),
        Enum.Parse<InteractionKind>((string)row.Properties[nameof(Interaction.Kind)]),
        Enum.Parse<Direction>((string)row.Properties[nameof(Interaction.Direction)]),
        TableKeys.InteractionAt(row.RowKey) ?? throw new ArgumentException("Not a row of a timeline.", nameof(row)),
        row.Properties.GetValueOrDefault(nameof(Interaction.Title)) as string,
        row.Properties.GetValueOrDefault(nameof(Interaction.Text)) as string,
        row.Properties.GetValueOrDefault(nameof(Interaction.By)) as string));

    public TableRow ToTableRow(string partitionKey)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Interaction.Kind)] = Interaction.Kind.ToString(),
            [nameof(Interaction.Direction)] = Interaction.Direction.ToString(),
        };
        AddIfAny(nameof(Interaction.Title), Interaction.Title);
        AddIfAny(nameof(Interaction.Text), Interaction.Text);
        AddIfAny(nameof(Interaction.By), Interaction.By);
        return new TableRow(partitionKey, TableKeys.Interaction(Interaction.At, Interaction.Id), properties);

        void AddIfAny(string name, string? value)
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }
    }

    public TimelineLine ToLine() => new(
        Interaction.Id,
        Interaction.Kind,
        Interaction.Direction,
        Interaction.At,
        Interaction.Title,
        Interaction.Text,
        Interaction.By);

    /// <summary>A page as the contract has it.</summary>
    /// <param name="rows">Timeline rows in key order, one more than <paramref name="size"/> when there are more.</param>
    public static Timeline Page(Guid tenantId, CustomerId customer, IReadOnlyList<TableRow> rows, int size) => new(
        customer.ToString(),
        [.. rows.Take(size).Select(row => From(row).ToLine())],
        rows.Count > size ? TimelineCursor.After(tenantId, customer, rows[size - 1].RowKey) : null);
}
