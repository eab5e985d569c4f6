using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// Who has an address: a row of table <c>addresses</c>, which only an insert can make, so only one customer can have it.
/// The proof is the address's row in the customer's own partition; a claim without it is on its way in or out.
/// </summary>
/// <param name="Name">The customer's, and the company's below: for lists of people, late by moments.</param>
/// <param name="PendingChange">
/// The change that made the claim, until its commit is known; null from then on. See <see cref="CustomerChanges"/>.
/// </param>
/// <param name="ETag">The row's version as read.</param>
internal sealed record AddressClaim(
    MailAddress Address, CustomerId Customer, CustomerKind Kind, string Name, Company? Company, string? PendingChange, string ETag)
{
    public static AddressClaim From(TableRow row) => new(
        MailAddress.TryParse((string)row.Properties[nameof(Address)], out var address)
            ? address
            : throw new FormatException("A claim holds no mail address."),
        CustomerOf(row),
        KindOf(row),
        (string)row.Properties[nameof(Name)],
        row.Properties.GetValueOrDefault(nameof(Company)) is string company
            ? new Company(row.Properties.GetValueOrDefault("CompanyId") is string id ? CustomerId.Parse(id) : null, company)
            : null,
        row.Properties.GetValueOrDefault(nameof(PendingChange)) as string,
        row.ETag!);

    public static CustomerId CustomerOf(TableRow row) => CustomerId.Parse((string)row.Properties["CustomerId"]);

    public static CustomerKind KindOf(TableRow row) => Enum.Parse<CustomerKind>((string)row.Properties[nameof(Kind)]);

    public static TableRow ToRow(Guid tenantId, MailAddress address, Customer customer, string? pendingChange)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Address)] = address.ToString(),
            ["CustomerId"] = customer.Id.ToString(),
            [nameof(Kind)] = customer.Kind.ToString(),
            [nameof(Name)] = customer.Name,
        };
        if (customer.Company is { } company)
        {
            properties[nameof(Company)] = company.Name;
            if (company.Id is { } companyId)
            {
                properties["CompanyId"] = companyId.ToString();
            }
        }

        if (pendingChange is not null)
        {
            properties[nameof(PendingChange)] = pendingChange;
        }

        return new TableRow(TableKeys.AddressPartition(tenantId, address.Domain), TableKeys.AddressRow(address.Key), properties);
    }

    public bool Says(MailAddress address, Customer customer) =>
        PendingChange is null && Customer == customer.Id && Kind == customer.Kind && Name == customer.Name
        && Company == customer.Company && Address.ToString() == address.ToString();
}

/// <summary>Table <c>addresses</c>: a partition for each mail domain of a firm, so "who else is there" is one range read.</summary>
internal sealed class AddressClaims(ITableStore tables)
{
    /// <summary>One point read; null when nobody has the address.</summary>
    public async Task<AddressClaim?> FindAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Addresses,
            TableKeys.AddressPartition(tenantId, address.Domain),
            TableKeys.AddressRow(address.Key),
            cancellation) is { } row
            ? AddressClaim.From(row)
            : null;

    /// <summary>
    /// Who has the address, and what <paramref name="where"/> asks of them: one point read and one range read. Null when nobody has it.
    /// </summary>
    public async Task<(CustomerId Customer, CustomerKind Kind, TableRange Rows)?> FollowAsync(
        Guid tenantId, MailAddress address, Func<CustomerId, CustomerKind, RangeAsk> where, CancellationToken cancellation)
    {
        var (customer, kind) = (default(CustomerId), default(CustomerKind));
        var (_, rows) = await tables.FollowAsync(
            Tables.Addresses,
            TableKeys.AddressPartition(tenantId, address.Domain),
            TableKeys.AddressRow(address.Key),
            row =>
            {
                (customer, kind) = (AddressClaim.CustomerOf(row), AddressClaim.KindOf(row));
                return where(customer, kind);
            },
            cancellation);
        return rows is null ? null : (customer, kind, rows);
    }

    /// <summary>Watches who has the address.</summary>
    public static void Cover(TableWatch watch, Guid tenantId, MailAddress address) =>
        watch.Cover(Tables.Addresses, TableKeys.AddressPartition(tenantId, address.Domain));

    /// <summary>Claims at one mail domain, by address.</summary>
    /// <param name="maxClaims">1 to 1,000.</param>
    public async Task<IReadOnlyList<AddressClaim>> AtDomainAsync(
        Guid tenantId, string domain, int maxClaims, CancellationToken cancellation)
    {
        var rows = await tables.RangeAsync(
            Tables.Addresses, TableKeys.AddressPartition(tenantId, domain), new RowKeyRange("", Before: null), maxClaims, cancellation);
        return [.. rows.Select(AddressClaim.From)];
    }

    /// <summary>False when somebody has it.</summary>
    public async Task<bool> TryClaimAsync(
        Guid tenantId, MailAddress address, Customer customer, string change, CancellationToken cancellation)
    {
        var row = AddressClaim.ToRow(tenantId, address, customer, change);
        return (await tables.InsertAsync(Tables.Addresses, row, cancellation)).IsWritten
            // The store may have written, heard nothing, and tried again.
            || (await FindAsync(tenantId, address, cancellation))?.PendingChange == change;
    }

    /// <summary>Marks a claim as backed by the customer's own row and brings its summary up to date. False when it changed meanwhile.</summary>
    public async Task<bool> TryConfirmAsync(
        Guid tenantId, AddressClaim claim, MailAddress address, Customer customer, CancellationToken cancellation) =>
        (await tables.ReplaceAsync(
            Tables.Addresses, AddressClaim.ToRow(tenantId, address, customer, pendingChange: null), claim.ETag, cancellation)).IsWritten;

    /// <summary>False when it changed or went meanwhile.</summary>
    public async Task<bool> TryDeleteAsync(Guid tenantId, AddressClaim claim, CancellationToken cancellation) =>
        await tables.DeleteAsync(
            Tables.Addresses,
            TableKeys.AddressPartition(tenantId, claim.Address.Domain),
            TableKeys.AddressRow(claim.Address.Key),
            claim.ETag,
            cancellation) == WriteResult.Written;
}
