using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Looks at a mailbox now and not when its time has come.</summary>
public sealed class LookNow(MailboxAccess access, MailboxPages pages, CaptureRequests requests, GraphMailboxes graph, Caller caller)
{
    [Function(nameof(LookNow)), Requires(Role.Reader)]
    [Says("Look for what is new in a mailbox now")]
    [Answers(200, typeof(MailboxList)), Answers(404), Answers(409, when: "Its logging is switched off")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mailboxes/{id}/look")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToWatchAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (!row.ToMailbox().IsOn)
        {
            return Answer.Conflict("The logging of this mailbox is switched off.");
        }

        // Without a connection there is nobody to send; the list says so.
        if (graph.IsOn)
        {
            await requests.LookAsync([new MailboxToLookAt(caller.TenantId, row.UserId, Insists: true)], cancellation);
        }

        return Answer.Ok(await pages.ListAsync(cancellation));
    }
}
