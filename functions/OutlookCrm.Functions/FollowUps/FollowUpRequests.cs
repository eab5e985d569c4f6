using Microsoft.AspNetCore.Http;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>
/// What the endpoints of follow-ups share. A firm's customers are the firm's, and so are the promises made to them: every colleague sees
/// them, and may do them or take them over. Only the link into a mailbox is its user's alone.
/// </summary>
public sealed class FollowUpRequests(FollowUpStore followUps, ReminderSettingsStore settings, TimeProvider clock)
{
    internal const string NotFound = "This customer has no such follow-up.";

    /// <summary>Changes it as <paramref name="change"/> says and answers with it.</summary>
    internal async Task<IResult> ChangeAsync(
        Caller caller, string customerId, string followUpId, Func<FollowUp, FollowUp> change, CancellationToken cancellation)
    {
        return TryParse(customerId, followUpId, out var customer, out var id)
            && await followUps.ChangeAsync(caller.TenantId, customer, id, change, cancellation) is { } changed
                ? Ok(changed, caller)
                : Answer.NotFound(NotFound);
    }

    internal static IResult Ok(FollowUp f, Caller caller) =>
        Answer.Ok(FollowUpRow.ToLine(f, caller.UserId, customerName: null), FollowUpStore.ETagOf(f.Version));

    internal static bool TryParse(string customerId, string followUpId, out CustomerId customer, out Guid id)
    {
        id = default;
        return CustomerId.TryParse(customerId, out customer) && Guid.TryParse(followUpId, out id);
    }

    /// <summary>The day that a request means; null with an error when it means none that can be.</summary>
    /// <param name="zone">Where the owner is.</param>
    internal async Task<DateOnly?> DayAsync(
        Caller caller, HttpRequest request, DueWhen? when, DateOnly? dueOn, TimeZoneInfo zone, FieldErrors errors, CancellationToken cancellation)
    {
        if (when is null == dueOn is null)
        {
            errors.Add("dueOn", "must be given, or when instead of it");
            return null;
        }

        var today = clock.GetUtcNow().DayIn(zone);
        if (dueOn is { } day)
        {
            CheckDay(day, today, errors);
            return day;
        }

        return await DayAsync(caller, request, when!.Value, today, cancellation);
    }

    /// <summary>The working day that the words mean, counted from <paramref name="today"/>.</summary>
    internal async Task<DateOnly> DayAsync(Caller caller, HttpRequest request, DueWhen when, DateOnly today, CancellationToken cancellation)
    {
        var holidays = await settings.HolidaysAsync(caller.TenantId, cancellation);
        return FollowUpTimes.DayOf(when, today, Readers.Of(request.HttpContext).Culture, holidays.Contains);
    }

    internal static void CheckDay(DateOnly day, DateOnly today, FieldErrors errors)
    {
        if (day < today || day > today.AddYears(FollowUpTimes.MaxYearsAhead))
        {
            errors.Add("dueOn", $"must be today or later, and at most {FollowUpTimes.MaxYearsAhead} years ahead");
        }
    }

    internal static TimeOnly? Time(string? text, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (!FollowUpRow.TryParse(text, out var time))
        {
            errors.Add("dueTime", "must be a time such as 09:30");
        }

        return time;
    }
}
