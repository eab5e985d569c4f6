using OutlookCrm.Capture;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using Xunit.Abstractions;

namespace OutlookCrm.Tests.Capture;

/// <summary>Three mailboxes, 50,000 messages, two of five of them shared, and everything that can go wrong going wrong, the same at every run.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Messages = 50_000;
    private const int Live = 2_000; // of them come while the storm blows
    private const int Deaths = 50;
    private const int Seed = 20_261_125;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task In_a_storm_every_mail_that_should_be_there_is_there_once_and_none_that_should_not()
    {
        await using var world = await CaptureWorld.StartAsync();
        IReadOnlyList<Mailbox> mailboxes = [.. SampleFirm.Colleagues.Select(world.MailboxOf)];
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
        }

        var customers = await GivenCustomersAsync(world);
        var now = world.Clock.GetUtcNow();
        var since = DateOnly.FromDateTime(now.UtcDateTime).AddMonths(-12);
        var firm = new LargeFirm(Seed, now, TimeSpan.FromDays(425));
        firm.Fill(mailboxes, Messages - Live);
        world.Sandbox.Faults.Plan = new FaultPlan
        {
            Seed = Seed,
            RefuseEvery = 10,
            Torn = 0.01,
            EmptyPages = 0.05,
            Replays = 0.1,
            Doubles = 0.1,
        };

        var random = new Random(Seed);
        for (var death = 1; death <= Deaths; death++)
        {
            for (var more = Live / Deaths; more > 0;)
            {
                more -= firm.Put(mailboxes, world.Sandbox.Post.Now);
            }

            if (death is Deaths / 3 or 2 * Deaths / 3)
            {
                world.Sandbox.DeltaTokens.ExpireAll(death == Deaths / 3 ? DeltaRefusal.Gone : DeltaRefusal.SyncStateNotFound);
            }

            // Of what is told a fifth is lost and a fifth told twice.
            foreach (var colleague in SampleFirm.Colleagues.OrderBy(_ => random.Next()))
            {
                for (var told = random.Next(5) switch { 0 => 0, 1 => 2, _ => 1 }; told > 0; told--)
                {
                    await world.AskAsync(colleague);
                }
            }

            world.Life.EndAfter(random.Next(1, 300), isDone: random.Next(2) == 0);
            await world.SettleAsync(Patience, until: world.Life.Ended);
            await world.RestartAsync();
        }

        await world.LookAsync(Patience, [.. SampleFirm.Colleagues]);

        var wanted = Recount.Of(mailboxes, customers, since, mailbox => mailbox.Owner == SampleFirm.Mira ? LargeFirm.Unwanted : null);
        foreach (var (customer, numbers) in wanted)
        {
            var there = (await world.TimelineAsync(customer)).Select(line => Recount.NumberIn((string?)line["title"])).Order().ToList();
            Assert.True(numbers.SequenceEqual(there), $"{customer}: missing {List(numbers.Except(there))}; too much {List(there.Except(numbers))}; {there.Count} lines for {numbers.Count}");
        }

        var lines = wanted.Values.Sum(numbers => numbers.Count);
        output.WriteLine($"{mailboxes.Sum(mailbox => mailbox.Messages.Count)} messages, {lines} lines on timelines");
        Assert.True(lines > Messages / 4, $"{lines} lines: the firm is not what this test thinks.");

        static string List(IEnumerable<int> numbers) => string.Join(' ', numbers.Take(10));
    }

    /// <returns>Whose address each is.</returns>
    private static async Task<Dictionary<string, string>> GivenCustomersAsync(CaptureWorld world)
    {
        var owners = new Dictionary<string, string>();
        for (var customer = 0; customer < LargeFirm.Customers; customer++)
        {
            var addresses = LargeFirm.AddressesOf(customer);
            var id = await world.GivenCustomerAsync(addresses[0]);
            foreach (var address in addresses)
            {
                owners[address] = id;
                if (address != addresses[0])
                {
                    await world.GivenAddressAsync(id, address);
                }
            }
        }

        owners[LargeFirm.Unwanted] = await world.GivenCustomerAsync(LargeFirm.Unwanted);
        await world.GivenUnwantedAsync(SampleFirm.Mira, LargeFirm.Unwanted);
        await world.SettleAsync();
        return owners;
    }
}
