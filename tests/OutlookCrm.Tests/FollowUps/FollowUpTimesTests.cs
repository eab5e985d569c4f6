using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.FollowUps;

public sealed class FollowUpTimesTests
{
    private static readonly string[] Zones =
        ["Europe/Berlin", "W. Europe Standard Time", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "UTC"];

    private static readonly string[] Cultures = ["de-DE", "en-US", "ar-SA", "he-IL", "hi-IN", "fa-IR", "ps-AF", "fr-CA", "en"];

    private static Gen<DateOnly> Days => Gen.Choose(0, 365 * 12).Select(day => new DateOnly(2024, 1, 1).AddDays(day));

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30")] // skipped: 3:30 summer time
    [InlineData("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30")] // twice: the first, in summer time
    [InlineData("W. Europe Standard Time", "2026-07-01 09:00", "2026-07-01 07:00")]
    [InlineData("America/New_York", "2026-11-01 01:15", "2026-11-01 05:15")]
    public void A_time_that_is_skipped_is_later_and_of_one_that_comes_twice_the_first_counts(string zone, string local, string utc)
    {
        Assert.True(TimeZoneNames.TryFind(zone, out var found));
        var wanted = DateTime.Parse(local, CultureInfo.InvariantCulture);
        var at = FollowUpTimes.InstantOf(DateOnly.FromDateTime(wanted), TimeOnly.FromDateTime(wanted), found);
        Assert.Equal(DateTime.Parse(utc, CultureInfo.InvariantCulture), at.UtcDateTime);
    }

    [Fact]
    public void A_clock_on_the_wall_shows_the_time_that_was_asked_for_wherever_it_exists()
    {
        var times = from day in Days from minute in Gen.Choose(0, 1439) from zone in Gen.Elements(Zones) select (day, minute, zone);
        Prop.ForAll(times.ToArbitrary(), x =>
        {
            var zone = FollowUpTimes.ZoneOf(x.zone);
            var time = TimeOnly.MinValue.AddMinutes(x.minute);
            var local = TimeZoneInfo.ConvertTime(FollowUpTimes.InstantOf(x.day, time, zone), zone).DateTime;
            var wanted = x.day.ToDateTime(time);
            return zone.IsInvalidTime(wanted) ? local > wanted && local - wanted <= TimeSpan.FromDays(1) : local == wanted;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_button_means_a_later_day_on_which_somebody_works()
    {
        var asked =
            from today in Days
            from when in Gen.Elements(Enum.GetValues<DueWhen>())
            from culture in Gen.Elements(Cultures)
            from closed in Gen.ListOf(Gen.Choose(1, 14))
            select (today, when, culture, closed);
        Prop.ForAll(asked.ToArbitrary(), x =>
        {
            var culture = CultureInfo.GetCultureInfo(x.culture);
            var holidays = x.closed.Select(x.today.AddDays).ToHashSet();
            var day = FollowUpTimes.DayOf(x.when, x.today, culture, holidays.Contains);
            var least = x.when switch { DueWhen.Tomorrow => 1, DueWhen.InThreeDays => 3, _ => 1 };
            var wanted = Enumerable.Range(x.today.DayNumber + least, day.DayNumber - x.today.DayNumber - least).Select(DateOnly.FromDayNumber);
            return day > x.today
                && WorkWeeks.IsWorkday(day.DayOfWeek, culture)
                && !holidays.Contains(day)
                && (x.when == DueWhen.NextWeek
                    ? wanted.All(skipped => holidays.Contains(skipped) || skipped.DayOfWeek != WorkWeeks.FirstDay(culture))
                    : wanted.All(skipped => holidays.Contains(skipped) || !WorkWeeks.IsWorkday(skipped.DayOfWeek, culture)));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(DueWhen.Tomorrow, "2026-03-06", "de-DE", "2026-03-09")] // a Friday: Monday
    [InlineData(DueWhen.InThreeDays, "2026-03-05", "de-DE", "2026-03-09")]
    [InlineData(DueWhen.NextWeek, "2026-03-04", "de-DE", "2026-03-09")]
    [InlineData(DueWhen.NextWeek, "2026-03-09", "de-DE", "2026-03-16")] // on a Monday it is the next one
    [InlineData(DueWhen.NextWeek, "2026-03-04", "ar-SA", "2026-03-08")] // their week begins on Sunday
    public void Days_are_what_people_mean_by_them(DueWhen when, string today, string culture, string day) =>
        Assert.Equal(
            DateOnly.Parse(day, CultureInfo.InvariantCulture),
            FollowUpTimes.DayOf(when, DateOnly.Parse(today, CultureInfo.InvariantCulture), CultureInfo.GetCultureInfo(culture), _ => false));
}
