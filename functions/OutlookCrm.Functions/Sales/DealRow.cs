using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>A row of table <c>deals</c>.</summary>
internal static class DealRow
{
    private const string DateFormat = "yyyy-MM-dd";

    public static TableRow From(Guid tenantId, Deal deal)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Deal.Version)] = deal.Version,
            [nameof(Deal.Customer)] = deal.Customer.ToString(),
            [nameof(Deal.Title)] = deal.Title,
            [nameof(Deal.Stage)] = deal.Stage,
            [nameof(Deal.OpenedAt)] = deal.OpenedAt,
            [nameof(Deal.StageSince)] = deal.StageSince,
        };
        Put(nameof(Deal.Amount), deal.Amount?.ToString(CultureInfo.InvariantCulture));
        Put(nameof(Deal.Currency), deal.Currency);
        Put(nameof(Deal.ExpectedOn), deal.ExpectedOn?.ToString(DateFormat, CultureInfo.InvariantCulture));
        Put(nameof(Deal.NextStep), deal.NextStep);
        Put(nameof(Deal.ClosedAt), deal.ClosedAt);
        Put(nameof(Deal.Outcome), deal.Outcome?.ToString());
        Put(nameof(Deal.Why), deal.Why);
        return new TableRow(TableKeys.Deals(tenantId), TableKeys.Deal(deal.Id), properties);

        void Put(string name, object? value)
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }
    }

    public static Deal ToDeal(TableRow row)
    {
        string? Text(string name) => row.Properties.GetValueOrDefault(name) as string;
        return new Deal(
            Guid.ParseExact(row.RowKey, "N"),
            (int)row.Properties[nameof(Deal.Version)],
            CustomerId.Parse(Text(nameof(Deal.Customer))!),
            Text(nameof(Deal.Title))!,
            Text(nameof(Deal.Stage))!,
            Text(nameof(Deal.Amount)) is { } amount ? decimal.Parse(amount, CultureInfo.InvariantCulture) : null,
            Text(nameof(Deal.Currency)),
            Text(nameof(Deal.ExpectedOn)) is { } day ? DateOnly.ParseExact(day, DateFormat, CultureInfo.InvariantCulture) : null,
            Text(nameof(Deal.NextStep)),
            (DateTimeOffset)row.Properties[nameof(Deal.OpenedAt)],
            (DateTimeOffset)row.Properties[nameof(Deal.StageSince)],
            row.Properties.GetValueOrDefault(nameof(Deal.ClosedAt)) as DateTimeOffset?,
            Text(nameof(Deal.Outcome)) is { } outcome ? Enum.Parse<DealOutcome>(outcome) : null,
            Text(nameof(Deal.Why)));
    }
}
