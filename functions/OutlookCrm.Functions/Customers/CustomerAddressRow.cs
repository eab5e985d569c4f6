using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Row <c>b|a|{address}</c> of table <c>customers</c>: the proof that this customer has this address.</summary>
internal static class CustomerAddressRow
{
    public static TableRow From(Guid tenantId, CustomerId customer, CustomerAddress address)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(CustomerAddress.Address)] = address.Address.ToString(),
            [nameof(CustomerAddress.Source)] = address.Source.ToString(),
            [nameof(CustomerAddress.AddedAt)] = address.AddedAt,
        };
        if (address.Label is not null)
        {
            properties[nameof(CustomerAddress.Label)] = address.Label;
        }

        if (address.AddedBy is not null)
        {
            properties[nameof(CustomerAddress.AddedBy)] = address.AddedBy;
        }

        return new TableRow(TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Address(address.Address.Key), properties);
    }

    public static CustomerAddress ToAddress(TableRow row) => new(
        MailAddress.TryParse((string)row.Properties[nameof(CustomerAddress.Address)], out var address)
            ? address
            : throw new FormatException("A contact address row holds no mail address."),
        row.Properties.GetValueOrDefault(nameof(CustomerAddress.Label)) as string,
        Enum.Parse<AddressSource>((string)row.Properties[nameof(CustomerAddress.Source)]),
        (DateTimeOffset)row.Properties[nameof(CustomerAddress.AddedAt)],
        row.Properties.GetValueOrDefault(nameof(CustomerAddress.AddedBy)) as string);
}
