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

        var outcome = await new Soak(world.Sandbox, world.Address).RunAsync(TimeSpan.FromSeconds(6), perSecond: 50, () => 0, default);

        Assert.Equal([], outcome.Errors);
        Assert.Equal((300, 3, 3), (outcome.Times.Count, outcome.Delivered, outcome.Logged));
    }
}
