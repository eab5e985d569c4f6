using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>The field <c>companyId</c>.</summary>
internal static class CompanyField
{
    /// <summary>The organisation that it names; null, with an error, when it names none.</summary>
    public static async Task<Customer?> FindAsync(
        CustomerStore customers, Guid tenantId, string? companyId, FieldErrors errors, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(companyId))
        {
            return null;
        }

        if (CustomerId.TryParse(companyId, out var id)
            && await customers.FindAsync(tenantId, id, cancellation) is { Kind: CustomerKind.Organisation } company)
        {
            await customers.TouchAsync(tenantId, id, cancellation); // somebody will work there
            return company;
        }

        errors.Add("companyId", "must be the id of an organisation");
        return null;
    }
}
