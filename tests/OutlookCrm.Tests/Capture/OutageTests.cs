using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox.Graph;
using static OutlookCrm.Sandbox.SampleFirm;

namespace OutlookCrm.Tests.Capture;

/// <summary>What lasts long, or comes from outside, and must heal without hands.</summary>
public sealed class OutageTests
{
    private const string Kim = "kim@hotel-sonne.example";

    [Fact]
    public async Task A_day_without_Microsoft_365_is_said_and_then_made_up_for()
    {
        await using var world = await CaptureWorld.StartAsync();
        using var figures = new Figures(world.Services.GetRequiredService<CaptureMetrics>());
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await world.LookAsync(Mira);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Deliver(world.Letter(Kim, Mira.Address, "Before"));
        await world.LookAsync(Mira);
        Assert.Equal("Every mailbox was looked at lately.", await CaptureWordsAsync(world));

        world.Sandbox.Faults.Plan = new FaultPlan { RefuseEvery = 1 };
        world.Deliver(world.Letter(Kim, Mira.Address, "Meanwhile"));
        var before = world.Clock.GetUtcNow();
        await world.AskAsync(Mira);
        await world.SettleAsync(until: Waiting.UntilAsync(() => world.Clock.GetUtcNow() > before.AddHours(1)));
        world.Clock.Advance(TimeSpan.FromHours(23));
        Assert.StartsWith("Mail is logged late: Microsoft 365 does not answer.", await CaptureWordsAsync(world), StringComparison.Ordinal);
        using (var mira = world.SignIn(Mira))
        {
            var mine = (await mira.GetFromJsonAsync<JsonObject>("/api/mailboxes"))!["mailboxes"]!.AsArray().Single(one => (string?)one!["id"] == "mine")!;
            Assert.Equal("busy", (string?)mine["condition"]);
        }

        world.Sandbox.Faults.Plan = FaultPlan.None;
        world.Deliver(world.Letter(Kim, Mira.Address, "After"));
        await world.SettleAsync(); // nobody asks: it is tried again by itself

        Assert.Equal(["After", "Meanwhile", "Before"], await world.SubjectsAsync(kim));

        // Is capture late? The figures say when it was and how often it was tried.
        Assert.True(figures.Looks["Temporary"] >= 3 && figures.Looks["Good"] >= 2, string.Join(", ", figures.Looks));
        Assert.True(figures.Lags is [< 3_600, .., var late] && figures.Lags.Max() >= late, string.Join(", ", figures.Lags));
        world.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("Every mailbox was looked at lately.", await CaptureWordsAsync(world));
    }

    [Fact]
    public async Task A_clock_that_was_a_year_ahead_and_is_set_back_loses_no_mail()
    {
        var time = new SetClock();
        await using var world = await CaptureWorld.StartAsync(time: time);
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await world.LookAsync(Mira);

        time.Ahead = TimeSpan.FromDays(400);
        await world.LookAsync(Mira);
        Assert.True((await world.StatusAsync(Mira)).LastSuccessAt > CaptureWorld.Monday.AddDays(399));
        await world.KillAsync();
        time.Ahead = TimeSpan.Zero;
        await world.StartProductAsync();

        Assert.StartsWith("Mail is logged late", await CaptureWordsAsync(world), StringComparison.Ordinal); // an old success says nothing
        world.Deliver(world.Letter(Kim, Mira.Address, "Now"));
        await world.Services.GetRequiredService<MailboxSweep>().PollAsync(default); // as the timer does
        await world.SettleAsync();

        Assert.Equal(["Now"], await world.SubjectsAsync(kim));
        Assert.True((await world.StatusAsync(Mira)).LastSuccessAt < CaptureWorld.Monday.AddDays(1));
    }

    private static async Task<string?> CaptureWordsAsync(CaptureWorld world)
    {
        using var nobody = new HttpClient { BaseAddress = world.Address };
        using var answer = await nobody.GetAsync("/api/health/ready");
        var parts = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["parts"]!.AsArray();
        return (string?)parts.Single(part => (string?)part!["of"] == "capture")!["words"];
    }

    /// <summary>What one product's capture counts.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly MeterListener listener = new();

        public Figures(CaptureMetrics metrics)
        {
            listener.InstrumentPublished = (instrument, by) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, metrics))
                {
                    by.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
            {
                if (instrument.Name == "outlookcrm.capture.looks")
                {
                    Looks.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count);
                }
            });
            listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
            {
                lock (Lags)
                {
                    Lags.Add(seconds);
                }
            });
            listener.Start();
        }

        public ConcurrentDictionary<string, long> Looks { get; } = new();

        public List<double> Lags { get; } = [];

        public void Dispose() => listener.Dispose();
    }

    /// <summary>The real time from <see cref="CaptureWorld.Monday"/> on, until somebody sets it.</summary>
    private sealed class SetClock : TimeProvider
    {
        private readonly DateTimeOffset began = System.GetUtcNow();

        public TimeSpan Ahead { get; set; }

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => CaptureWorld.Monday + (System.GetUtcNow() - began) + Ahead;
    }
}
