using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Changes an open deal.</summary>
public sealed class UpdateDeal(DealStore deals, TimeProvider clock, Caller caller)
{
    [Function(nameof(UpdateDeal)), Requires(Role.Member)]
    [Takes(typeof(UpdateDealRequest))]
    [Answers(200, typeof(DealList)), Answers(404), Answers(409, when: "Somebody else changed it since it was read")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "deals/{dealId}")] HttpRequest request,
        string dealId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateDealRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        var (amount, currency) = DealRules.Price(asked.Amount, asked.Currency, errors);
        var expectedOn = DealRules.ExpectedOn(asked.ExpectedOn, clock.GetUtcNow().DayInUtc(), errors);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var outcome = !Guid.TryParse(dealId, out var id) ? DealOutcomeOfWrite.Absent : await deals.UpdateAsync(
            caller.TenantId,
            id,
            asked.Version,
            deal => deal with
            {
                Title = asked.Title.Trim(),
                Stage = asked.Stage.Trim(),
                Amount = amount,
                Currency = currency,
                ExpectedOn = expectedOn,
                NextStep = DealRules.Text(asked.NextStep),
            },
            cancellation);
        return outcome switch
        {
            DealOutcomeOfWrite.Written => Answer.Ok(await deals.ListAsync(caller.TenantId, cancellation)),
            DealOutcomeOfWrite.Changed => Answer.Conflict("A colleague changed this deal meanwhile. Open the deals again to see how it is now."),
            _ => Answer.NotFound("No open deal has this id."),
        };
    }
}
