using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Changes fields of a follow-up; another owner is handing it over. What is already so is answered as done.</summary>
public sealed class ChangeFollowUp(
    FollowUpStore followUps, ReminderSettingsStore settings, FirmDirectory directory, TimeProvider clock, Caller caller)
{
    [Function(nameof(ChangeFollowUp)), Requires(Role.Member)]
    [Says("Change fields of a follow-up (JSON merge patch), or hand it over; send its ETag in If-Match")]
    [Takes(typeof(ChangeFollowUpRequest))]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    [Answers(412, typeof(FollowUpConflict), "It changed since it was read; nothing was saved"), Answers(428)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "customers/{id}/follow-ups/{followUpId}")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<ChangeFollowUpRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal) || !EntityTag.TryReadIfMatch(request, out var version, out refusal))
        {
            return refusal;
        }

        if (!FollowUpRequests.TryParse(id, followUpId, out var customer, out var followUp)
            || await followUps.GetAsync(caller.TenantId, customer, followUp, cancellation) is not { } found)
        {
            return Answer.NotFound(FollowUpRequests.NotFound);
        }

        var now = clock.GetUtcNow();
        var errors = new FieldErrors();
        var time = FollowUpRequests.Time(asked.DueTime.Or(null), errors);
        if (asked.DueOn.IsGiven && asked.DueOn.Value != found.DueOn)
        {
            FollowUpRequests.CheckDay(asked.DueOn.Value, now.DayIn(FollowUpTimes.ZoneOf(found.TimeZone)), errors);
        }

        var owner = asked.OwnerId.IsGiven ? await FindOwnerAsync(asked.OwnerId.Value, found, errors, cancellation) : null;
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var isConflict = false;
        var changed = await followUps.ChangeAsync(
            caller.TenantId,
            customer,
            followUp,
            current =>
            {
                var edited = current with
                {
                    Note = asked.Note.Or(current.Note).Trim(),
                    Kind = asked.Kind.Or(current.Kind),
                    DueOn = asked.DueOn.Or(current.DueOn),
                    DueTime = asked.DueTime.IsGiven ? time : current.DueTime,
                    OwnerId = owner?.Id ?? current.OwnerId,
                    OwnerName = owner?.Name ?? current.OwnerName,
                    TimeZone = owner is { TimeZone: { } zone } && owner.Id != current.OwnerId ? zone : current.TimeZone,
                };
                isConflict = FollowUpStore.ETagOf(current.Version) != EntityTag.For(version) && edited != current;
                return isConflict || edited == current ? current
                    : (edited with { Before = FollowUpBefore.Of(current) }).By(caller.Name, Words(current, edited), now);
            },
            cancellation);
        return changed is null ? Answer.NotFound(FollowUpRequests.NotFound)
            : isConflict ? Answer.Changed(Conflict(changed, asked))
            : FollowUpRequests.Ok(changed, caller);
    }

    private FollowUpConflict Conflict(FollowUp theirs, ChangeFollowUpRequest yours)
    {
        var fields = new List<FieldConflict>();
        Compare("note", "Note", yours.Note, theirs.Note);
        Compare("kind", "Kind", yours.Kind, theirs.Kind);
        Compare("dueOn", "Due", yours.DueOn, theirs.DueOn);
        Compare("dueTime", "Time", yours.DueTime, FollowUpRow.TextOf(theirs.DueTime));
        Compare("ownerId", "Owner", yours.OwnerId, theirs.OwnerName);
        return new FollowUpConflict(FollowUpRow.ToLine(theirs, caller.UserId, customerName: null), fields);

        void Compare<T>(string field, string label, Optional<T> mine, T other)
        {
            if (mine.IsGiven && !Equals(mine.Value, other))
            {
                fields.Add(new FieldConflict(field, label, TextOf(mine.Value), TextOf(other)));
            }
        }

        static string TextOf(object? value) => value is DateOnly day ? FollowUpRow.TextOf(day) : value?.ToString() ?? "";
    }

    private async Task<NewOwner?> FindOwnerAsync(string ownerId, FollowUp found, FieldErrors errors, CancellationToken cancellation)
    {
        if (Guid.TryParse(ownerId, out var userId))
        {
            if (userId == found.OwnerId)
            {
                return new NewOwner(userId, found.OwnerName, found.TimeZone);
            }

            var name = userId == caller.UserId ? caller.Name : (await directory.OfAsync(caller.TenantId, cancellation)).FindById(userId)?.Name;
            if (name is not null)
            {
                return new NewOwner(userId, name, (await settings.OfAsync(caller.TenantId, userId, cancellation)).TimeZone);
            }
        }

        errors.Add("ownerId", "must be the id of a colleague");
        return null;
    }

    private static string Words(FollowUp old, FollowUp next) =>
        next.OwnerId != old.OwnerId ? FollowUp.HandedOverTo(next.OwnerName)
        : next.DueOn != old.DueOn || next.DueTime != old.DueTime ? $"moved to {FollowUpRow.TextOf(next.DueOn)}"
        : "changed";

    /// <param name="TimeZone">Null when it is not known where they live: then the date stays in the zone it was planned in.</param>
    private sealed record NewOwner(Guid Id, string Name, string? TimeZone);
}
