using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Capture;

/// <summary>How soon new mail is on the timeline, by the product's own timers. A class of its own: it mostly waits, beside others.</summary>
public sealed class NewMailTests
{
    private const string Kim = "kim@hotel-sonne.example";

    private static readonly SampleColleague Mira = SampleFirm.Mira;

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 60)]
    public async Task New_mail_is_on_the_timeline_in_time(bool notified, int seconds)
    {
        await using var world = await CaptureWorld.StartAsync(timers: true, notified: notified);
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await Waiting.UntilAsync(async () => await FindStatusAsync(world) is { HistoryIsComplete: true } status && status.IsNotified == notified);

        // The soonest of some: what else a machine does may hold one mail up, and not each of them.
        var soonest = TimeSpan.MaxValue;
        for (var mail = 1; mail <= 3 && soonest > TimeSpan.FromSeconds(seconds); mail++)
        {
            world.Deliver(world.Letter(Kim, Mira.Address));
            var waiting = Stopwatch.StartNew();
            await Waiting.UntilAsync(async () => (await world.TimelineAsync(kim)).Count == mail, TimeSpan.FromMinutes(3));
            soonest = waiting.Elapsed < soonest ? waiting.Elapsed : soonest;
        }

        Assert.InRange(soonest, TimeSpan.Zero, TimeSpan.FromSeconds(seconds));
    }

    private static async Task<MailboxStatus?> FindStatusAsync(CaptureWorld world) =>
        (await world.Services.GetRequiredService<MailboxStatuses>().ListAsync(world.Tenant, default)).SingleOrDefault(status => status.UserId == Mira.Id);
}
