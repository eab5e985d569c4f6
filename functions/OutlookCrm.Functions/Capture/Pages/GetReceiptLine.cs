using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>The line at the foot of the pane.</summary>
public sealed class GetReceiptLine(MailboxAccess access, MailboxPages pages)
{
    [Function(nameof(GetReceiptLine)), Requires(Role.Reader)]
    [Says("How the logging of the caller's own mailbox is going, in one line")]
    [Answers(200, typeof(ReceiptLine))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mailboxes/mine/line")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await pages.LineAsync(await access.FindMineAsync(cancellation), Readers.Of(request.HttpContext), cancellation));
}
