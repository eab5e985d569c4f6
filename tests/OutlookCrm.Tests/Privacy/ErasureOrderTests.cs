using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Sales;
using OutlookCrm.Search;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Customers;
using OutlookCrm.Tests.Graph;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.Privacy;

/// <summary>Whatever crashes, and in whatever order others' calls arrive: who is erased leaves nothing behind, and nobody else loses anything.</summary>
public sealed class ErasureOrderTests
{
    private static readonly Guid Tenant = new("11111111-2222-3333-4444-555555555555");
    private static readonly Caller Owner = new(Tenant, A.Anna.Id, "Anna", Address: null, Role.Owner);

    [Fact]
    public void An_erasure_may_die_at_any_call_and_leaves_nothing_in_the_end_or_has_never_begun()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var hasDied = true;
        for (var call = 1; hasDied; call++)
        {
            var firm = new Firm(seed: call);
            try
            {
                firm.Prepare();
                firm.Steps.DieAt(call);
                firm.Steps.Resume();
                hasDied = !firm.Live(firm.EraseAsync());
                hasDied |= !firm.DeliverAll();
                if (firm.IsThere)
                {
                    firm.AssertUntouched();
                    Assert.True(firm.Live(firm.EraseAsync()));
                    firm.DeliverAll();
                }

                firm.AssertGone();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Died at call {call}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void Whatever_others_write_meanwhile_nothing_is_left()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        for (var seed = 0; seed < 300; seed++)
        {
            var firm = new Firm(seed);
            try
            {
                firm.Prepare();
                firm.RunAtOnce();
                firm.DeliverAll();
                firm.AssertGone();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private sealed class Firm
    {
        private readonly Random random;
        private readonly SteppedQueue queue;
        private readonly SteppedStore store;
        private readonly CustomerChanges changes;
        private readonly CustomerStore customers;
        private readonly InteractionStore interactions;
        private readonly WrittenStore written;
        private readonly FollowUpStore followUps;
        private readonly SalesStore sales;
        private readonly DealStore deals;
        private readonly BlockLists blocks;
        private readonly LoggedMeetings logged;
        private readonly Correspondents correspondents;
        private readonly Erasing erasing;
        private readonly ProjectFollowUp worker;
        private CustomerId kim;
        private CustomerId lee;
        private CustomerId hotel;
        private string before = "";

        public Firm(int seed)
        {
            random = new Random(seed);
            Steps = new Stepping(seed, Clock);
            store = new SteppedStore(Steps);
            queue = new SteppedQueue(Steps, Clock);
            var directory = Stepping.NoFirm(Clock);
            var sights = new Sights(directory, Clock);
            followUps = new FollowUpStore(store, queue, Clock);
            var waiting = new WaitingAgenda(store, directory, Clock);
            var (replies, quiet) = (new FollowUpReplies(store, followUps), new QuietAgenda(store));
            interactions = new InteractionStore(store, sights, replies, waiting, quiet, Clock);
            written = new WrittenStore(store, replies, quiet);
            customers = new CustomerStore(store, interactions, sights);
            var search = new SearchIndex(store);
            var projection = new CustomerProjection(store, queue, customers, search, new CaptureRequests(queue, Clock), waiting);
            changes = new CustomerChanges(store, queue, customers, projection, Clock, NullLogger<CustomerChanges>.Instance);
            worker = NoGraph.Projection(followUps, customers, store, Clock);
            var currency = new FirmCurrency(store, new InsightsStore(store));
            sales = new SalesStore(store, currency, Clock);
            deals = new DealStore(store, customers, currency, Clock);
            blocks = new BlockLists(store, Clock);
            logged = new LoggedMeetings(store);
            correspondents = new Correspondents(store);
            var traces = new Traces(
                store, store, changes, interactions, new Senders(store, customers, new SenderGuess(store, search), directory, new CardLooks(CardLooks.Max), Clock), followUps,
                new FirmRecompute(sales, new ProductStore(store), new InsightsStore(store), queue, Clock), new InsightsStore(store));
            erasing = new Erasing(store, queue, customers, sales, new ErasedPeople(store, Clock), traces, new KeptAnswers(KeptAnswers.MinBytes), new CardLooks(CardLooks.Max), Clock, NullLogger<Erasing>.Instance);
        }

        public TestClock Clock { get; } = new();

        public Stepping Steps { get; }

        /// <summary>Kim's record.</summary>
        public bool IsThere => store.All.Any(one => one.Row.PartitionKey == TableKeys.Customer(Tenant, kim.ToString()) && one.Row.RowKey == TableKeys.Record);

        /// <summary>Kim, who works at a hotel, Lee, who got mail together with Kim, and what there is of both in every table.</summary>
        public void Prepare()
        {
            Steps.Pause();
            hotel = Done(changes.CreateAsync(Tenant, Blank("Hotel", CustomerKind.Organisation), null, default)).Customer.Customer.Id;
            kim = Done(changes.CreateAsync(
                Tenant, Blank("Kim Secret", CustomerKind.Person) with { Company = new Company(hotel, "Hotel") }, Address("kim@secret.example"), default)).Customer.Customer.Id;
            lee = Done(changes.CreateAsync(Tenant, Blank("Lee", CustomerKind.Person), Address("lee@open.example"), default)).Customer.Customer.Id;
            Done(RecordAsync(Mail(1, "A secret", from: "kim@secret.example"), Mail(2, "Shared", from: null)));
            Done(AddThingsAsync(1));
            DeliverAll();
            before = Text(_ => true);
        }

        public Task<bool> EraseAsync() => erasing.EraseCustomerAsync(Owner, kim, PurchasesChoice.Keep, default);

        /// <summary>False when it died.</summary>
        public bool Live(Task life)
        {
            Steps.Run();
            if (life.IsFaulted)
            {
                life.GetAwaiter().GetResult();
            }

            Steps.Resume();
            return life.IsCompleted;
        }

        /// <summary>The erasure beside a worker of capture and colleagues who know nothing of it.</summary>
        public void RunAtOnce()
        {
            Steps.Resume();
            Task[] all =
            [
                EraseAsync(),
                RecordAsync(Mail(3, "A late secret", from: "kim@secret.example"), Mail(4, "Shared later", from: null)),
                AddThingsAsync(2),
                changes.AddAddressAsync(Tenant, kim, Address("kim.private@secret.example"), primary: true, default),
                changes.EditAsync(Tenant, kim, now => now with { Name = "Kim Secret the second" }, default),
                changes.EditAsync(Tenant, hotel, now => now with { Name = "Grand Hotel" }, default),
                DeliverEarlyAsync(),
                DeliverEarlyAsync(),
            ];
            Steps.Run();
            foreach (var one in all)
            {
                Assert.True(one.IsCompleted, "still waits");
                one.GetAwaiter().GetResult();
            }
        }

        /// <summary>Each message until it was received and ended. False when somebody died over one.</summary>
        public bool DeliverAll()
        {
            var isAlive = true;
            for (var minute = 0; queue.Count > 0; minute++)
            {
                Assert.True(minute < 200, "Messages come without end.");
                Clock.Advance(TimeSpan.FromMinutes(1));
                foreach (var message in queue.TakeDue())
                {
                    Steps.Resume();
                    if (!Live(DeliverAsync(message)))
                    {
                        isAlive = false;
                        Steps.Pause();
                        Done(queue.SendAsync(message.Queue, message.Body, TimeSpan.FromSeconds(30), default));
                    }
                }
            }

            Steps.Pause();
            return isAlive;
        }

        public void AssertUntouched() => Assert.Equal(before, Text(row => row.PartitionKey != TableKeys.Tombstones(Tenant) || row.RowKey != TableKeys.TombstoneSalt));

        public void AssertGone()
        {
            var text = Text(_ => true);
            foreach (var trace in new[] { kim.ToString(), "secret" })
            {
                Assert.DoesNotContain(trace, text, StringComparison.OrdinalIgnoreCase);
            }

            // Lee's own is there, and the purchases are under nobody's name; so is what says that it happened.
            Assert.Contains("Shared", text, StringComparison.Ordinal);
            Assert.Contains("of Lee", text, StringComparison.Ordinal);
            Assert.True(Done(sales.ReadAsync(Tenant, lee, null, default))!.Purchases.Count is 1 or 2);
            var kept = store.All.Single(one => one.Row.RowKey == TableKeys.Record && (string)one.Row.Properties["Name"] == Erasing.NameOfKept).Row;
            Assert.NotEmpty(Done(sales.ReadAsync(Tenant, CustomerId.Parse(TableKeys.Last(kept.PartitionKey)), null, default))!.Purchases);
            var line = Assert.Single(Done(erasing.ListAsync(Tenant, default)).Erasures);
            Assert.NotNull(line.DoneAt);
            Assert.NotNull(Done(new ErasedPeople(store, Clock).FindAsync(Tenant, Recordings.Address("kim@secret.example"), default)));
        }

        private async Task AddThingsAsync(int number)
        {
            var now = Clock.GetUtcNow();
            foreach (var (customer, of) in new[] { (kim, "secret"), (lee, "of Lee") })
            {
                await followUps.PlanAsync(
                    Tenant,
                    new FollowUp(
                        Id(customer, number), customer, A.Anna.Id, "Anna", $"Follow up {of}", new DateOnly(2026, 3, 5), null, "UTC", FollowUpKind.WeOwe, Source: null,
                        FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 0),
                    default);
                await sales.AddAsync(
                    Tenant, customer, new Purchase(Id(customer, number), new DateOnly(2026, 3, number), false, "EUR", [new BoughtItem("Table", 5, null)], null, "Anna", now), default);
                await written.AppendAsync(
                    Tenant, customer, new Interaction(Interaction.IdOf(Id(customer, number)), InteractionKind.Note, Direction.None, now, null, $"Note {of}", "Anna", null), default);
                await deals.AddAsync(
                    Tenant, new Deal(Id(customer, number), 1, customer, $"Deal {of}", "Offer", null, null, null, null, now, now, null, null, null), default);
            }

            await blocks.PutUndoneAsync(
                Tenant,
                A.Anna.Id,
                new UndoneThing(UndoneKind.Thing, $"{number:D32}", InteractionKind.Mail, now, now, [kim, lee], [], [new UndoneItem("item", false, false)]),
                default);
            await logged.PutAsync(Tenant, A.Anna.Id, [new LoggedMeeting($"item {number}", null, "0", now, [kim]), new LoggedMeeting($"both {number}", null, "0", now, [lee, kim])], default);
            await correspondents.CountAsync(
                Tenant, A.Anna.Id, [new CorrespondentMail("1", new Correspondent(Recordings.Address("kim@secret.example"), "Kim Secret"), Direction.Incoming, now)], default);
        }

        private static Guid Id(CustomerId customer, int number) => new(number, 0, 0, customer.Value.ToByteArray()[8..]);

        private async Task RecordAsync(params CapturedInteraction[] mails)
        {
            CustomerMatch[] matches = [new(kim, Recordings.Address("kim@secret.example")), new(lee, Recordings.Address("lee@open.example")), new(hotel, Recordings.Address("kim@secret.example"))];
            foreach (var customer in matches.Select(match => match.Customer))
            {
                await interactions.RecordAsync(Tenant, customer, [.. mails.Select(mail => new Recording(mail, matches))], default);
            }
        }

        private static CapturedInteraction Mail(int number, string title, string? from)
        {
            (ParticipantRole Role, string Address)[] people = from is null
                ? [(ParticipantRole.From, "anna@bergdesign.example"), (ParticipantRole.To, "kim@secret.example"), (ParticipantRole.To, "lee@open.example")]
                : [(ParticipantRole.From, from), (ParticipantRole.To, "anna@bergdesign.example"), (ParticipantRole.Cc, "lee@open.example")];
            return Recordings.Mail(A.Anna.Id, $"<{number}@x>") with
            {
                Title = title,
                Preview = title,
                Direction = from is null ? Direction.Outgoing : Direction.Incoming,
                People = [.. people.Select(person => new Participant(person.Role, Recordings.Address(person.Address), person.Address.Split('@')[0]))],
                PeopleCount = 3,
            };
        }

        private async Task DeliverEarlyAsync()
        {
            for (var i = 0; i < 4; i++)
            {
                await Steps.TurnAsync();
                if (queue.Peek(random) is { } message)
                {
                    await DeliverAsync(message);
                }
            }
        }

        private Task DeliverAsync((string Queue, string Body) message) => queue.WorkAsync(message, () => message.Queue switch
        {
            CustomerChanges.Queue => new ProjectCustomer(changes).RunAsync(JsonSerializer.Deserialize<ChangeMessage>(message.Body)!, default),
            CustomerProjection.RenameQueue => new FollowCompanyName(changes).RunAsync(JsonSerializer.Deserialize<CompanyRenamed>(message.Body)!, default),
            FollowUpStore.Queue => worker.RunAsync(JsonSerializer.Deserialize<FollowUpChanged>(message.Body)!, default),
            Erasing.Queue => new FinishErasure(erasing).RunAsync(JsonSerializer.Deserialize<ErasureWork>(message.Body)!, default),
            _ => Task.CompletedTask,
        });

        private string Text(Func<TableRow, bool> counts)
        {
            var text = new StringBuilder();
            foreach (var (table, row) in store.All.Where(one => counts(one.Row)))
            {
                text.Append(table).Append(' ').Append(row.PartitionKey).Append(' ').Append(row.RowKey);
                foreach (var (name, value) in row.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    text.Append(' ').Append(name).Append('=').Append(value is byte[] bytes ? Convert.ToHexString(bytes) : value);
                }

                text.AppendLine();
            }

            return text.ToString();
        }

        private static CustomerAddress Address(string text) => new(Recordings.Address(text), null, AddressSource.Mail, DateTimeOffset.UnixEpoch, null);

        private Customer Blank(string name, CustomerKind kind) => new(
            default, kind, name, null, null, [], null, null, null, null, CustomerStage.Lead, [], [], new Preferences(null, false, null), null,
            Clock.GetUtcNow(), default, "");

        private static void Done(Task task)
        {
            Assert.True(task.IsCompleted, "still waits");
            task.GetAwaiter().GetResult();
        }

        private static T Done<T>(Task<T> task)
        {
            Done((Task)task);
            return task.GetAwaiter().GetResult();
        }
    }
}
