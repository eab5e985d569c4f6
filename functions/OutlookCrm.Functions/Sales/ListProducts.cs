using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>What the firm says of its products.</summary>
public sealed class ListProducts(ProductStore products, Caller caller)
{
    [Function(nameof(ListProducts)), Requires(Role.Reader)]
    [Answers(200, typeof(ProductList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "products")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(new ProductList(await products.ListAsync(caller.TenantId, cancellation)));
}
