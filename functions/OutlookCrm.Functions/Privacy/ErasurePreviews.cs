using OutlookCrm.Customers;
using OutlookCrm.Identity;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>Counts what would go with a customer: the customer's rows, a thousand a round trip, and the firm's deals.</summary>
public sealed class ErasurePreviews(ITableStore tables, DealStore deals, Sights sights)
{
    private const int PageRows = 1_000;

    /// <summary>Null when there is no such customer.</summary>
    internal async Task<ErasurePreview?> OfAsync(Caller caller, CustomerId id, CancellationToken cancellation)
    {
        var sight = await sights.OfAsync(caller, cancellation);
        var preview = new ErasurePreview(id.ToString(), "", [], 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var addresses = new List<string>();
        var others = new HashSet<CustomerId>();
        await foreach (var row in tables.ReadAllAsync(
            Tables.Customers, TableKeys.Customer(caller.TenantId, id.ToString()), new RowKeyRange("", Before: null), PageRows, cancellation))
        {
            if (row.RowKey == TableKeys.Record)
            {
                preview = preview with { Name = (string)row.Properties[nameof(Customer.Name)] };
            }
            else if (CustomerStore.IsAddress(row))
            {
                addresses.Add(CustomerAddressRow.ToAddress(row).Address.ToString());
            }
            else if (CustomerStore.IsPerson(row))
            {
                preview = preview with { People = preview.People + 1 };
            }
            else if (CustomerStore.IsLine(row) && !TimelineRow.SeenBy(row, sight).IsHidden)
            {
                preview = Counted(preview, Enum.Parse<InteractionKind>((string)row.Properties[nameof(Interaction.Kind)]));
            }
            else if (TableKeys.IsFollowUp(row.RowKey))
            {
                preview = preview with { FollowUps = preview.FollowUps + 1 };
            }
            else if (TableKeys.IsPurchase(row.RowKey))
            {
                preview = preview with { Purchases = preview.Purchases + 1 };
            }
            else if (Details.IsDetails(row) && Details.From(row) is { IsOnTimeline: true } details && !sight.Of(details.SeenIn.Bytes).IsHidden)
            {
                others.UnionWith(details.Customers);
            }
        }

        others.Remove(id);
        return preview.Name.Length == 0 ? null : preview with
        {
            Addresses = addresses,
            Others = others.Count,
            Deals = await deals.CountAsync(caller.TenantId, id, cancellation),
        };
    }

    private static ErasurePreview Counted(ErasurePreview preview, InteractionKind kind) => kind switch
    {
        InteractionKind.Mail => preview with { Mails = preview.Mails + 1 },
        InteractionKind.Meeting => preview with { Meetings = preview.Meetings + 1 },
        InteractionKind.Call => preview with { Calls = preview.Calls + 1 },
        _ => preview with { Notes = preview.Notes + 1 },
    };
}
