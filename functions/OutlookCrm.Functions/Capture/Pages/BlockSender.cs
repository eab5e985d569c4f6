using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Leaves somebody's mail out of one mailbox's logging.</summary>
public sealed class BlockSender(MailboxAccess access, BlockListEdit edit, MailboxPages pages)
{
    [Function(nameof(BlockSender)), Requires(Role.Reader)]
    [Says("Leave an address, or a domain with its sub-domains, out of what is logged of a mailbox")]
    [Takes(typeof(BlockSenderRequest))]
    [Answers(200, typeof(MailboxSettings)), Answers(404), Answers(409, when: "The list is full")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mailboxes/{id}/blocks")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<BlockSenderRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (await access.FindToSetAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        return await edit.AddAsync(row.UserId, asked.What, cancellation) ?? Answer.Ok(await pages.SettingsAsync(row, cancellation));
    }
}
