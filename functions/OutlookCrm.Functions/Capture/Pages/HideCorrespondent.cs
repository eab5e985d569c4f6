using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>This is no customer: not proposed any more.</summary>
public sealed class HideCorrespondent(CorrespondentPages pages, Correspondents correspondents, Caller caller)
{
    [Function(nameof(HideCorrespondent)), Requires(Role.Reader)]
    [Says("Do not propose somebody as a customer any more")]
    [Answers(200, typeof(CorrespondentList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "correspondents/{address}/hidden")] HttpRequest request,
        string address,
        CancellationToken cancellation) =>
        await pages.FindAsync(address, cancellation) is { } person
        && await correspondents.HideAsync(caller.TenantId, caller.UserId, person.Address, isHidden: true, cancellation)
            ? Answer.Ok(await pages.ListAsync(cancellation))
            : Answer.NotFound(ListCorrespondents.NotFound);
}
