using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Keeps a promise in mind: one transaction, and Outlook follows behind it.</summary>
public sealed class PlanFollowUp(
    FollowUpStore followUps, FollowUpRequests requests, ReminderSettingsStore settings, TimeProvider clock, Caller caller)
{
    [Function(nameof(PlanFollowUp)), Requires(Role.Member)]
    [Says("Plan a follow-up of one's own with a customer")]
    [Takes(typeof(PlanFollowUpRequest))]
    [Answers(201, typeof(FollowUpList), "It is planned"), Answers(200, typeof(FollowUpList), "It was planned before"), Answers(404)]
    [Answers(409, when: "The customer has too many open ones")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/follow-ups")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<PlanFollowUpRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer))
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var now = clock.GetUtcNow();
        var errors = new FieldErrors();
        errors.RequireNew(asked.Id);

        var wished = asked.TimeZone ?? await settings.TimeZoneAsync(caller, Readers.Of(request.HttpContext), cancellation);
        if (!TimeZoneNames.TryFind(wished, out var zone))
        {
            errors.Add("timeZone", "must be the IANA or Windows name of a time zone");
        }

        var time = FollowUpRequests.Time(asked.DueTime, errors);
        var day = await requests.DayAsync(caller, request, asked.When, asked.DueOn, zone, errors, cancellation);
        if (!errors.Any && time is { } at && FollowUpTimes.InstantOf(day!.Value, at, zone) <= now)
        {
            errors.Add("dueTime", "must not be over");
        }

        if (asked.WebLink is { } link && !(Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
        {
            errors.Add("webLink", "must begin with https://");
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var source = asked.InternetMessageId is null && asked.ItemId is null && asked.WebLink is null
            ? null
            : new FollowUpSource(caller.UserId, asked.ItemId, asked.InternetMessageId, ThreadId: null, asked.WebLink, asked.Subject);
        var draft = new FollowUp(
            asked.Id, customer, caller.UserId, caller.Name, asked.Note.Trim(), day!.Value, time, wished, asked.Kind, source,
            FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 1)
        {
            PlannedAfter = caller.NotBefore,
        };
        switch (await followUps.PlanAsync(caller.TenantId, draft.Happened(caller.Name, "planned", now), cancellation))
        {
            case PlanOutcome.Planned planned when await followUps.ListAsync(caller.TenantId, customer, caller.UserId, cancellation) is { } list:
                return planned.IsNew
                    ? Answer.Created(list, $"/api/customers/{customer}/follow-ups/{asked.Id:N}")
                    : Answer.Ok(list);
            case PlanOutcome.TooMany:
                return Answer.Conflict($"This customer has {FollowUpStore.MaxOpen} open follow-ups. Finish one first.");
            default:
                return Answer.NotFound(GetCustomer.NotFound);
        }
    }
}
