using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Says where the caller's follow-ups ring, where the caller lives, and whether their day comes as a draft. Holds from now on.</summary>
public sealed class UpdateReminderChoices(ReminderSettingsStore settings, ReminderChoicesPage page, Caller caller)
{
    [Function(nameof(UpdateReminderChoices)), Requires(Role.Member)]
    [Says("Change how one is reminded (JSON merge patch)")]
    [Takes(typeof(UpdateReminderChoicesRequest))]
    [Answers(200, typeof(ReminderChoices))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "my-day/settings")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateReminderChoicesRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var zone = string.IsNullOrWhiteSpace(asked.TimeZone.Or(null)) ? null : asked.TimeZone.Value!.Trim();
        if (zone is not null && !TimeZoneNames.TryFind(zone, out _))
        {
            return Answer.Invalid("timeZone", "must be the IANA or Windows name of a time zone");
        }

        DigestChoice? digest = null;
        if (!string.IsNullOrWhiteSpace(asked.DigestAt.Or(null)))
        {
            if (!TimeOnly.TryParseExact(asked.DigestAt.Value, DigestChoice.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) || at > DigestChoice.Latest)
            {
                return Answer.Invalid("digestAt", "must be a time from 00:00 to 11:00, such as 07:30");
            }

            var reader = Readers.Of(request.HttpContext);
            digest = new DigestChoice(at, reader.TimeZone.Id, reader.Culture.Name);
        }

        var now = await settings.OfAsync(caller.TenantId, caller.UserId, cancellation);
        await settings.SaveAsync(
            caller.TenantId,
            caller.UserId,
            now with { Sink = asked.Sink.Or(now.Sink), TimeZone = asked.TimeZone.IsGiven ? zone : now.TimeZone, Digest = asked.DigestAt.IsGiven ? digest : now.Digest },
            cancellation);
        return Answer.Ok(await page.MakeAsync(caller, cancellation));
    }
}
