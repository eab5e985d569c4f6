using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Opens a deal with a customer, who may have bought nothing yet.</summary>
public sealed class AddDeal(DealStore deals, TimeProvider clock, Caller caller)
{
    [Function(nameof(AddDeal)), Requires(Role.Member)]
    [Takes(typeof(AddDealRequest))]
    [Answers(201, typeof(DealList), "The deal is open"), Answers(200, typeof(DealList), "It was there before"), Answers(404)]
    [Answers(409, when: "There are as many deals as there can be")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/deals")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddDealRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer))
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var errors = new FieldErrors();
        errors.RequireNew(asked.Id);

        var now = clock.GetUtcNow();
        var (amount, currency) = DealRules.Price(asked.Amount, asked.Currency, errors);
        var expectedOn = DealRules.ExpectedOn(asked.ExpectedOn, now.DayInUtc(), errors);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var deal = new Deal(
            asked.Id, Version: 1, customer, asked.Title.Trim(), asked.Stage.Trim(), amount, currency, expectedOn, DealRules.Text(asked.NextStep), now, now,
            ClosedAt: null, Outcome: null, Why: null);
        return await deals.AddAsync(caller.TenantId, deal, cancellation) switch
        {
            DealOutcomeOfWrite.Absent => Answer.NotFound(GetCustomer.NotFound),
            DealOutcomeOfWrite.TooMany => Answer.Conflict($"There can be {DealStore.MaxDeals} deals at most."),
            DealOutcomeOfWrite.Written => Answer.Created(await deals.ListAsync(caller.TenantId, cancellation), "/api/deals"),
            _ => Answer.Ok(await deals.ListAsync(caller.TenantId, cancellation)),
        };
    }
}
