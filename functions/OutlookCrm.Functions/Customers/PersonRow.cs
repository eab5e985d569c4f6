using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// Row <c>b|p|{person}</c> of table <c>customers</c>, in the organisation's partition: a projection of the person's own record.
/// </summary>
internal static class PersonRow
{
    public static TableRow From(Guid tenantId, CustomerId organisation, StoredCustomer person)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(PersonLink.Name)] = person.Customer.Name,
        };
        if (person.Customer.JobTitle is { } jobTitle)
        {
            properties[nameof(PersonLink.JobTitle)] = jobTitle;
        }

        if (person.AddressesAsShown.FirstOrDefault() is { } primary)
        {
            properties[nameof(PersonLink.Address)] = primary.Address.ToString();
        }

        return new TableRow(
            TableKeys.Customer(tenantId, organisation.ToString()), TableKeys.Person(person.Customer.Id.ToString()), properties);
    }

    public static PersonLink ToLink(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        (string)row.Properties[nameof(PersonLink.Name)],
        row.Properties.GetValueOrDefault(nameof(PersonLink.JobTitle)) as string,
        row.Properties.GetValueOrDefault(nameof(PersonLink.Address)) as string);
}
