using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests.LocalHost;

public sealed class TimerScheduleTests
{
    [Theory]
    // Clocks in Berlin go from 02:00 to 03:00 on 29 March 2026 at 01:00 UTC, and from 03:00 back to 02:00 on 25 October at 01:00 UTC.
    [InlineData("Europe/Berlin", "0 30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")] // skipped: at once after
    [InlineData("Europe/Berlin", "0 30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z")] // twice: the first time
    [InlineData("Europe/Berlin", "0 30 2,3 * * *", "2026-10-25T00:30Z", "2026-10-25T02:30Z", "2026-10-26T01:30Z")]
    [InlineData("Europe/Berlin", "0 0 2,3 * * *", "2026-03-29T00:59Z", "2026-03-29T01:00Z", "2026-03-30T00:00Z")] // both at one moment: once
    [InlineData("Europe/Berlin", "0 30 * * * *", "2026-03-29T00:00Z", "2026-03-29T00:30Z", "2026-03-29T01:30Z")]
    [InlineData("Europe/Berlin", "0 30 * * * *", "2026-10-25T00:00Z", "2026-10-25T00:30Z", "2026-10-25T01:30Z")]
    [InlineData("W. Europe Standard Time", "0 0 9 * * 1-5", "2026-03-27T12:00Z", "2026-03-30T07:00Z", "2026-03-31T07:00Z")]
    [InlineData("Australia/Lord_Howe", "0 15 2 * * *", "2026-10-03T12:00Z", "2026-10-03T15:30Z", "2026-10-04T15:15Z")] // half an hour is skipped
    [InlineData("UTC", "*/15 * * * * *", "2026-03-02T09:00:00Z", "2026-03-02T09:00:15Z", "2026-03-02T09:00:30Z")]
    [InlineData("UTC", "0 0 0 29 2 *", "2026-03-02T09:00Z", "2028-02-29T00:00Z", "2032-02-29T00:00Z")]
    [InlineData("UTC", "0 0 6 * JAN-MAR MON", "2026-03-30T06:00Z", "2027-01-04T06:00Z", "2027-01-11T06:00Z")]
    public void It_is_due_on_the_wall_clock_of_its_zone(string zone, string expression, string after, string first, string second)
    {
        var schedule = TimerSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById(zone));
        var due = schedule.NextAfter(At(after));
        Assert.Equal(At(first), due);
        Assert.Equal(At(second), schedule.NextAfter(due!.Value));
    }

    [Theory]
    [InlineData("0 30 2 * * *", 365)]
    [InlineData("0 0 * * * *", 8760)]
    [InlineData("0 0 */2 * * *", 4380)]
    public void A_year_with_both_changes_of_the_clock_has_each_run_once(string expression, int runs)
    {
        var schedule = TimerSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var (at, count) = (At("2025-12-31T22:59:59Z"), 0);
        while (schedule.NextAfter(at) is { } next && next < At("2026-12-31T22:59:59Z"))
        {
            Assert.True(next > at);
            (at, count) = (next, count + 1);
        }

        // Every two hours by the clock: the hour that comes twice is even, the one that is skipped too.
        Assert.Equal(runs, count);
    }

    [Fact]
    public void The_next_time_is_always_later_and_the_same_from_anywhere_before_it()
    {
        var zones = Gen.Elements("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC");
        var schedules = Gen.Elements("0 30 2 * * *", "0 */7 * * * *", "0 0 0 * * *", "30 15 1,2,3 * * *", "0 0 */3 * * *", "0 0 12 1 * *");
        var instants = Gen.Choose(0, 400 * 24 * 60).Select(minutes => At("2026-01-01T00:00Z").AddMinutes(minutes).AddSeconds(minutes % 60));
        Prop.ForAll(
            zones.Zip(schedules).Zip(instants).ToArbitrary(),
            given =>
            {
                var ((zone, expression), instant) = given;
                var schedule = TimerSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById(zone));
                var next = schedule.NextAfter(instant)!.Value;
                var between = instant + ((next - instant) / 2);
                return next > instant && schedule.NextAfter(between) == next && schedule.NextAfter(next.AddTicks(-1)) == next;
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("00:05:00")]
    [InlineData("0 60 * * * *")]
    [InlineData("0 0 0 * * * *")]
    [InlineData("")]
    public void What_is_no_schedule_is_refused(string expression) =>
        Assert.Throws<FormatException>(() => TimerSchedule.Parse(expression, TimeZoneInfo.Utc));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
