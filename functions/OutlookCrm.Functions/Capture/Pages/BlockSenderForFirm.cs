using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Leaves somebody's mail out of every mailbox's logging.</summary>
public sealed class BlockSenderForFirm(BlockListEdit edit, MailboxPages pages)
{
    [Function(nameof(BlockSenderForFirm)), Requires(Role.Owner)]
    [Says("Leave an address, or a domain with its sub-domains, out of what is logged of every mailbox")]
    [Takes(typeof(BlockSenderRequest))]
    [Answers(200, typeof(MailboxList)), Answers(409, when: "The list is full")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "firm/blocks")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<BlockSenderRequest>(request, cancellation);
        return !body.Is(out var asked, out var refusal)
            ? refusal
            : await edit.AddAsync(userId: null, asked.What, cancellation) ?? Answer.Ok(await pages.ListAsync(cancellation));
    }
}
