using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>What a customer bought by product, its open deals and what it answered: too much to be read with every card.</summary>
public sealed class GetBusiness(CustomerStore customers, SalesStore sales, DealStore deals, FeedbackStore feedback, Caller caller)
{
    private const int MaxProducts = 20;
    private const int MaxDays = 60;

    [Function(nameof(GetBusiness)), Requires(Role.Reader)]
    [Says("What a customer bought by product, its open deals, and what it answered")]
    [Answers(200, typeof(CustomerBusiness)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/business")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (!CustomerId.TryParse(id, out var customerId) || await customers.FindAsync(caller.TenantId, customerId, cancellation) is not { } customer)
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var buying = sales.NewestAsync(caller.TenantId, customerId, cancellation);
        var answering = feedback.ReadAsync(caller.TenantId, customerId, cancellation);
        var open = await deals.OpenOfAsync(caller.TenantId, customer, cancellation);
        var purchases = await buying;
        return Answer.Ok(new CustomerBusiness(
            customerId.ToString(),
            customer.Name,
            ByProduct(purchases),
            purchases.Count,
            [.. purchases.Where(purchase => !purchase.IsCreditNote).Select(purchase => purchase.On).Distinct().Take(MaxDays)],
            open,
            FeedbackStore.ToList(customer, await answering)));
    }

    private static IReadOnlyList<BoughtProduct> ByProduct(IReadOnlyList<Purchase> purchases) =>
    [
        .. purchases.SelectMany(purchase => purchase.Items, (purchase, item) => (purchase, item))
            .GroupBy(one => one.item.Product, StringComparer.OrdinalIgnoreCase)
            .Where(product => product.Any(one => !one.purchase.IsCreditNote))
            .Select(product => new BoughtProduct(
                product.Key,
                product.Where(one => !one.purchase.IsCreditNote).Select(one => one.purchase.On).Distinct().Count(),
                [.. product.GroupBy(one => one.purchase.Currency, StringComparer.Ordinal).OrderBy(currency => currency.Key, StringComparer.Ordinal)
                    .Select(currency => new DealSum(
                        currency.Key, Amounts.Text(currency.Sum(one => one.purchase.IsCreditNote ? -one.item.Amount : one.item.Amount))))],
                product.Where(one => !one.purchase.IsCreditNote).Max(one => one.purchase.On)))
            .OrderByDescending(product => product.LastOn).ThenBy(product => product.Product, StringComparer.OrdinalIgnoreCase)
            .Take(MaxProducts),
    ];
}
