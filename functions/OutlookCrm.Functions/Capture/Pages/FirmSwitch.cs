using Microsoft.AspNetCore.Http;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Capture.Pages;

/// <summary>What switching off and letting be logged have in common.</summary>
public sealed class FirmSwitch(
    MailboxAccess access, CapturedMailboxes mailboxes, MailboxPages pages, CaptureRequests requests, Caller caller)
{
    internal async Task<IResult> SetAsync(string id, bool isOff, CancellationToken cancellation)
    {
        if (await access.FindToWatchAsync(id, cancellation) is not { } row
            || await mailboxes.ChangeAsync(caller.TenantId, row.UserId, old => old with { IsOffForFirm = isOff }, cancellation) is not { } changed)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (changed.ToMailbox().IsOn)
        {
            await requests.LookAsync(caller.TenantId, row.UserId, cancellation);
        }
        else
        {
            await requests.EndSubscriptionsAsync(caller.TenantId, row.UserId, cancellation);
        }

        return Answer.Ok(await pages.ListAsync(cancellation));
    }
}
