using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>A shared mailbox is not logged any more. What was logged stays, and who may see it.</summary>
public sealed class RemoveSharedMailbox(
    MailboxAccess access, CapturedMailboxes mailboxes, MailboxPages pages, CaptureRequests requests, Caller caller)
{
    [Function(nameof(RemoveSharedMailbox)), Requires(Role.Owner)]
    [Says("Log nothing more out of a shared mailbox, and take it off the list")]
    [Answers(200, typeof(MailboxList)), Answers(404), Answers(409, when: "It is somebody's own mailbox")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mailboxes/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToWatchAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (!row.IsShared)
        {
            return Answer.Conflict("This is somebody's own mailbox. Switch its logging off instead.");
        }

        await mailboxes.ChangeAsync(caller.TenantId, row.UserId, old => old with { IsRemoved = true }, cancellation);
        await requests.EndSubscriptionsAsync(caller.TenantId, row.UserId, cancellation);
        return Answer.Ok(await pages.ListAsync(cancellation));
    }
}
