using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Takes back <see cref="HideCorrespondent"/>.</summary>
public sealed class ShowCorrespondent(CorrespondentPages pages, Correspondents correspondents, Caller caller)
{
    [Function(nameof(ShowCorrespondent)), Requires(Role.Reader)]
    [Says("Propose somebody as a customer again")]
    [Answers(200, typeof(CorrespondentList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "correspondents/{address}/hidden")] HttpRequest request,
        string address,
        CancellationToken cancellation) =>
        await pages.FindAsync(address, cancellation) is { } person
        && await correspondents.HideAsync(caller.TenantId, caller.UserId, person.Address, isHidden: false, cancellation)
            ? Answer.Ok(await pages.ListAsync(cancellation))
            : Answer.NotFound(ListCorrespondents.NotFound);
}
