using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Says on which days the firm is closed.</summary>
public sealed class UpdateHolidays(ReminderSettingsStore settings, ReminderChoicesPage page, Caller caller)
{
    [Function(nameof(UpdateHolidays)), Requires(Role.Owner)]
    [Says("Say on which days the firm is closed")]
    [Takes(typeof(UpdateHolidaysRequest))]
    [Answers(200, typeof(ReminderChoices))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "firm/holidays")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateHolidaysRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        var days = new List<DateOnly>();
        for (var i = 0; i < (asked.Days?.Count ?? 0); i++)
        {
            if (DateOnly.TryParseExact(asked.Days![i], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                days.Add(day);
            }
            else
            {
                errors.Add($"days[{i}]", "must be a date such as 2026-12-24");
            }
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        await settings.SaveHolidaysAsync(caller.TenantId, days, cancellation);
        return Answer.Ok(await page.MakeAsync(caller, cancellation));
    }
}
