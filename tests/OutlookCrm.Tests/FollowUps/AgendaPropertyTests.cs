using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Customers;
using OutlookCrm.Tests.Graph;

namespace OutlookCrm.Tests.FollowUps;

public sealed class AgendaPropertyTests
{
    private static readonly CustomerId Kim = new(new Guid("0e000000-0000-7000-8000-000000000001"));
    private static readonly Guid[] Owners = [A.Anna.Id, A.Ben.Id];
    private static readonly DateOnly FirstDay = new(2026, 3, 3);

    /// <summary>
    /// Colleagues plan, move, complete, open again, hand over, delete and undo, all at once, and die anywhere; messages come early, late
    /// and repeated to workers who die too. In the end everybody's agenda and the card show just the open follow-ups, and to be taken back nothing but
    /// what its owner can take back.
    /// </summary>
    [Fact]
    public void Agendas_and_card_show_just_what_is_open_whoever_died_where()
    {
        var timesEnded = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var world = new World(seed);
            world.Play();
            world.Settle();
            var open = world.All().Where(f => f.State == FollowUpState.Open).ToList();
            Assert.Equal(
                open.Select(f => $"{f.OwnerId:N} {TableKeys.AgendaEntry(f.DueOn, f.Id)} {f.Version}").Order(),
                world.Agenda().Order());
            var undoable = world.All().Where(f => f.State != FollowUpState.Open && f.Before is not null).Select(f => $"{f.OwnerId:N} {f.Id} {f.Version}").ToList();
            var ended = world.Ended().ToList();
            Assert.All(ended, one => Assert.Contains(one, undoable));
            timesEnded += ended.Count;
            Assert.Equal(open.Select(f => $"{TableKeys.OpenFollowUp(f.DueOn, f.Id)} {f.Version}").Order(), world.Card().Order());
        }

        Assert.True(timesEnded > 30, $"{timesEnded}");
    }

    private sealed class World
    {
        private readonly TestClock clock = new();
        private readonly Random random;
        private readonly Stepping steps;
        private readonly SteppedStore store;
        private readonly SteppedQueue queue;
        private readonly FollowUpStore followUps;
        private readonly ProjectFollowUp worker;
        private readonly Guid[] ids;

        public World(int seed)
        {
            random = new Random(seed);
            ids = [.. Enumerable.Range(1, 3).Select(number => new Guid(seed, (short)number, 0, new byte[8]))];
            steps = new Stepping(seed, clock) { DeathsPerThousand = 20 };
            steps.Pause();
            store = new SteppedStore(steps);
            queue = new SteppedQueue(steps, clock);
            followUps = new FollowUpStore(store, queue, clock);
            var directory = Stepping.NoFirm(clock);
            var sights = new Sights(directory, clock);
            var interactions = new InteractionStore(
                store, sights, new FollowUpReplies(store, followUps), new WaitingAgenda(store, directory, clock), new QuietAgenda(store), clock);
            worker = NoGraph.Projection(followUps, new CustomerStore(store, interactions, sights), store, clock);
            var kim = new Customer(
                Kim, CustomerKind.Person, "Kim", Company: null, JobTitle: null, [], PostalAddress: null, Language: null, Website: null, Owner: null,
                CustomerStage.Lead, [], [], new Preferences(null, NoCampaigns: false, null), PrimaryAddress: null, clock.GetUtcNow(), default, "1");
            Assert.True(store.InsertAsync(Tables.Customers, CustomerRow.From(A.Firm, kim), default).GetAwaiter().GetResult().IsWritten);
            steps.Resume();
        }

        public void Play()
        {
            for (var actor = 0; actor < 4; actor++)
            {
                _ = ActAsync(new Random(random.Next()));
            }

            for (var actor = 0; actor < 3; actor++)
            {
                _ = WorkAsync(new Random(random.Next()));
            }

            steps.Run();
        }

        /// <summary>Every message that is left comes, as often as it has to.</summary>
        public void Settle()
        {
            for (var rounds = 0; queue.Count > 0; rounds++)
            {
                Assert.True(rounds < 100);
                clock.Advance(TimeSpan.FromMinutes(1));
                foreach (var (_, body) in queue.TakeDue())
                {
                    worker.RunAsync(JsonSerializer.Deserialize<FollowUpChanged>(body)!, default).GetAwaiter().GetResult();
                }
            }
        }

        public IEnumerable<FollowUp> All() => store.All
            .Where(one => one.Table == Tables.Customers && one.Row.RowKey.StartsWith("f|", StringComparison.Ordinal))
            .Select(one => FollowUpRow.ToFollowUp(one.Row));

        public IEnumerable<string> Agenda() => store.All
            .Where(one => one.Table == Tables.Agenda && one.Row.RowKey.StartsWith("d|", StringComparison.Ordinal))
            .Select(one => $"{TableKeys.Last(one.Row.PartitionKey)} {one.Row.RowKey} {one.Row.Properties[nameof(FollowUp.Version)]}");

        public IEnumerable<string> Ended() => store.All
            .Where(one => one.Table == Tables.Agenda && one.Row.RowKey == TableKeys.AgendaEnded)
            .Select(one => $"{TableKeys.Last(one.Row.PartitionKey)} {one.Row.Properties[FollowUpRow.EndedFollowUpId]} {one.Row.Properties[nameof(FollowUp.Version)]}");

        public IEnumerable<string> Card() => store.All
            .Where(one => one.Row.RowKey.StartsWith("c|", StringComparison.Ordinal) && one.Row.RowKey != TableKeys.EndedFollowUp)
            .Select(one => $"{one.Row.RowKey} {one.Row.Properties[nameof(FollowUp.Version)]}");

        private async Task ActAsync(Random dice)
        {
            for (var i = 0; i < 6; i++)
            {
                await DoAsync(ids[dice.Next(ids.Length)], dice);
            }
        }

        private Task DoAsync(Guid id, Random dice)
        {
            var now = clock.GetUtcNow();
            var day = FirstDay.AddDays(dice.Next(3));
            var owner = Owners[dice.Next(Owners.Length)];
            if (dice.Next(4) == 0)
            {
                return followUps.PlanAsync(A.Firm, Plan(id, owner, day), default);
            }

            var what = dice.Next(8);
            return followUps.ChangeAsync(A.Firm, Kim, id, Change, default);

            FollowUp Change(FollowUp f) => what switch
            {
                0 => f.Complete("Anna", now),
                1 => f.Reopen("Anna", now),
                2 => f.Delete("Anna", now),
                3 => f.Undone("Anna", now),
                4 => f.CloseByReply("reply" + dice.Next(2), by: null, now),
                5 => f.OpenAsReplyIsGone(now),
                6 => new OutlookChange(now, IsCompleted: dice.Next(2) == 0, DueOn: day).Apply(f, now),
                _ => (f with { DueOn = day, OwnerId = owner, Before = FollowUpBefore.Of(f) }).By("Anna", "changed", now),
            };
        }

        private FollowUp Plan(Guid id, Guid owner, DateOnly day)
        {
            var now = clock.GetUtcNow();
            return new(
                id, Kim, owner, "Anna", "Call", day, DueTime: null, "Europe/Berlin", FollowUpKind.WeOwe, Source: null, FollowUpState.Open, End: null,
                now, now, now, Sink: null, [], Before: null, Version: 1);
        }

        private async Task WorkAsync(Random dice)
        {
            for (var i = 0; i < 8; i++)
            {
                await steps.TurnAsync();
                if (queue.Peek(dice) is (_, { } body))
                {
                    await worker.RunAsync(JsonSerializer.Deserialize<FollowUpChanged>(body)!, default);
                }
            }
        }
    }
}
