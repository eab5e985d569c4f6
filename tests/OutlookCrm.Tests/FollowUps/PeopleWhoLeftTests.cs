using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.FollowUps;

/// <summary>Somebody leaves: their mailbox is not there any more, their promises are.</summary>
public sealed class PeopleWhoLeftTests : IAsyncLifetime
{
    private static readonly SampleColleague Leaver = SampleFirm.Tomasz;

    private CaptureWorld world = null!;
    private OutlookSide outlook = null!;
    private CustomerId kim;

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        outlook = new OutlookSide(world);
        kim = CustomerId.Parse(await world.GivenCustomerAsync("kim@hotel-sonne.example", "Kim"));
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
        }

        using var leaver = world.SignIn(Leaver);
        Assert.NotNull(await leaver.GetStringAsync("/api/my-day"));
        var directory = world.Services.GetRequiredService<FirmDirectory>();
        await Waiting.UntilAsync(async () => (await directory.OfAsync(world.Tenant, default)).FindById(Leaver.Id) is not null);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Their_follow_ups_are_listed_for_the_owner_and_ring_for_whoever_gets_them()
    {
        var shown = await outlook.PlanAsync(kim, "Send the offer", Leaver);
        await world.SettleAsync();
        Leave();
        var never = await outlook.PlanAsync(kim, "Call", Leaver);
        var kept = await outlook.PlanAsync(kim, "Mine");
        await world.SettleAsync();
        Assert.Equal("ErrorInvalidUser", (await outlook.NowAsync(never)).Sink?.Trouble);

        using var mira = world.SignIn(SampleFirm.Mira);
        var left = (await mira.GetFromJsonAsync<JsonObject>("/api/firm/left"))!;
        Assert.Equal((Leaver.Name, 2), ((string?)left["people"]![0]!["who"]!["name"], (int)left["people"]![0]!["openCount"]!));
        Assert.DoesNotContain(left["colleagues"]!.AsArray(), one => (string?)one!["id"] == Leaver.Id.ToString("D"));
        Assert.Equal(2, (int)(await mira.GetFromJsonAsync<JsonObject>("/api/firm/health"))!["leftFollowUpCount"]!);

        foreach (var (who, to, status) in new[]
        {
            (Leaver.Id, Leaver.Id, HttpStatusCode.BadRequest), (Leaver.Id, Guid.NewGuid(), HttpStatusCode.BadRequest),
            (SampleFirm.Mira.Id, SampleFirm.Amara.Id, HttpStatusCode.NotFound), (Leaver.Id, SampleFirm.Mira.Id, HttpStatusCode.OK),
        })
        {
            using var answer = await mira.PostAsJsonAsync($"/api/firm/left/{who:D}/hand-over", new { ownerId = to });
            Assert.Equal(status, answer.StatusCode);
        }

        await world.SettleAsync();
        Assert.Empty((await mira.GetFromJsonAsync<JsonObject>("/api/firm/left"))!["people"]!.AsArray());
        Assert.Equal(["Call", "Mine", "Send the offer"], outlook.EventsOf(SampleFirm.Mira).Select(kept => kept.Meeting.Subject).Order());
        var handed = await outlook.NowAsync(shown);
        Assert.Equal((SampleFirm.Mira.Id, null, $"handed over to {SampleFirm.Mira.Name}"), (handed.OwnerId, handed.Sink?.Trouble, handed.History[^1].What));
        Assert.Equal(kept.Version, (await outlook.NowAsync(kept)).Version);
    }

    [Fact]
    public async Task Graph_is_not_asked_again_and_again_for_a_mailbox_that_is_gone_and_what_waits_is_shown_when_it_is_there_again()
    {
        await outlook.RemindByAsync(Leaver, SinkKind.CalendarEvent);
        await world.Services.GetRequiredService<OutlookCrm.Capture.CapturedMailboxes>().ChangeAsync(world.Tenant, Leaver.Id, row => row with { IsOn = false }, default);
        var f = await outlook.PlanAsync(kim, "Send the offer", Leaver);
        await world.SettleAsync();
        Leave();
        await outlook.ChangeAsync(f, now => now with { Note = "Send it twice" });
        await world.SettleAsync();
        var refused = world.Sandbox.Traffic.Refused;
        for (var hour = 0; hour < 30; hour++)
        {
            world.Clock.Advance(TimeSpan.FromHours(1));
            await RunAsync<ReadBackReminders>(work => work.RunAsync(new TimerInfo(), default));
            await world.SettleAsync();
        }

        Assert.Equal(refused, world.Sandbox.Traffic.Refused);

        world.Sandbox.Faults.Plan = FaultPlan.None;
        await RunAsync<LookForMissingMailboxes>(work => work.RunAsync(new TimerInfo(), default));
        await world.SettleAsync();
        Assert.Equal("Send it twice", Assert.Single(outlook.EventsOf(Leaver)).Meeting.Subject);
        Assert.Null((await outlook.NowAsync(f)).Sink?.Trouble);
        using var mira = world.SignIn(SampleFirm.Mira);
        Assert.Empty((await mira.GetFromJsonAsync<JsonObject>("/api/firm/left"))!["people"]!.AsArray());
    }

    private void Leave() => world.Sandbox.Faults.Plan = new FaultPlan { Left = [Leaver.Address] };

    private Task RunAsync<T>(Func<T, Task> run) => run(ActivatorUtilities.CreateInstance<T>(world.Services));
}
