using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Takes back <see cref="BlockSenderForFirm"/>.</summary>
public sealed class AllowSenderForFirm(BlockListEdit edit, MailboxPages pages)
{
    [Function(nameof(AllowSenderForFirm)), Requires(Role.Owner)]
    [Says("Take an address or a domain off the firm's block list")]
    [Query("what", Required = true, MaxLength = 320, Says = "The field what of an entry")]
    [Answers(200, typeof(MailboxList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "firm/blocks")] HttpRequest request, CancellationToken cancellation) =>
        await edit.RemoveAsync(userId: null, request.QueryText("what")!, cancellation) ?? Answer.Ok(await pages.ListAsync(cancellation));
}
