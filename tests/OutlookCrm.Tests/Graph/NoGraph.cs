using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Graph;

/// <summary>The product as it is without a credential for Microsoft 365: everything works, and no mailbox is asked.</summary>
internal static class NoGraph
{
    private static readonly GraphOptions options = GraphOptions.From(new ConfigurationBuilder().Build());

    private static readonly GraphRequests requests = new(
        options,
        new GraphClients(options, _ => throw new InvalidOperationException("There is no credential."), TimeProvider.System),
        TimeProvider.System);

    public static ProjectFollowUp Projection(FollowUpStore followUps, CustomerStore customers, ITableStore tables, TimeProvider clock) => new(
        followUps,
        new Agenda(tables),
        customers,
        new QuietAgenda(tables),
        new FollowUpReplies(tables, followUps),
        new SourceLinks(followUps, new GraphPlaces(requests, options), NullLogger<SourceLinks>.Instance),
        new OutlookReminders(
            followUps, new ReminderSettingsStore(tables), customers, new MissingMailboxes(tables, clock), new GraphReminders(requests, options), tables, clock, NullLogger<OutlookReminders>.Instance));
}
