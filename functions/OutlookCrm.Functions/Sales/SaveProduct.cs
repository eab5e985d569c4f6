using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Says something of a product; what was said of it before goes.</summary>
public sealed class SaveProduct(ProductStore products, Caller caller)
{
    [Function(nameof(SaveProduct)), Requires(Role.Member)]
    [Takes(typeof(SaveProductRequest))]
    [Answers(200, typeof(ProductList)), Answers(409, when: "There are as many products as there can be")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "products")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<SaveProductRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        foreach (var (index, link) in (asked.Links ?? []).Index())
        {
            if (link.Kind == ProductLinkKind.ReplacedAfter == link.After is null)
            {
                errors.Add($"links[{index}].after", "must be given for what is replaced, and for nothing else");
            }
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var product = new ProductEntry(
            asked.Name.Trim(), asked.IsConsumable, asked.IsContract,
            [.. (asked.Links ?? []).Select(link => link with { Product = link.Product.Trim() })]);
        return await products.SaveAsync(caller.TenantId, product, cancellation)
            ? Answer.Ok(new ProductList(await products.ListAsync(caller.TenantId, cancellation)))
            : Answer.Conflict($"There can be {ProductStore.MaxProducts} products at most.");
    }
}
