using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Has a mailbox logged that is nobody's own, such as info@.</summary>
public sealed class AddSharedMailbox(
    CapturedMailboxes mailboxes, Senders senders, MailboxPages pages, CaptureRequests requests, Caller caller)
{
    [Function(nameof(AddSharedMailbox)), Requires(Role.Owner)]
    [Says("Log a shared mailbox; one that was removed comes back with its settings")]
    [Takes(typeof(AddMailboxRequest))]
    [Answers(200, typeof(MailboxList)), Answers(409, when: "The address is a colleague's own, or a customer's")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mailboxes")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddMailboxRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!MailAddress.TryParse(asked.Address, out var address))
        {
            return Answer.Invalid("address", "must be a mail address");
        }

        if ((await senders.FindCustomersAsync(caller.TenantId, [address], cancellation)).Count > 0)
        {
            // All mail with them would count as mail among ourselves.
            return Answer.Conflict("A customer has this address.");
        }

        var name = string.IsNullOrWhiteSpace(asked.Name) ? null : asked.Name.Trim();
        if (await mailboxes.AddSharedAsync(caller.TenantId, address, name, cancellation) is not { } row)
        {
            return Answer.Conflict("This is a colleague's own mailbox. It is logged by itself once they have signed in.");
        }

        await requests.LookAsync(caller.TenantId, row.UserId, cancellation);
        return Answer.Ok(await pages.ListAsync(cancellation));
    }
}
