using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>People whom the caller keeps writing with and who are no customers.</summary>
public sealed class ListCorrespondents(CorrespondentPages pages)
{
    internal const string NotFound = "Nobody whom you write with has this address.";

    [Function(nameof(ListCorrespondents)), Requires(Role.Reader)]
    [Says("People whom the caller keeps writing with and who are no customers, the most likely first")]
    [Answers(200, typeof(CorrespondentList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "correspondents")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await pages.ListAsync(cancellation));
}
