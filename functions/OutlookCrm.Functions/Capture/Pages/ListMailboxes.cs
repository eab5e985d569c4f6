using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>How the logging of mailboxes is going, the ones in trouble first.</summary>
public sealed class ListMailboxes(MailboxPages pages)
{
    [Function(nameof(ListMailboxes)), Requires(Role.Reader)]
    [Says("How the logging of each mailbox is going: all of the firm's for an owner, else the caller's own and the shared ones")]
    [Answers(200, typeof(MailboxList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mailboxes")] HttpRequest request, CancellationToken cancellation)
    {
        var list = await pages.ListAsync(cancellation);
        return Answer.Ok(list, list.Firm?.ETag);
    }
}
