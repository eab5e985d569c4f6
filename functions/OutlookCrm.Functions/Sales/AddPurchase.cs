using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Enters what a customer bought.</summary>
public sealed class AddPurchase(SalesStore sales, TimeProvider clock, Caller caller)
{
    [Function(nameof(AddPurchase)), Requires(Role.Member)]
    [Takes(typeof(AddPurchaseRequest))]
    [Answers(201, typeof(PurchaseList), "The purchase is kept"), Answers(200, typeof(PurchaseList), "It was kept before"), Answers(404)]
    [Answers(409, when: "The customer has as many purchases as one can have")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/purchases")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddPurchaseRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer))
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var errors = new FieldErrors();
        var purchase = Judge(asked, errors);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var outcome = await sales.AddAsync(caller.TenantId, customer, purchase, cancellation);
        return outcome == AddPurchaseOutcome.TooMany ? Answer.Conflict($"A customer can have {SalesStore.MaxPurchases} purchases at most.")
            : outcome == AddPurchaseOutcome.NoSuchCustomer
            || await sales.ReadAsync(caller.TenantId, customer, afterKey: null, cancellation) is not { } list
                ? Answer.NotFound(GetCustomer.NotFound)
            : outcome == AddPurchaseOutcome.Added ? Answer.Created(list, $"/api/customers/{customer}/purchases")
            : Answer.Ok(list);
    }

    private Purchase Judge(AddPurchaseRequest asked, FieldErrors errors)
    {
        var now = clock.GetUtcNow();
        var today = now.DayInUtc();
        var on = asked.On ?? today;
        errors.RequireNew(asked.Id);
        if (!SalesRules.IsDay(on, today))
        {
            errors.Add("on", "must be from 1990 on and not in the future");
        }

        var currency = SalesRules.Currency(asked.Currency, errors);
        var items = new List<BoughtItem>(asked.Items.Count);
        foreach (var (index, item) in asked.Items.Index())
        {
            var amount = SalesRules.Amount(item.Amount, $"items[{index}].amount", errors);
            var cost = item.Cost is { } text && text.Trim().Length > 0 ? Amounts.Read(text) : null;
            if (cost is null && !string.IsNullOrWhiteSpace(item.Cost))
            {
                errors.Add($"items[{index}].cost", "must be from 0 to 1000000000, with at most two decimals");
            }

            items.Add(new BoughtItem(item.Product.Trim(), amount ?? 0, cost));
        }

        return new Purchase(
            asked.Id, on, asked.IsCreditNote, currency, items, string.IsNullOrWhiteSpace(asked.Number) ? null : asked.Number.Trim(), caller.Name, now);
    }
}
