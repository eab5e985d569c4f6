using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>What the firm says of its products: a row each. Purchases name products freely, and need none of these.</summary>
public sealed class ProductStore(ITableStore tables)
{
    /// <summary>Of one firm.</summary>
    public const int MaxProducts = 500;

    public async Task<IReadOnlyList<ProductEntry>> ListAsync(Guid tenantId, CancellationToken cancellation) =>
        [.. (await tables.RangeAsync(Tables.Products, TableKeys.Products(tenantId), TableKeys.AllProducts, MaxProducts, cancellation))
            .Select(ToProduct)
            .OrderBy(product => product.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>False when there are as many products as there can be.</summary>
    public async Task<bool> SaveAsync(Guid tenantId, ProductEntry product, CancellationToken cancellation)
    {
        var known = await ListAsync(tenantId, cancellation);
        if (known.Count >= MaxProducts && !known.Any(one => string.Equals(one.Name, product.Name, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        await tables.PutAsync(Tables.Products, ToRow(tenantId, product), cancellation);
        return true;
    }

    /// <summary>False when nothing was known of it.</summary>
    public async Task<bool> ForgetAsync(Guid tenantId, string name, CancellationToken cancellation) =>
        await tables.DeleteAsync(Tables.Products, TableKeys.Products(tenantId), TableKeys.Product(name), etag: null, cancellation)
            == WriteResult.Written;

    private static TableRow ToRow(Guid tenantId, ProductEntry product)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(ProductEntry.Name)] = product.Name,
            [nameof(ProductEntry.IsConsumable)] = product.IsConsumable,
            [nameof(ProductEntry.IsContract)] = product.IsContract,
        };
        if (product.Links.Count > 0)
        {
            properties[nameof(ProductEntry.Links)] = string.Join('\n', product.Links.Select(link => $"{link.Kind}\t{link.After}\t{link.Product}"));
        }

        return new TableRow(TableKeys.Products(tenantId), TableKeys.Product(product.Name), properties);
    }

    private static ProductEntry ToProduct(TableRow row) => new(
        (string)row.Properties[nameof(ProductEntry.Name)],
        row.Properties[nameof(ProductEntry.IsConsumable)] is true,
        row.Properties[nameof(ProductEntry.IsContract)] is true,
        [.. ((row.Properties.GetValueOrDefault(nameof(ProductEntry.Links)) as string)?.Split('\n') ?? []).Select(ToLink)]);

    private static ProductLink ToLink(string line)
    {
        var parts = line.Split('\t', 3);
        return new ProductLink(
            Enum.Parse<ProductLinkKind>(parts[0]), parts[2], parts[1].Length == 0 ? null : Enum.Parse<ProductLife>(parts[1]));
    }
}
