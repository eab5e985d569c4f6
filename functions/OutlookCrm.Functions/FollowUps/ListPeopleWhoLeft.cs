using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Whose follow-ups nobody is reminded of any more.</summary>
public sealed class ListPeopleWhoLeft(PeopleWhoLeftPage page, Caller caller)
{
    [Function(nameof(ListPeopleWhoLeft)), Requires(Role.Owner)]
    [Says("Whose mailbox is not there any more and who still has follow-ups")]
    [Answers(200, typeof(PeopleWhoLeft))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "firm/left")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await page.MakeAsync(caller, without: null, cancellation));
}
