using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>The form for a new follow-up.</summary>
public sealed class GetNewFollowUpForm(FollowUpForms forms, Caller caller)
{
    [Function(nameof(GetNewFollowUpForm)), Requires(Role.Member)]
    [Says("The days that a new follow-up may be planned for with a button")]
    [Answers(200, typeof(FollowUpForm)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/follow-ups/form")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer)
            ? Answer.Ok(await forms.MakeAsync(caller, request, customer, known: null, cancellation))
            : Answer.NotFound(GetCustomer.NotFound);
}
