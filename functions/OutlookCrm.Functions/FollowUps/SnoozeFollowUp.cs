using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Puts a follow-up off.</summary>
public sealed class SnoozeFollowUp(FollowUpStore followUps, FollowUpRequests requests, TimeProvider clock, Caller caller)
{
    [Function(nameof(SnoozeFollowUp)), Requires(Role.Member)]
    [Says("Put a follow-up off to a later day")]
    [Takes(typeof(SnoozeFollowUpRequest))]
    [Answers(200, typeof(FollowUpLine)), Answers(404), Answers(409, when: "It has ended")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/follow-ups/{followUpId}/snooze")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<SnoozeFollowUpRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!FollowUpRequests.TryParse(id, followUpId, out var customer, out var followUp)
            || await followUps.GetAsync(caller.TenantId, customer, followUp, cancellation) is not { } found)
        {
            return Answer.NotFound(FollowUpRequests.NotFound);
        }

        var errors = new FieldErrors();
        var zone = FollowUpTimes.ZoneOf(found.TimeZone);
        var time = FollowUpRequests.Time(asked.DueTime, errors);
        var day = await requests.DayAsync(caller, request, asked.When, asked.DueOn, zone, errors, cancellation);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        if (found.State != FollowUpState.Open)
        {
            return Answer.Conflict($"It has ended{(found.End?.By is { } by ? $": {by} was faster" : "")}. Open it again first.");
        }

        return await requests.ChangeAsync(
            caller,
            id,
            followUpId,
            now => now.State != FollowUpState.Open || (now.DueOn == day && (time is null || time == now.DueTime))
                ? now
                : (now with { DueOn = day!.Value, DueTime = time ?? now.DueTime, Before = FollowUpBefore.Of(now) })
                    .By(caller.Name, $"put off to {FollowUpRow.TextOf(day!.Value)}", clock.GetUtcNow()),
            cancellation);
    }
}
