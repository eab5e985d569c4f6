using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Identity;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Looks, every hour, at the reminders of colleagues whose mailbox is not logged. Of the others the looks at their mailboxes tell, sooner.
/// </summary>
public sealed class ReadBackReminders(
    OutlookReadBack reminders, CapturedMailboxes mailboxes, MissingMailboxes missing, FirmDirectory directory, GraphReminders graph, IdentityOptions identity)
{
    [Function(nameof(ReadBackReminders))]
    public async Task RunAsync([TimerTrigger("0 20 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        if (!graph.IsOn)
        {
            return;
        }

        foreach (var tenantId in identity.AllowedTenants)
        {
            var gone = await missing.ListAsync(tenantId, cancellation);
            foreach (var account in (await directory.OfAsync(tenantId, cancellation)).Accounts.Where(account => !gone.ContainsKey(account.UserId)))
            {
                if ((await mailboxes.SettingsAsync(tenantId, account.UserId, cancellation))?.ToMailbox() is not { IsOn: true })
                {
                    await reminders.LookAtAllAsync(tenantId, account.UserId, cancellation);
                }
            }
        }
    }
}
