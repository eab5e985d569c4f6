using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Capture;

public sealed class SoakTests
{
    /// <summary>The hour is <c>dotnet crm.cs bench --soak</c>; here, that a short one has no error and logs all mail.</summary>
    [Fact]
    public async Task Fifty_requests_a_second_with_mail_coming_in_go_without_an_error()
    {
        await using var world = await CaptureWorld.StartAsync(timers: true, notified: true);
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.LookAsync(SampleFirm.Mira);

        var outcome = await new Soak(world.Sandbox, world.Address).RunAsync(TimeSpan.FromSeconds(6), perSecond: 50, () => 1, default);

        Assert.Equal([], outcome.Errors);
        Assert.Equal((300, 3, 3), (outcome.Times.Count, outcome.Delivered, outcome.Logged));
        Assert.InRange(outcome.FirstP99, 0.01, 30_000);
    }

    [Fact]
    public void What_an_hour_is_judged_by_leaves_out_the_first_ten_minutes_memory_and_compares_the_last_ten_minutes_times_with_the_first()
    {
        // A request a second; memory looked at once a minute. It warms up for ten minutes, then stays.
        var times = Enumerable.Range(0, 3_600).Select(second => 10 + (second % 100 / 10.0)).ToList();
        var memory = Enumerable.Range(0, 60).Select(minute => Math.Min(minute, 10) * 10L).ToList();
        var well = new SoakOutcome(TimeSpan.FromHours(1), times, [], 36, 36, memory);
        Assert.Equal((TimeSpan.FromMinutes(10), 0.0), (well.Window, well.MemoryGrowthPercent));
        Assert.Empty(well.Broken);
        Assert.Equal(19.8, well.FirstP99, precision: 6);

        var leaking = well with { Memory = [.. memory.Select((bytes, minute) => minute < 10 ? bytes : bytes + (minute - 10))] };
        Assert.Equal(["Memory grew by 36.7 %; 10 % are allowed."], leaking.Broken);
        var slower = well with { Times = [.. times.Select((time, second) => second < 3_000 ? time : time * 1.6)] };
        Assert.Equal(["p99 ended 1.60 times as long as it began; 1.5 times are allowed."], slower.Broken);
        Assert.Equal(["1 requests failed.", "2 mails were not logged."], (well with { Errors = ["500 GET /api/card"], Logged = 34 }).Broken);
        Assert.Equal(TimeSpan.FromMinutes(10), (well with { Length = TimeSpan.FromDays(1) }).Window);
        Assert.Equal(TimeSpan.FromSeconds(20), (well with { Length = TimeSpan.FromMinutes(2) }).Window);
    }
}
