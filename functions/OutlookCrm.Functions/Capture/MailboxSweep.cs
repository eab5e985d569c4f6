using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Identity;

namespace OutlookCrm.Capture;

/// <summary>Asks for looks at all mailboxes of all firms served here.</summary>
public sealed class MailboxSweep(
    CapturedMailboxes mailboxes,
    MailboxStatuses statuses,
    CaptureRequests requests,
    IdentityOptions identity,
    GraphMailboxes graph,
    CaptureOptions options,
    TimeProvider clock,
    ILogger<MailboxSweep> log)
{
    /// <summary>Four sweeps: a mailbox that was not read for so long is told of, and whoever runs the product gets an alert (infra/monitoring.bicep).</summary>
    internal static readonly TimeSpan Late = TimeSpan.FromHours(1);

    /// <summary>How long polling rests where notifications tell of every mailbox.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> restingUntil = new();

    /// <summary>Whose mailboxes are read: nobody's when nothing says how to reach them.</summary>
    private IEnumerable<Guid> Tenants => graph.IsOn ? identity.AllowedTenants : [];

    /// <summary>Everything that is on. Colleagues who are new get their mailbox.</summary>
    internal async Task EveryAsync(bool subscriptions, bool recount, CancellationToken cancellation)
    {
        foreach (var tenantId in Tenants)
        {
            await mailboxes.AppearAsync(tenantId, cancellation);
            await requests.LookAsync(
                [
                    .. (await mailboxes.ListAsync(tenantId, cancellation))
                        .Where(mailbox => mailbox.IsOn || subscriptions) // of one that is off they end
                        .Select(mailbox => new MailboxToLookAt(tenantId, mailbox.UserId, subscriptions, recount && mailbox.IsOn)),
                ],
                cancellation);
        }
    }

    /// <summary>Says which mailboxes that are on were not read for <see cref="Late"/>.</summary>
    internal async Task TellLateAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var tenantId in Tenants)
        {
            var isOn = (await mailboxes.ListAsync(tenantId, cancellation)).Where(mailbox => mailbox.IsOn).Select(mailbox => mailbox.UserId).ToHashSet();
            foreach (var status in (await statuses.ListAsync(tenantId, cancellation)).Where(status => isOn.Contains(status.UserId)))
            {
                if ((status.LastSuccessAt ?? status.TroubleSince) is { } since && now - since >= Late)
                {
                    log.LogWarning("Mailbox {UserId}: not read since {Since:u}", status.UserId, since);
                }
            }
        }
    }

    /// <summary>
    /// Those of which nobody tells, and that were not looked at for long enough. Of a firm all of whose mailboxes are told of, nothing is read for a
    /// while.
    /// </summary>
    internal async Task PollAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var tenantId in Tenants.Where(tenantId => !(restingUntil.TryGetValue(tenantId, out var until) && until.IsAhead(Rest, now))))
        {
            await mailboxes.AppearAsync(tenantId, cancellation);
            var known = (await statuses.ListAsync(tenantId, cancellation)).ToDictionary(status => status.UserId);
            var on = (await mailboxes.ListAsync(tenantId, cancellation)).Where(mailbox => mailbox.IsOn).ToList();
            await requests.LookAsync(
                [
                    .. on.Where(mailbox => IsDue(known.GetValueOrDefault(mailbox.UserId)))
                        .Select(mailbox => new MailboxToLookAt(tenantId, mailbox.UserId)),
                ],
                cancellation);
            if (on.Count > 0 && on.All(mailbox => known.GetValueOrDefault(mailbox.UserId) is { } status && IsTold(status)))
            {
                restingUntil[tenantId] = now + Rest;
            }
        }

        bool IsTold(MailboxStatus status) => status.IsNotified && status.SubscriptionExpiresAt >= now;

        bool IsDue(MailboxStatus? status) => status is null
            || (!IsTold(status)
                && (status.LastSuccessAt is not { } last || last.IsOver(options.PollInterval, now))
                && (status.RetryAt is not { } retryAt || !retryAt.IsAhead(MailboxWorker.LongestWait, now)));
    }
}
