using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Somebody wants to be told of changes.</summary>
/// <param name="Resource">As it was asked for.</param>
/// <param name="Folder">Null for the whole mailbox, or for events.</param>
/// <param name="ImmutableIds">As was preferred when it was made; it cannot be changed later.</param>
/// <param name="Creator">In whose name; null for an app's own.</param>
internal sealed record Subscription(
    Guid Id, string Resource, Mailbox Mailbox, ItemKind Item, MailFolder? Folder, IReadOnlyList<ChangeKind> Kinds, Uri NotificationUrl, Uri? LifecycleUrl,
    string? ClientState, DateTimeOffset ExpiresAt, string AppId, SampleColleague? Creator, bool ImmutableIds)
{
    /// <summary>It wants to be authorised anew: what happens meanwhile waits.</summary>
    public bool IsPaused { get; init; }

    public bool IsSameAs(Subscription other) =>
        AppId == other.AppId && Mailbox == other.Mailbox && Item == other.Item && Folder == other.Folder && Kinds.ToHashSet().SetEquals(other.Kinds);

    /// <summary>What this one is told when that happens; null for nothing.</summary>
    public ChangeKind? KindOf(Mailbox mailbox, ItemChange change)
    {
        if (mailbox != Mailbox || change.Item != Item || (Folder is not null && Folder != change.Folder))
        {
            return null;
        }

        // Within the whole mailbox nothing comes or goes by moving; it is told once, of where it arrived.
        ChangeKind? kind = !change.IsMove || Folder is not null ? change.Kind
            : change.Kind == ChangeKind.Created ? ChangeKind.Updated
            : null;
        return kind is { } told && Kinds.Contains(told) ? told : null;
    }
}

/// <summary>All subscriptions. One that has expired is gone.</summary>
internal sealed partial class Subscriptions(Mailboxes mailboxes, NotificationSender sender, Faults faults, TimeProvider clock)
{
    // graph-docs concepts/includes/change-notifications-subscription-lifetime.md and the quota of 2026.
    public static readonly TimeSpan MostLife = TimeSpan.FromMinutes(10_080);
    public static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(45);
    private const int MostPerMailbox = 1_000;

    private readonly ConcurrentDictionary<Guid, Subscription> all = new();

    public IEnumerable<Subscription> All
    {
        get
        {
            Expire();
            return all.Values.OrderBy(subscription => subscription.ExpiresAt);
        }
    }

    /// <summary>From now on changes of the mailboxes are told.</summary>
    public void Watch()
    {
        foreach (var mailbox in mailboxes.All)
        {
            mailbox.Changed = Tell;
        }
    }

    public Subscription? Find(Guid id)
    {
        Expire();
        return all.GetValueOrDefault(id);
    }

    /// <exception cref="GraphError">There is an equal one, or there are too many.</exception>
    public void Add(Subscription subscription)
    {
        RequireRoom(subscription);
        all[subscription.Id] = subscription;
    }

    /// <inheritdoc cref="Add"/>
    public void RequireRoom(Subscription subscription)
    {
        var others = All.Where(other => other.Mailbox == subscription.Mailbox).ToList();
        if (others.Find(subscription.IsSameAs) is { } equal)
        {
            throw new GraphError(StatusCodes.Status409Conflict, "ExtensionError", $"Subscription Id {equal.Id} already exists for the requested combination");
        }

        if (others.Count >= MostPerMailbox)
        {
            throw new GraphError(StatusCodes.Status403Forbidden, "ExtensionError", $"The mailbox has reached its limit of {MostPerMailbox} subscriptions.");
        }
    }

    /// <summary>Null when it is gone.</summary>
    public Subscription? Change(Guid id, Func<Subscription, Subscription> change)
    {
        while (Find(id) is { } before)
        {
            var after = change(before);
            if (all.TryUpdate(id, after, before))
            {
                sender.Wake();
                return after;
            }
        }

        return null;
    }

    public bool Remove(Guid id)
    {
        Expire();
        return all.TryRemove(id, out _);
    }

    /// <summary>Tells the client what becomes of a subscription. False when it is gone or has nowhere to be told.</summary>
    public bool TellLifecycle(Guid id, LifecycleEvent what)
    {
        if (Find(id) is not { LifecycleUrl: { } url } subscription)
        {
            return false;
        }

        switch (what)
        {
            case LifecycleEvent.SubscriptionRemoved:
                all.TryRemove(id, out _);
                break;
            case LifecycleEvent.ReauthorizationRequired:
                Change(id, now => now with { IsPaused = true });
                break;
        }

        sender.Add(new Notification(subscription, url, null, null, what));
        return true;
    }

    /// <summary>Whether a subscription may be sent what waits for it; null when it is gone.</summary>
    public bool? MayReceive(Guid id) => Find(id) is { } subscription ? !subscription.IsPaused : null;

    /// <summary>The mailbox, kind and folder that a resource names; null when it is none of which we tell.</summary>
    public (Mailbox Mailbox, ItemKind Item, MailFolder? Folder)? FindResource(string resource, SampleColleague? me)
    {
        var match = Form().Match(resource);
        var user = match.Groups["user"].Success ? SampleFirm.FindColleague(match.Groups["user"].Value) : me;
        if (!match.Success || user is null)
        {
            return null;
        }

        var mailbox = mailboxes.Of(user);
        if (!match.Groups["folder"].Success)
        {
            return (mailbox, match.Groups["item"].Value.Equals("events", StringComparison.OrdinalIgnoreCase) ? ItemKind.Event : ItemKind.Message, null);
        }

        return mailbox.FindFolder(match.Groups["folder"].Value) is { } folder ? (mailbox, ItemKind.Message, folder) : null;
    }

    // Called while the mailbox is held.
    private void Tell(Mailbox mailbox, ItemChange change)
    {
        var now = clock.GetUtcNow();
        foreach (var subscription in all.Values)
        {
            if (subscription.ExpiresAt <= now || subscription.KindOf(mailbox, change) is not { } kind)
            {
                continue;
            }

            var fault = faults.OfNotification();
            if (!fault.IsLost)
            {
                sender.Add(new Notification(subscription, subscription.NotificationUrl, kind, change, null) { Delay = fault.Delay });
            }

            if (fault.IsDoubled)
            {
                sender.Add(new Notification(subscription, subscription.NotificationUrl, kind, change, null));
            }
        }
    }

    private void Expire()
    {
        var now = clock.GetUtcNow();
        foreach (var subscription in all.Values.Where(subscription => subscription.ExpiresAt <= now))
        {
            all.TryRemove(subscription.Id, out _);
        }
    }

    [GeneratedRegex(
        @"^/?(?:me|users/(?<user>[^/]+)|users\('(?<user>[^']+)'\))/(?:(?<item>messages|events)|mailFolders(?:/(?<folder>[^/]+)|\('(?<folder>[^']+)'\))/messages)/?$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}

/// <summary>What becomes of a subscription, in Microsoft's words.</summary>
public enum LifecycleEvent
{
    Missed,
    SubscriptionRemoved,
    ReauthorizationRequired,
}
