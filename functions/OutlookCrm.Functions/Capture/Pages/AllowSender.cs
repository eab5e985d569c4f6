using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Takes back <see cref="BlockSender"/>.</summary>
public sealed class AllowSender(MailboxAccess access, BlockListEdit edit, MailboxPages pages)
{
    [Function(nameof(AllowSender)), Requires(Role.Reader)]
    [Says("Take an address or a domain off a mailbox's block list")]
    [Query("what", Required = true, MaxLength = 320, Says = "The field what of an entry")]
    [Answers(200, typeof(MailboxSettings)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mailboxes/{id}/blocks")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        await access.FindToSetAsync(id, cancellation) is not { } row ? Answer.NotFound(MailboxAccess.NotFound)
        : await edit.RemoveAsync(row.UserId, request.QueryText("what")!, cancellation) ?? Answer.Ok(await pages.SettingsAsync(row, cancellation));
}
