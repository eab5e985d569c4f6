using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Search;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Customers;

/// <summary>
/// What may never happen, whatever crashes and in whatever order calls arrive: two customers with one address, a claim that leads
/// nowhere, an address without a claim, a customer whom search finds under a wrong word or not at all.
/// </summary>
public sealed class CustomerChangesTests
{
    private static readonly Guid Tenant = new("11111111-2222-3333-4444-555555555555");

    [Theory]
    [InlineData("anything", 0, 0)]
    [InlineData("anything", 0, 60)]
    [InlineData("anything", 25, 0)]
    [InlineData("anything", 40, 60)]
    [InlineData("one address, back and forth", 0, 0)]
    [InlineData("one address, back and forth", 15, 30)]
    public void Whatever_the_order_of_calls_and_whoever_dies_all_tables_agree_in_the_end(string doing, int deathsPerThousand, int stallsPerThousand)
    {
        // Continuations run where their turn is given, not where the test runner likes.
        SynchronizationContext.SetSynchronizationContext(null);
        for (var seed = 0; seed < 1_500; seed++)
        {
            var firm = new Firm(seed, deathsPerThousand, stallsPerThousand);
            try
            {
                firm.RunRandomActors(doing == "anything");
                firm.DeliverAll();
                firm.AssertAgreement();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void A_create_that_dies_at_any_call_leaves_the_address_free_or_the_customer_whole() =>
        DieEverywhere((firm, _) => firm.Create("kim@new.example", "Kim Novak"));

    [Fact]
    public void Adding_an_address_may_die_at_any_call() =>
        DieEverywhere((firm, person) => firm.Changes.AddAddressAsync(Tenant, person, Firm.Address("kim@new.example"), primary: true, default));

    [Fact]
    public void Removing_an_address_may_die_at_any_call() =>
        DieEverywhere((firm, person) => firm.Changes.RemoveAddressAsync(Tenant, person, Firm.Address("second@old.example").Address, default));

    [Fact]
    public void Renaming_a_person_may_die_at_any_call() =>
        DieEverywhere((firm, person) => firm.Changes.EditAsync(Tenant, person, c => c with { Name = "Anna Muster", Company = null }, default));

    [Fact]
    public void Renaming_an_organisation_may_die_at_any_call() =>
        DieEverywhere((firm, _) => firm.Changes.EditAsync(Tenant, firm.Organisation, c => c with { Name = "Neu GmbH" }, default));

    [Fact]
    public void Who_wants_an_address_whose_creator_died_gets_it_without_the_queue()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        for (var call = 1; call < 60; call++)
        {
            var firm = new Firm(seed: call, deathsPerThousand: 0, stallsPerThousand: 0);
            firm.Prepare();
            firm.Steps.DieAt(call);
            _ = firm.Create("kim@new.example", "Kim Novak");
            firm.Steps.Run();

            var second = firm.Create("KIM@new.example", "Kim N.");
            for (var i = 0; i < 100 && !second.IsCompleted; i++)
            {
                firm.Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.True(second.IsCompletedSuccessfully, $"call {call}");
            firm.DeliverAll();
            firm.AssertAgreement();
            Assert.Single(firm.OwnersOf("kim@new.example"));
        }
    }

    [Fact]
    public void A_projection_of_an_old_state_confirms_no_claim_that_came_after_it()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var firm = new Firm(seed: 1, deathsPerThousand: 0, stallsPerThousand: 0);
        var person = firm.Prepare();
        firm.Steps.Pause();
        var address = Firm.Address("second@old.example");
        var held = new TaskCompletionSource();
        Task? adding = null;

        // A rename has read the record and is about to look at the claim, when the address goes and is on its way back.
        firm.Store.Before = call =>
        {
            if (call != $"find addresses {TableKeys.AddressRow(address.Address.Key)}")
            {
                return Task.CompletedTask;
            }

            firm.Store.Before = null;
            Assert.IsType<AddressOutcome.Done>(firm.Done(firm.Changes.RemoveAddressAsync(Tenant, person, address.Address, default)));
            var isClaimed = false;
            firm.Store.Before = later =>
            {
                isClaimed |= later == "write addresses";
                return isClaimed && later == "write customers" ? held.Task : Task.CompletedTask;
            };
            adding = firm.Changes.AddAddressAsync(Tenant, person, address, primary: false, default);
            firm.Store.Before = null;
            return Task.CompletedTask;
        };
        firm.Done(firm.Changes.EditAsync(Tenant, person, c => c with { Name = "Anna Muster" }, default));
        Assert.False(adding!.IsCompleted);

        // Somebody else wants the address now; then the slow one goes on.
        firm.Done(firm.Create("second@old.example", "Kim Novak"));
        held.SetResult();
        firm.Done(adding);

        firm.DeliverAll();
        firm.AssertAgreement();
        Assert.Single(firm.OwnersOf("second@old.example"));
    }

    private static void DieEverywhere(Func<Firm, CustomerId, Task> change)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var isAlive = false;
        for (var call = 1; !isAlive; call++)
        {
            Assert.True(call < 400, "never came to an end");
            var firm = new Firm(seed: call, deathsPerThousand: 0, stallsPerThousand: 0);
            var person = firm.Prepare();
            firm.Steps.DieAt(call);
            var dying = change(firm, person);
            firm.Steps.Run();
            isAlive = dying.IsCompleted;

            firm.DeliverAll();
            try
            {
                firm.AssertAgreement();
                var again = change(firm, person);
                Assert.True(again.IsCompletedSuccessfully, again.Exception?.ToString() ?? "still waits");
                firm.DeliverAll();
                firm.AssertAgreement();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Died at call {call}: {e.Message}", e);
            }
        }
    }

    private sealed class Firm
    {
        private static readonly string[] Addresses = ["kim@new.example", "second@old.example", "lee@old.example"];

        private readonly Random random;
        private readonly SteppedQueue queue;
        private readonly HashSet<string> histories = new(StringComparer.Ordinal);
        private readonly CustomerStore customers;

        public Firm(int seed, int deathsPerThousand, int stallsPerThousand)
        {
            random = new Random(seed);
            Steps = new Stepping(seed, Clock) { DeathsPerThousand = deathsPerThousand, StallsPerThousand = stallsPerThousand };
            Store = new SteppedStore(Steps);
            queue = new SteppedQueue(Steps, Clock);
            var directory = Stepping.NoFirm(Clock);
            var sights = new Sights(directory, Clock);
            var waiting = new WaitingAgenda(Store, directory, Clock);
            var replies = new FollowUpReplies(Store, new FollowUpStore(Store, queue, Clock));
            customers = new CustomerStore(Store, new InteractionStore(Store, sights, replies, waiting, new QuietAgenda(Store), Clock), sights);
            var projection = new CustomerProjection(Store, queue, customers, new SearchIndex(Store), new CaptureRequests(queue, Clock), waiting);
            Changes = new CustomerChanges(Store, queue, customers, projection, Clock, NullLogger<CustomerChanges>.Instance);
        }

        public TestClock Clock { get; } = new();

        public Stepping Steps { get; }

        public SteppedStore Store { get; }

        public CustomerChanges Changes { get; }

        public CustomerId Organisation { get; private set; }

        public static CustomerAddress Address(string text)
        {
            Assert.True(MailAddress.TryParse(text, out var address));
            return new CustomerAddress(address, "work", AddressSource.Typed, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "Anna");
        }

        /// <summary>An organisation, and a person of it with two addresses.</summary>
        public CustomerId Prepare()
        {
            Steps.Pause();
            Organisation = Done(Changes.CreateAsync(Tenant, Blank("Alt GmbH", CustomerKind.Organisation), null, default)).Customer.Customer.Id;
            var person = Done(Changes.CreateAsync(
                Tenant, Blank("Anna Berg", CustomerKind.Person) with { Company = new Company(Organisation, "Alt GmbH") }, Address("first@old.example"), default));
            var id = person.Customer.Customer.Id;
            Assert.IsType<AddressOutcome.Done>(Done(Changes.AddAddressAsync(Tenant, id, Address("second@old.example"), primary: false, default)));
            DeliverAll();
            Steps.Resume();
            return id;
        }

        public Task<Creation> Create(string address, string name) => Changes.CreateAsync(Tenant, Blank(name, CustomerKind.Person), Address(address), default);

        public void RunRandomActors(bool anything)
        {
            var person = Prepare();
            var actors = Enumerable.Range(0, random.Next(2, 6)).Select(i => anything ? Actor(person, i) : BackAndForthAsync(person, i)).ToList();
            Steps.Run();
            foreach (var failed in actors.Where(a => a.IsFaulted))
            {
                // An outage is the one failure that a caller may see; here there is none.
                failed.GetAwaiter().GetResult();
            }
        }

        /// <summary>The queue, until nothing is left in it.</summary>
        public void DeliverAll()
        {
            for (var round = 0; queue.Count > 0; round++)
            {
                Assert.True(round < 200, "the queue never empties");
                Clock.Advance(CustomerChanges.FirstLook);
                foreach (var message in queue.TakeDue())
                {
                    Done(DeliverAsync(message));
                }
            }
        }

        public IReadOnlyList<string> OwnersOf(string address)
        {
            var key = TableKeys.Address(Address(address).Address.Key);
            return [.. Rows(Tables.Customers).Where(r => r.RowKey == key).Select(r => TableKeys.Last(r.PartitionKey))];
        }

        public void AssertAgreement()
        {
            var records = Rows(Tables.Customers).Where(r => r.RowKey == TableKeys.Record).ToDictionary(r => r.PartitionKey, CustomerRow.ToCustomer);
            Assert.All(Rows(Tables.Customers), row => Assert.Contains(row.PartitionKey, records.Keys));
            Assert.DoesNotContain(Rows(Tables.Customers), r => r.RowKey.StartsWith("o|", StringComparison.Ordinal));

            var addresses = Rows(Tables.Customers).Where(r => r.RowKey.StartsWith("b|a|", StringComparison.Ordinal))
                .ToLookup(r => CustomerId.Parse(TableKeys.Last(r.PartitionKey)), CustomerAddressRow.ToAddress);
            var claims = Rows(Tables.Addresses).Select(AddressClaim.From).ToList();
            var byId = records.Values.ToDictionary(c => c.Id);
            Assert.Equal(
                addresses.SelectMany(a => a.Select(row => (row.Address.Key, a.Key.ToString()))).Order(),
                claims.Select(c => (c.Address.Key, c.Customer.ToString())).Order());
            Assert.All(claims, claim => Assert.Contains(claim.Address.Key, histories)); // asked for whoever died meanwhile
            Assert.All(claims, claim => Assert.True(claim.Says(claim.Address, byId[claim.Customer]), $"the claim says {claim}"));

            Assert.Equal(
                byId.Values.SelectMany(c => CustomerProjection.Entry(c, [.. addresses[c.Id]]).Tokens.Select(token => TableKeys.SearchRow(token, c.Id.ToString()))).Order(),
                Rows(Tables.Search).Select(r => r.RowKey).Order());

            Assert.Equal(
                byId.Values.Where(c => c.Company?.Id is not null).Select(c => (c.Company!.Id!.Value.ToString(), c.Id.ToString(), c.Name)).Order(),
                Rows(Tables.Customers).Where(r => r.RowKey.StartsWith("b|p|", StringComparison.Ordinal))
                    .Select(r => (TableKeys.Last(r.PartitionKey), TableKeys.Last(r.RowKey), PersonRow.ToLink(r).Name)).Order());
            foreach (var customer in byId.Values)
            {
                var keys = addresses[customer.Id].Select(a => a.Address.Key).ToList();
                Assert.True(customer.PrimaryAddress is null ? keys.Count == 0 : keys.Contains(customer.PrimaryAddress));
                Assert.True(customer.Kind == CustomerKind.Organisation || keys.Count > 0, "a person without an address");
                Assert.True(customer.Company?.Id is not { } company || byId[company].Name == customer.Company.Name, "a company's old name");
            }
        }

        private Task Actor(CustomerId person, int number)
        {
            var address = Addresses[random.Next(Addresses.Length)];
            return random.Next(10) switch
            {
                0 or 1 or 2 => Create(address, $"Kim {number}"),
                3 => Changes.AddAddressAsync(Tenant, person, Address(address), primary: random.Next(2) == 0, default),
                4 => Changes.AddAddressAsync(Tenant, Organisation, Address(address), primary: false, default),
                5 => Changes.RemoveAddressAsync(Tenant, person, Address("second@old.example").Address, default),
                6 => Changes.RemoveAddressAsync(Tenant, person, Address("first@old.example").Address, default),
                7 => Changes.EditAsync(Tenant, person, c => c with { Name = $"Anna {number}", Company = number % 2 == 0 ? null : c.Company }, default),
                8 => Changes.EditAsync(Tenant, Organisation, c => c with { Name = $"Neu {number}" }, default),
                _ => DeliverEarlyAsync(),
            };
        }

        private async Task BackAndForthAsync(CustomerId person, int number)
        {
            for (var i = 0; i < 4; i++)
            {
                await (random.Next(6) switch
                {
                    0 or 1 => Changes.RemoveAddressAsync(Tenant, person, Address("second@old.example").Address, default),
                    2 or 3 => Changes.AddAddressAsync(Tenant, person, Address("second@old.example"), primary: false, default),
                    4 => Create("second@old.example", $"Kim {number}{i}"),
                    _ => (Task)Changes.EditAsync(Tenant, person, c => c with { Name = $"Anna {number}{i}" }, default),
                });
            }
        }

        private async Task DeliverEarlyAsync()
        {
            for (var i = 0; i < 3; i++)
            {
                await Steps.TurnAsync();
                if (queue.Peek(random) is { } message)
                {
                    await DeliverAsync(message);
                }
            }
        }

        private Task DeliverAsync((string Queue, string Body) message) => queue.WorkAsync(message, () =>
        {
            switch (message.Queue)
            {
                case CustomerChanges.Queue:
                    return new ProjectCustomer(Changes).RunAsync(JsonSerializer.Deserialize<ChangeMessage>(message.Body)!, default);
                case CaptureRequests.HistoryQueue:
                    histories.Add(JsonSerializer.Deserialize<FindHistory>(message.Body)!.Address);
                    return Task.CompletedTask;
                default:
                    return new FollowCompanyName(Changes).RunAsync(JsonSerializer.Deserialize<CompanyRenamed>(message.Body)!, default);
            }
        });

        private IEnumerable<TableRow> Rows(string table) => Store.All.Where(r => r.Table == table).Select(r => r.Row);

        private Customer Blank(string name, CustomerKind kind) => new(
            default, kind, name, null, null, [], null, null, null, null, CustomerStage.Lead, [], [], new Preferences(null, false, null), null,
            Clock.GetUtcNow(), default, "");

        public void Done(Task task)
        {
            for (var i = 0; i < 1_000 && !task.IsCompleted; i++)
            {
                Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.True(task.IsCompleted, "still waits");
            task.GetAwaiter().GetResult();
        }

        public T Done<T>(Task<T> task)
        {
            Done((Task)task);
            return task.GetAwaiter().GetResult();
        }
    }
}
