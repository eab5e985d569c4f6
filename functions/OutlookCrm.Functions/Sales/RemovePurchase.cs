using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Takes a purchase away that was entered by mistake. What a customer gives back is a credit note.</summary>
public sealed class RemovePurchase(SalesStore sales, Caller caller)
{
    [Function(nameof(RemovePurchase)), Requires(Role.Member)]
    [Answers(200, typeof(PurchaseList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/purchases/{purchaseId}")] HttpRequest request,
        string id,
        string purchaseId,
        CancellationToken cancellation)
    {
        return CustomerId.TryParse(id, out var customer)
            && Guid.TryParse(purchaseId, out var purchase)
            && await sales.RemoveAsync(caller.TenantId, customer, purchase, cancellation)
            && await sales.ReadAsync(caller.TenantId, customer, afterKey: null, cancellation) is { } list
                ? Answer.Ok(list)
                : Answer.NotFound("This customer has no such purchase.");
    }
}
