using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>What a customer bought, a page at a time.</summary>
public sealed class ListPurchases(SalesStore sales, Caller caller)
{
    [Function(nameof(ListPurchases)), Requires(Role.Reader)]
    [Query("currency", MaxLength = 3, Says = "Only those in it; all when left out")]
    [Query("after", MaxLength = 100, Says = "The field next of the page before")]
    [Answers(200, typeof(PurchaseList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/purchases")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var after = request.QueryText("after");
        if (after is not null && !TableKeys.IsPurchase(after))
        {
            return Answer.Invalid("after", "must be the field next of a page of purchases");
        }

        var currency = request.QueryText("currency");
        if (currency is not null && !Currencies.Has(currency))
        {
            return Answer.Invalid("currency", "must be a currency of ISO 4217, such as EUR");
        }

        return CustomerId.TryParse(id, out var customer)
            && await sales.ReadAsync(caller.TenantId, customer, after, cancellation, currency) is { } list
                ? Answer.Ok(list)
                : Answer.NotFound(GetCustomer.NotFound);
    }
}
