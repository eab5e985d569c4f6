using System.Diagnostics;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using Xunit.Abstractions;

namespace OutlookCrm.Tests.Capture;

/// <summary>Three mailboxes, 50,000 messages, two of five of them shared, meetings, and everything that can go wrong going wrong, the same at every run.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Messages = 50_000;
    private const int Live = 2_000; // of them come while the storm blows
    private const int Deaths = 50;
    private const int Seed = 20_261_125;

    // How much faster time goes, so that a second that Graph asks to wait is a moment.
    private const int Speed = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string Unwanted = GeneratedFirm.Nuisances[0].Addresses[0];

    [Fact]
    public async Task In_a_storm_everything_that_should_be_there_is_there_once_and_nothing_that_should_not()
    {
        var watch = Stopwatch.StartNew();
        await using var world = await CaptureWorld.StartAsync(notified: true, time: new FastTime(CaptureWorld.Monday, Speed));
        IReadOnlyList<Mailbox> mailboxes = [.. SampleFirm.Colleagues.Select(world.MailboxOf)];
        var customers = await GivenCustomersAsync(world);
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
        }

        var now = world.Clock.GetUtcNow();
        var since = DateOnly.FromDateTime(now.UtcDateTime).AddMonths(-12);
        var firm = new GeneratedFirm(Seed, now, TimeSpan.FromDays(425));
        firm.Fill(mailboxes, Messages - Live);
        world.Sandbox.Faults.Plan = new FaultPlan
        {
            Seed = Seed,
            RefuseEvery = 10,
            Torn = 0.01,
            EmptyPages = 0.05,
            Replays = 0.1,
            Doubles = 0.1,
            NotificationsLost = 0.2,
            NotificationsDoubled = 0.2,
            NotificationsShuffled = 0.2,
        };
        output.WriteLine($"filled after {watch.Elapsed}");
        await world.AskAsync([.. SampleFirm.Colleagues]);
        var random = new Random(Seed);
        for (var death = 1; death <= Deaths; death++)
        {
            for (var more = Live / Deaths; more > 0;)
            {
                more -= firm.Put(mailboxes, world.Sandbox.Post.Now.AddMinutes(-1));
            }

            if (death is Deaths / 3 or 2 * Deaths / 3)
            {
                world.Sandbox.DeltaTokens.ExpireAll(death == Deaths / 3 ? DeltaRefusal.Gone : DeltaRefusal.SyncStateNotFound);
            }

            world.Life.EndAfter(random.Next(1, 400), isDone: random.Next(2) == 0);
            await world.SettleAsync(Patience, until: world.Life.Ended);
            await world.RestartAsync();
        }

        output.WriteLine($"killed {Deaths} times after {watch.Elapsed}");
        Assert.NotEmpty(world.Sandbox.Subscriptions);
        await world.LookAsync(Patience, [.. SampleFirm.Colleagues]);
        output.WriteLine($"all taken after {watch.Elapsed}");

        var until = new DateTimeOffset(world.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(15);
        var wanted = Recount.Of(mailboxes, customers, since, until, mailbox => mailbox.Owner == SampleFirm.Mira ? Unwanted : null);
        foreach (var (customer, lines) in wanted)
        {
            var there = (await world.TimelineAsync(customer))
                .Select(line => Recount.Line(((string)line["kind"]!).ToLowerInvariant(), (DateTimeOffset)line["at"]!))
                .Order(StringComparer.Ordinal)
                .ToList();
            Assert.True(lines.SequenceEqual(there), $"{customer}: missing {List(lines.Except(there))}; too much {List(there.Except(lines))}; {there.Count} lines for {lines.Count}");
        }

        var all = wanted.Values.SelectMany(lines => lines).ToList();
        var meetings = all.Count(line => line.StartsWith("meeting", StringComparison.Ordinal));
        output.WriteLine($"{mailboxes.Sum(mailbox => mailbox.Messages.Count)} messages, {all.Count} lines on timelines, {meetings} of them meetings, compared after {watch.Elapsed}");
        Assert.True(all.Count - meetings > Messages / 4 && meetings > 300, $"{all.Count} lines, {meetings} of them meetings: the firm is not what this test thinks.");

        static string List(IEnumerable<string> lines) => string.Join(", ", lines.Take(10));
    }

    /// <returns>Whose address each is.</returns>
    private static async Task<Dictionary<string, string>> GivenCustomersAsync(CaptureWorld world)
    {
        var owners = new Dictionary<string, string>();
        foreach (var person in GeneratedFirm.Regulars.Append(GeneratedFirm.Nuisances[0]))
        {
            var id = await world.GivenCustomerAsync(person.Addresses[0]);
            foreach (var address in person.Addresses)
            {
                owners[address] = id;
                if (address != person.Addresses[0])
                {
                    await world.GivenAddressAsync(id, address);
                }
            }
        }

        await world.GivenUnwantedAsync(SampleFirm.Mira, Unwanted);
        await world.SettleAsync();
        return owners;
    }

    /// <summary>Time that runs faster, from some day on; what waits in it waits less.</summary>
    private sealed class FastTime(DateTimeOffset start, int speed) : TimeProvider
    {
        private readonly long began = System.GetTimestamp();

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(began) * speed);

        public override long GetTimestamp() => began + ((System.GetTimestamp() - began) * speed);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FastTimer(System.CreateTimer(callback, state, Less(dueTime), Less(period)), this);

        private TimeSpan Less(TimeSpan length) => length > TimeSpan.Zero ? length / speed : length;

        private sealed class FastTimer(ITimer real, FastTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => real.Change(time.Less(dueTime), time.Less(period));

            public void Dispose() => real.Dispose();

            public ValueTask DisposeAsync() => real.DisposeAsync();
        }
    }
}
