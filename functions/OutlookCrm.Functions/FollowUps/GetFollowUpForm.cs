using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>The form for putting a follow-up off, changing it or handing it over.</summary>
public sealed class GetFollowUpForm(FollowUpStore followUps, FollowUpForms forms, Caller caller)
{
    [Function(nameof(GetFollowUpForm)), Requires(Role.Member)]
    [Says("A follow-up with the days to which a button puts it off, and whom it can be handed to")]
    [Answers(200, typeof(FollowUpForm)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/follow-ups/{followUpId}/form")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        FollowUpRequests.TryParse(id, followUpId, out var customer, out var followUp)
            && await followUps.GetAsync(caller.TenantId, customer, followUp, cancellation) is { } found
                ? Answer.Ok(await forms.MakeAsync(caller, request, customer, found, cancellation))
                : Answer.NotFound(FollowUpRequests.NotFound);
}
