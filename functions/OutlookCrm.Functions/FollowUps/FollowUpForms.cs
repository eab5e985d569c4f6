using Microsoft.AspNetCore.Http;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Makes the forms of follow-ups.</summary>
public sealed class FollowUpForms(ReminderSettingsStore settings, CustomerStore customers, FirmDirectory directory, TimeProvider clock)
{
    private const int MaxColleagues = 100;

    internal async Task<FollowUpForm> MakeAsync(
        Caller caller, HttpRequest request, CustomerId customer, FollowUp? known, CancellationToken cancellation)
    {
        var reader = Readers.Of(request.HttpContext);
        var zone = FollowUpTimes.ZoneOf(known?.TimeZone ?? await settings.TimeZoneAsync(caller, reader, cancellation));
        var today = clock.GetUtcNow().DayIn(zone);
        var holidays = await settings.HolidaysAsync(caller.TenantId, cancellation);
        IEnumerable<Colleague> colleagues = known is null ? [] : (await directory.OfAsync(caller.TenantId, cancellation)).All.Take(MaxColleagues);
        if (known is not null)
        {
            colleagues = colleagues
                .Append(new Colleague(known.OwnerId.ToString("D"), known.OwnerName))
                .Append(new Colleague(caller.UserId.ToString("D"), caller.Name))
                .DistinctBy(one => one.Id)
                .OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase);
        }

        return new FollowUpForm(
            customer.ToString(),
            known is null ? null : FollowUpRow.ToLine(known, caller.UserId, customerName: null),
            today,
            Day(DueWhen.Tomorrow),
            Day(DueWhen.InThreeDays),
            Day(DueWhen.NextWeek),
            [.. colleagues])
        {
            EveryDays = known is null ? (await customers.FindAsync(caller.TenantId, customer, cancellation))?.Rhythm?.EveryDays : null,
        };

        DateOnly Day(DueWhen when) => FollowUpTimes.DayOf(when, today, reader.Culture, holidays.Contains);
    }
}
