using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Capture;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>Logs the mail that the caller has open, out of their own mailbox and whatever folder, though the rules may have left it out.</summary>
public sealed class LogMail(
    CapturedMailboxes mailboxes, BlockLists blocks, CaptureLookup lookup, CaptureRequests requests, GraphMailboxes graph, Caller caller)
{
    [Function(nameof(LogMail)), Requires(Role.Member)]
    [Says("Log one mail of your own mailbox by hand, although it is a newsletter, from before the start, or was taken off")]
    [Takes(typeof(LogMailRequest))]
    [Answers(200, typeof(MailIsLogged)), Answers(404), Answers(409, when: "Even by hand it is not logged; the detail says why")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "log-mail")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<LogMailRequest>(request, cancellation);
        if (!body.Is(out var wish, out var refusal))
        {
            return refusal;
        }

        if (await mailboxes.FindAsync(caller.TenantId, caller.UserId, cancellation) is not { IsOn: true } mailbox)
        {
            return Answer.Conflict("Your mailbox is not logged. Switch it on first.");
        }

        if (!graph.IsOn)
        {
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, "Outlook CRM is not connected to Microsoft 365 yet.");
        }

        var messageId = wish.InternetMessageId.Trim();
        try
        {
            if (await graph.FindMailByMessageIdAsync(caller.TenantId, mailbox.GraphUser, messageId, cancellation) is not { } mail)
            {
                return Answer.NotFound("Your mailbox has no such mail.");
            }

            // Whoever wants it logged takes back that it shall not be.
            await blocks.RemoveUndoneAsync(
                caller.TenantId, caller.UserId, TableKeys.ExcludedItem(MailIdentity.Of(mail, caller.UserId)), etag: null, cancellation);
            var batch = new CaptureBatch();
            batch.Add(mail);
            var outcome = await lookup.TakeAsync(caller.TenantId, mailbox, batch, isByHand: true, cancellation);
            return outcome.Taken.Count > 0
                ? Answer.Ok(new MailIsLogged(messageId, IsThere: true))
                : Answer.Conflict(WhyNot(outcome.Skipped.Select(skipped => skipped.Reason).FirstOrDefault(IgnoreReason.UnknownPeople)));
        }
        catch (GraphException e) when (e.Trouble == GraphTrouble.Temporary)
        {
            await requests.LogMailAsync(caller.TenantId, caller.UserId, messageId, cancellation);
            return Answer.Ok(new MailIsLogged(messageId, IsThere: false));
        }
        catch (GraphException e) when (e.Trouble == GraphTrouble.Reconnect)
        {
            return Answer.Conflict("Outlook does not let us into your mailbox. The line at the foot says what to do.");
        }
    }

    private static string WhyNot(IgnoreReason reason) => reason switch
    {
        IgnoreReason.Draft => "It is not sent yet.",
        IgnoreReason.Junk => "It lies in Junk. Move it out of there first.",
        IgnoreReason.Private => "It is marked private, and what is private is never logged.",
        IgnoreReason.ColleaguesOnly => "Nobody but us is on it.",
        IgnoreReason.Erased => "Whom it is about was erased at their wish.",
        IgnoreReason.Blocked => "Whom it is about is left out of what is logged. Take them off that list first.",
        IgnoreReason.UnknownPeople => "Nobody on it is a customer yet. Make them one, and it is logged by itself.",
        _ => "It cannot be read.",
    };
}
