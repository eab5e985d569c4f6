using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>How a mailbox is logged, for who may set it.</summary>
public sealed class GetMailbox(MailboxAccess access, MailboxPages pages)
{
    [Function(nameof(GetMailbox)), Requires(Role.Reader)]
    [Says("How a mailbox is logged: the caller's own by the id mine, a shared one for an owner")]
    [Answers(200, typeof(MailboxSettings)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mailboxes/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToSetAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        var settings = await pages.SettingsAsync(row, cancellation);
        return Answer.Ok(settings, settings.ETag);
    }
}
