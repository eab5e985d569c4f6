using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Forgets what was said of a product. What was bought stays.</summary>
public sealed class ForgetProduct(ProductStore products, Caller caller)
{
    [Function(nameof(ForgetProduct)), Requires(Role.Member)]
    [Query("name", Required = true, MaxLength = 80, Says = "The product's name")]
    [Answers(200, typeof(ProductList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "products")] HttpRequest request, CancellationToken cancellation) =>
        request.QueryText("name") is not { } name ? Answer.Invalid("name", "must be a product's name")
        : await products.ForgetAsync(caller.TenantId, name, cancellation)
            ? Answer.Ok(new ProductList(await products.ListAsync(caller.TenantId, cancellation)))
            : Answer.NotFound("Nothing is known of this product.");
}
