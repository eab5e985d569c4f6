using System.Text.Json;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// Takes captured things off timelines or closes them to colleagues, and takes that back. A message first, then the row that says what is
/// wanted, by which capture is bound from then on; then the timelines are made as the row says, here and once more by the message: whatever is
/// broken off is finished, and whatever a worker recorded meanwhile by the rules of before goes too.
/// </summary>
public sealed class Undoing(
    InteractionStore interactions,
    BlockLists blocks,
    UndoPlans plans,
    CaptureRequests requests,
    CustomerStore customers,
    FirmDirectory directory,
    CapturedMailboxes mailboxes,
    WaitingAgenda waiting,
    IWorkQueue queue,
    TimeProvider clock)
{
    public const string Queue = "capture-undo";

    // The row is written well before; a worker that began to record by the rules of before has ended by the second look.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SecondLook = TimeSpan.FromMinutes(5);

    private const int MaxAtOnce = 200; // more than that is not waited for

    private const string NotYours = "It came out of colleagues' mailboxes. Only they can take it off.";

    /// <summary>The mailboxes about which the caller may say something: their own, and for an owner the shared ones.</summary>
    internal async Task<IReadOnlySet<Guid>> MailboxesOfAsync(Caller caller, CancellationToken cancellation) =>
        caller.Role >= Role.Owner
            ? new HashSet<Guid>((await directory.OfAsync(caller.TenantId, cancellation)).SharedMailboxes) { caller.UserId }
            : new HashSet<Guid> { caller.UserId };

    /// <summary>What an undo would do; null, and why, when it would do nothing, or is not the caller's to do.</summary>
    /// <param name="found">The thing on whose line it is asked for.</param>
    internal async Task<(Undo? Undo, string? Refusal)> PlanAsync(Caller caller, CustomerId customer, Details found, UndoScope scope, CancellationToken cancellation)
    {
        var mailboxes = await MailboxesOfAsync(caller, cancellation);
        var mine = found.Here.Where(sighting => mailboxes.Contains(sighting.UserId)).ToList();
        IReadOnlyList<string> threads = [];
        MailAddress? who = null;
        UndoPlan plan;
        switch (scope)
        {
            case UndoScope.PersonForFirm when caller.Role < Role.Owner:
                return (null, "Only an owner leaves somebody out for the whole firm.");
            case not UndoScope.PersonForFirm when !found.IsOnTimeline || (mine.Count == 0 && scope is not UndoScope.Person):
                return (null, NotYours);
            case UndoScope.Person when found.Here.All(sighting => sighting.UserId != caller.UserId):
                return (null, "It did not come out of your own mailbox. Whoever's it is can leave them out, or an owner for the whole firm.");
            case UndoScope.PersonForFirm when !found.IsOnTimeline || (who = found.Common.Match) is null:
            case UndoScope.Person when (who = found.Here.First(sighting => sighting.UserId == caller.UserId).Reading!.Match) is null:
                return (null, "Nobody on it can be left out.");
            case UndoScope.Person:
                plan = await plans.OfPersonAsync(caller.TenantId, caller.UserId, who!, cancellation);
                break;
            case UndoScope.PersonForFirm:
                plan = await plans.OfPersonAsync(caller.TenantId, userId: null, who!, cancellation);
                break;
            case UndoScope.Thread:
                threads = [.. mine.Select(sighting => sighting.Reading!.ThreadId).OfType<string>().Distinct()];
                if (threads.Count == 0)
                {
                    return (null, "It belongs to no thread.");
                }

                (plan, threads) = await plans.OfThreadAsync(
                    caller.TenantId, [customer], threads, mailboxes, sighting => mailboxes.Contains(sighting.UserId) ? null : sighting, cancellation);
                break;
            case UndoScope.OnlyMe:
                plan = await plans.OfThingAsync(caller.TenantId, [customer], found.Id, OnlyMine(caller.UserId, isOnlyMine: true), cancellation);
                break;
            default:
                plan = await plans.OfThingAsync(
                    caller.TenantId, [customer], found.Id, sighting => mailboxes.Contains(sighting.UserId) ? null : sighting, cancellation);
                break;
        }

        return plan.Steps.Count > 0 ? (new Undo(customer, found, scope, plan, threads, who), null)
            : (null, scope == UndoScope.OnlyMe ? "Nobody but you sees it already." : "That is done already.");
    }

    /// <returns>What takes it back, null where the block list does; false when the list of what is wanted is full.</returns>
    internal async Task<(bool IsDone, string? Key)> DoAsync(Caller caller, Undo undo, CancellationToken cancellation)
    {
        string? key = null;
        if (undo.Who is { } who)
        {
            Guid? userId = undo.Scope == UndoScope.Person ? caller.UserId : null;
            await SendAsync(new UndoWork(caller.TenantId, userId, Key: null, who.Key, Look: 1), FirstLook, cancellation);
            if (!await blocks.AddAsync(caller.TenantId, userId, BlockTarget.Of(who), caller.Name, cancellation))
            {
                return (false, null);
            }
        }
        else
        {
            var things = undo.Plan.Touched.GroupBy(touched => touched.UserId, touched => touched.Sighting)
                .Select(ofMailbox => (Mailbox: ofMailbox.Key, Thing: ThingOf(undo, ofMailbox)))
                .ToList();

            // All of them first: of what is refused nothing is done.
            foreach (var (mailbox, _) in things)
            {
                if ((await blocks.ReadAsync(caller.TenantId, mailbox, cancellation)).Undone.Count >= UndoneThing.MaxOfMailbox)
                {
                    return (false, null);
                }
            }

            foreach (var (mailbox, thing) in things)
            {
                key = thing.RowKey;
                await SendAsync(new UndoWork(caller.TenantId, mailbox, thing.RowKey, Address: null, Look: 1), FirstLook, cancellation);
                await blocks.PutUndoneAsync(caller.TenantId, mailbox, thing, cancellation);
            }
        }

        if (undo.Plan.Steps.Count <= MaxAtOnce)
        {
            await ApplyAsync(caller.TenantId, undo.Plan, cancellation);
        }

        return (true, key);
    }

    /// <summary>False when there is nothing of the caller's to take back.</summary>
    internal async Task<bool> TakeBackAsync(Caller caller, string key, CancellationToken cancellation)
    {
        var isFound = false;
        foreach (var mailbox in await MailboxesOfAsync(caller, cancellation))
        {
            if (await blocks.FindUndoneAsync(caller.TenantId, mailbox, key, cancellation) is not { } thing)
            {
                continue;
            }

            isFound = true;
            await SendAsync(new UndoWork(caller.TenantId, mailbox, key, Address: null, Look: 1), FirstLook, cancellation);
            if (thing.LiftedAt is not null || await blocks.LiftUndoneAsync(caller.TenantId, mailbox, thing, cancellation))
            {
                await MakeSoAsync(caller.TenantId, mailbox, key, cancellation);
            }
        }

        return isFound;
    }

    /// <summary>Makes timelines as what is wanted says now, whatever it said when the message was sent.</summary>
    internal async Task LookAsync(UndoWork work, CancellationToken cancellation)
    {
        var isWanted = work switch
        {
            { Address: { } text } => await LeaveOutAsync(work.TenantId, work.UserId, text, cancellation),
            { UserId: { } mailbox, Key: { } key } => await MakeSoAsync(work.TenantId, mailbox, key, cancellation),
            _ => throw new FormatException("A message about an undo names neither an address nor a mailbox's wish."),
        };
        if (isWanted && work.Look == 1)
        {
            await SendAsync(work with { Look = 2 }, SecondLook, cancellation);
        }
    }

    private Task SendAsync(UndoWork work, TimeSpan delay, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(work), delay, cancellation);

    private async Task<bool> LeaveOutAsync(Guid tenantId, Guid? userId, string text, CancellationToken cancellation)
    {
        if (!MailAddress.TryParse(text, out var who))
        {
            throw new FormatException("A message about an undo names no mail address.");
        }

        if (!BlockedPeople.Of((await blocks.ReadAsync(tenantId, userId, cancellation)).People).Covers(who))
        {
            return false; // taken back
        }

        await ApplyAsync(tenantId, await plans.OfPersonAsync(tenantId, userId, who, cancellation), cancellation);
        await TellAsync(
            tenantId,
            await plans.CustomersOfPersonAsync(tenantId, who, cancellation),
            userId is { } only ? [only] : await mailboxes.EverKnownAsync(tenantId, cancellation),
            cancellation);
        return true;
    }

    /// <summary>False when nothing is wanted any more.</summary>
    private async Task<bool> MakeSoAsync(Guid tenantId, Guid mailbox, string key, CancellationToken cancellation)
    {
        if (await blocks.FindUndoneAsync(tenantId, mailbox, key, cancellation) is not { } thing)
        {
            return false;
        }

        switch (thing)
        {
            case { What: UndoneKind.OnlyMine }:
                await ApplyAsync(
                    tenantId,
                    await plans.OfThingAsync(tenantId, thing.Customers, thing.Id, OnlyMine(mailbox, thing.LiftedAt is null), cancellation),
                    cancellation);
                break;
            case { LiftedAt: null, What: UndoneKind.Thing }:
                await ApplyAsync(
                    tenantId, await plans.OfThingAsync(tenantId, thing.Customers, thing.Id, TakeOff(mailbox, thing), cancellation), cancellation);
                await TellAsync(tenantId, thing.Customers, [mailbox], cancellation);
                break;
            case { LiftedAt: null }:
                await TakeThreadOffAsync(tenantId, mailbox, thing, cancellation);
                break;
            default:
                await AskForAsync(tenantId, mailbox, thing, cancellation);
                break;
        }

        if (thing.LiftedAt is not null)
        {
            // Somebody may want it again meanwhile: then it stays, and a message of its own is on the way.
            await blocks.RemoveUndoneAsync(tenantId, mailbox, key, thing.ETag, cancellation);
        }

        return thing.LiftedAt is null;
    }

    /// <summary>From every timeline of the firm. On whose it was is kept first: there it is looked for when it is taken back.</summary>
    private async Task TakeThreadOffAsync(Guid tenantId, Guid mailbox, UndoneThing thing, CancellationToken cancellation)
    {
        var names = thing.Threads.Append(thing.Id).ToHashSet(StringComparer.Ordinal);
        var customers = thing.Customers.Union(await plans.CustomersOfThreadAsync(tenantId, mailbox, names, cancellation))
            .Take(UndoneThing.MaxCustomers).ToList();
        if (customers.Count > thing.Customers.Count
            && !await blocks.ChangeUndoneAsync(tenantId, mailbox, thing with { Customers = customers }, cancellation))
        {
            return; // changed meanwhile: whoever did has a message of their own on the way
        }

        var (plan, _) = await plans.OfThreadAsync(tenantId, customers, names, new HashSet<Guid> { mailbox }, TakeOff(mailbox, thing), cancellation);
        await ApplyAsync(tenantId, plan, cancellation);
        await TellAsync(tenantId, customers, [mailbox], cancellation);
    }

    /// <summary>
    /// Whoever took something off may have died before they told who waits, and what is off already is in no plan: so it is told at each look.
    /// </summary>
    private async Task TellAsync(
        Guid tenantId, IReadOnlyCollection<CustomerId> whose, IReadOnlyCollection<Guid> toWhom, CancellationToken cancellation)
    {
        foreach (var customer in whose)
        {
            await waiting.FollowAsync(tenantId, customer, toWhom, cancellation);
        }
    }

    /// <summary>What was taken off is read again from the mailbox, and judged by the rules as they are.</summary>
    private async Task AskForAsync(Guid tenantId, Guid mailbox, UndoneThing thing, CancellationToken cancellation)
    {
        foreach (var item in thing.Items)
        {
            await (item.IsByHand
                ? requests.TakeAnywayAsync(tenantId, mailbox, item.ItemId, item.IsMeeting, cancellation)
                : requests.TakeItemAsync(tenantId, mailbox, item.ItemId, item.IsMeeting, cancellation));
        }

        // What of a thread came while it was left out is found by whom it is with.
        foreach (var customer in thing.Customers.Where(_ => thing.What == UndoneKind.Thread))
        {
            foreach (var known in (await customers.ReadAsync(tenantId, customer, cancellation))?.Addresses ?? [])
            {
                await requests.SendAsync(new FindHistory(tenantId, mailbox, known.Address.Key), delay: null, cancellation);
            }
        }
    }

    private async Task ApplyAsync(Guid tenantId, UndoPlan plan, CancellationToken cancellation)
    {
        foreach (var theirs in plan.Steps.GroupBy(step => step.Customer))
        {
            await interactions.UpdateAsync(
                tenantId,
                theirs.Key,
                [.. theirs.Select(step => (step.Found.Id, (Func<Details, Details>)(details => details.With(step.Change))))],
                cancellation);
        }
    }

    private UndoneThing ThingOf(Undo undo, IEnumerable<Sighting> sightings)
    {
        var touched = sightings.DistinctBy(sighting => sighting.ItemId).ToList();
        var isThread = undo.Scope == UndoScope.Thread;
        return new UndoneThing(
            undo.Scope switch { UndoScope.Thing => UndoneKind.Thing, UndoScope.Thread => UndoneKind.Thread, _ => UndoneKind.OnlyMine },
            isThread ? undo.Threads[0] : undo.Found.Id,
            undo.Found.Kind,
            undo.Found.Common.At,
            clock.GetUtcNow(),
            [.. undo.Plan.Customers.Prepend(undo.Customer).Distinct().Take(UndoneThing.MaxCustomers)],
            [.. undo.Threads.Skip(1).Take(UndoneThing.MaxThreads)],
            undo.Scope == UndoScope.OnlyMe
                ? []
                :
                [
                    .. touched.Where(sighting => !isThread || sighting.IsByHand)
                        .Select(sighting => new UndoneItem(sighting.ItemId, undo.Found.Kind == InteractionKind.Meeting, sighting.IsByHand))
                        .Take(UndoneThing.MaxItems),
                ]);
    }

    /// <summary>What was logged by hand since stays: who did that wanted it back.</summary>
    private static Func<Sighting, Sighting?> TakeOff(Guid mailbox, UndoneThing thing) => sighting =>
        sighting.UserId != mailbox || (sighting.IsByHand && sighting.TakenAt > thing.AddedAt) ? sighting : null;

    private static Func<Sighting, Sighting?> OnlyMine(Guid mailbox, bool isOnlyMine) => sighting =>
        sighting.UserId == mailbox ? sighting with { IsOnlyMine = isOnlyMine } : sighting;
}

/// <param name="Found">The thing on whose line it was asked for.</param>
/// <param name="Threads">All names of the thread; empty for other scopes.</param>
/// <param name="Who">Whom to leave out; null for other scopes.</param>
internal sealed record Undo(
    CustomerId Customer, Details Found, UndoScope Scope, UndoPlan Plan, IReadOnlyList<string> Threads, MailAddress? Who)
{
    public UndoPreview ToPreview(Sight sight)
    {
        var (mails, meetings, customers, stays) = Plan.CountFor(sight);
        return new UndoPreview(Customer.ToString(), Found.Id, Found.Kind, Scope, mails, meetings, customers, stays, Who?.ToString());
    }
}

/// <param name="UserId">Whose mailbox; null is every mailbox.</param>
/// <param name="Key">Of a row of that mailbox's list; null when it is about a person.</param>
/// <param name="Address">In the form in which addresses are compared; null when it is about a thing or thread.</param>
/// <param name="Look">1 finishes what was begun; 2 comes later, for what others had begun before.</param>
public sealed record UndoWork(Guid TenantId, Guid? UserId, string? Key, string? Address, int Look)
{
    /// <summary>With <see cref="MailId"/>: whose mail needs no answer, or does again; else null.</summary>
    public string? CustomerId { get; init; }

    public string? MailId { get; init; }
}
