using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>The card beside an open mail.</summary>
public sealed class GetCard(Senders senders, Caller caller)
{
    [Function(nameof(GetCard)), Requires(Role.Reader)]
    [Says("The customer with this address, or a form for a new one")]
    [Query("address", Required = true, MaxLength = 1_000, Says = "A mail address")]
    [Query("name", MaxLength = Senders.MaxDisplayNameLength, Says = "The display name beside the address")]
    [Answers(200, typeof(SenderCard)), Answers(304, when: "The page is as it was (HTML only)")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "card")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        if (CustomerRules.Address(request.QueryText("address"), errors) is not { } address)
        {
            return Answer.Invalid(errors);
        }

        return await senders.AnswerKnownAsync(caller, address, request.HttpContext, cancellation)
            ?? Answer.Ok(await senders.IntroduceAsync(caller.TenantId, address, request.QueryText("name"), cancellation));
    }
}
