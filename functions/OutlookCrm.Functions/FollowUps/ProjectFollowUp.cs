using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Brings the owner's agenda and their Outlook up to date with a follow-up. One that is to stay in touch comes again when the next meeting with the customer
/// begins: nothing else happens then that would close it.
/// </summary>
public sealed class ProjectFollowUp(
    FollowUpStore followUps, Agenda agenda, CustomerStore customers, QuietAgenda quiet, FollowUpReplies replies, SourceLinks links, OutlookReminders reminders)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookLater = TimeSpan.FromMinutes(1);

    // A message waits for seven days at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(6);

    [Function(nameof(ProjectFollowUp))]
    public async Task RunAsync([QueueTrigger(FollowUpStore.Queue)] FollowUpChanged message, CancellationToken cancellation)
    {
        var customer = CustomerId.Parse(message.CustomerId);
        var found = await followUps.GetAsync(message.TenantId, customer, message.FollowUpId, cancellation);
        if (await customers.FindAsync(message.TenantId, customer, cancellation) is not { } record)
        {
            // Erased: agendas lose it with all the rest, Outlook here.
            await reminders.RemoveAsync(message.TenantId, message.UserId, customer, message.FollowUpId, cancellation);
            return;
        }

        if (found is null || found.Version < message.Version)
        {
            // Not committed yet, or never.
            var since = message.Since is { } first && !first.IsOfAnotherClock(followUps.Now) ? first : followUps.Now;
            if (followUps.Now - since < FollowUpStore.GiveUpAfter)
            {
                await followUps.SendAsync(message with { Since = since }, message.Since is null ? LookAgain : LookLater, cancellation);
            }

            return;
        }

        if (found is { State: FollowUpState.Open, Kind: FollowUpKind.Rhythm })
        {
            found = await replies.SettleAsync(message.TenantId, customer, found.Id, cancellation) ?? found;
        }

        await agenda.ShowAsync(message.TenantId, message.UserId, found, record.Name, cancellation);
        if (found.State == FollowUpState.Open)
        {
            // Whoever planned something has heard of the silence.
            await quiet.DismissAsync(message.TenantId, found.OwnerId, customer, cancellation);
        }

        var (linked, lookAgainIn) = await links.FindAsync(message.TenantId, found, cancellation);
        if (await reminders.ProjectAsync(message.TenantId, linked, cancellation) && new[] { lookAgainIn, MeetsIn(linked, message) }.Min() is { } wait)
        {
            await followUps.SendAsync(message with { Version = linked.Version, Since = null }, wait, cancellation);
        }
    }

    /// <summary>Null when there is nothing to wait for. Of several messages that of the version that is waits, so that one does.</summary>
    private TimeSpan? MeetsIn(FollowUp f, FollowUpChanged message) =>
        f is not { State: FollowUpState.Open, MeetsAt: { } meetsAt } || message.Version != f.Version || message.UserId != f.OwnerId ? null
        : meetsAt - followUps.Now is var wait && wait > LongestWait ? LongestWait
        : wait > LookAgain ? wait
        : LookAgain;
}
