using OutlookCrm.Customers;

namespace OutlookCrm.Import;

/// <summary>A customer as a file has them, with their rows in its order: by address, else by the file's own number, else by name.</summary>
internal sealed record Party(string Key, string Shown, string? Name, MailAddress? Address, IReadOnlyList<InvoiceRow> Rows)
{
    /// <summary>In the order of their first rows. Rows with a number whose address another row tells belong to that address.</summary>
    public static IReadOnlyList<Party> Of(IReadOnlyList<InvoiceRow> rows)
    {
        var byNumber = rows.Where(row => row is { Address: not null, CustomerNumber: not null })
            .DistinctBy(row => row.CustomerNumber, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(row => row.CustomerNumber!, row => row.Address!, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. rows.GroupBy(row => AddressOf(row) is { } address ? $"a {address.Key}"
                : row.CustomerNumber is { } number ? $"n {number.ToUpperInvariant()}"
                : $"c {row.Name!.ToUpperInvariant()}")
                .Select(party => new Party(
                    party.Key,
                    party.First().Customer,
                    party.Select(row => row.Name).FirstOrDefault(name => name is not null),
                    AddressOf(party.First()),
                    [.. party])),
        ];

        MailAddress? AddressOf(InvoiceRow row) => row.Address ?? (row.CustomerNumber is { } number ? byNumber.GetValueOrDefault(number) : null);
    }
}
