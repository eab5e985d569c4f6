using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Privacy;

/// <summary>Somebody who was erased came back of their own wish: they may be a customer again. What was erased does not come back.</summary>
public sealed class LiftErasure(Erasing erasing, ErasedPeople erased, Caller caller)
{
    [Function(nameof(LiftErasure)), Requires(Role.Owner)]
    [Says("Let somebody who was erased, and came back by themselves, be a customer again")]
    [Takes(typeof(LiftErasureRequest))]
    [Answers(200, typeof(ErasureList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "erasures/lift")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<LiftErasureRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        if (CustomerRules.Address(asked.Address, errors) is not { } address)
        {
            return Answer.Invalid(errors);
        }

        return await erased.LiftAsync(caller.TenantId, address, cancellation)
            ? Answer.Ok(await erasing.ListAsync(caller.TenantId, cancellation))
            : Answer.NotFound("Nobody with this address was erased.");
    }
}
