using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Identity;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Asks, every night for a month, whether a mailbox that was not there is there again: a licence may have lapsed. Then its user's follow-ups are shown in it
/// as they are now.
/// </summary>
public sealed class LookForMissingMailboxes(
    MissingMailboxes missing,
    FollowUpStore followUps,
    Agenda agenda,
    GraphReminders graph,
    IdentityOptions identity,
    TimeProvider clock,
    ILogger<LookForMissingMailboxes> log)
{
    private static readonly TimeSpan LookedForAtMost = TimeSpan.FromDays(30);

    [Function(nameof(LookForMissingMailboxes))]
    public async Task RunAsync([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        if (!graph.IsOn)
        {
            return;
        }

        foreach (var tenantId in identity.AllowedTenants)
        {
            foreach (var (userId, since) in await missing.ListAsync(tenantId, cancellation))
            {
                if (!since.IsOver(LookedForAtMost, clock.GetUtcNow()) && await IsThereAsync(tenantId, userId, cancellation))
                {
                    await foreach (var line in agenda.ReadAllAsync(tenantId, userId, cancellation))
                    {
                        await followUps.SendAsync(
                            new FollowUpChanged(tenantId, userId, line.CustomerId, Guid.ParseExact(line.Id, "N"), Version: 1), delay: null, cancellation);
                    }

                    await missing.ForgetAsync(tenantId, userId, cancellation);
                }
            }
        }
    }

    private async Task<bool> IsThereAsync(Guid tenantId, Guid userId, CancellationToken cancellation)
    {
        try
        {
            // Whatever is found: that there is an answer tells.
            await graph.FindEventByKeyAsync(tenantId, userId.ToString("D"), OutlookReminders.KeyPrefix, cancellation);
            return true;
        }
        catch (GraphException why)
        {
            log.LogInformation("Mailbox {UserId} is still not there: Graph said {Code} ({Status})", userId, why.Code, why.Status);
            return false;
        }
    }
}
