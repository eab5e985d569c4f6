using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>
/// A busy minute of 10,000 firms on one deployment, over the keys that the product makes: what each partition and the account are asked for, second
/// by second, against what Azure publishes. The figures stand in docs/scale.md.
/// </summary>
public sealed class ScaleTests
{
    private const int Firms = 10_000;
    private const int Seconds = 60;

    // Published: 2,000 entities of 1 KiB a second and partition, 20,000 requests a second and account, 130,000 requests in ten seconds and app.
    private const int PartitionLimit = 2_000;
    private const int AccountLimit = 20_000;
    private const int GraphLimit = 13_000;
    private const int QueueLimit = 2_000;

    // Each person in the busiest hour of the day.
    private const double MailsPerHour = 20;
    private const double CardsPerHour = 60;
    private const double NotesPerHour = 4;
    private const double SearchesPerHour = 4;

    [Fact]
    public async Task A_busy_minute_of_ten_thousand_firms_stays_within_the_published_limits_and_the_page_says_by_how_much()
    {
        var world = new World(new Random(10_000));
        for (var second = 0; second < Seconds; second++)
        {
            world.Pass();
        }

        Assert.True(world.BusiestPartition < PartitionLimit / 4, $"{world.BusiestPartition} entities a second in {world.BusiestName}");
        Assert.True(world.BusiestSecond < AccountLimit * 3 / 4, $"{world.BusiestSecond} requests in one second");
        Assert.True(world.BusiestQueue < QueueLimit * 3 / 4, $"{world.BusiestQueue} messages in one second");
        Assert.True(world.BusiestGraph < GraphLimit / 2, $"{world.BusiestGraph} requests of Graph in one second");
        Assert.Equal(0, world.SharedPartitions);
        var page = await File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "docs", "scale.md"));
        var missing = new[]
        {
            ("people", world.People), ("partitions touched", world.Partitions), ("entities a second in the busiest partition", world.BusiestPartition),
            ("table requests in the busiest second", world.BusiestSecond), ("queue messages in the busiest second", world.BusiestQueue),
            ("Graph requests in the busiest second", world.BusiestGraph),
        }.Select(one => string.Create(CultureInfo.InvariantCulture, $"| {one.Item1} | {one.Item2:N0} |")).Where(line => !page.Contains(line, StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"docs/scale.md must have:\n{string.Join('\n', missing)}");
    }

    /// <summary>Firms with people, customers and mail; every access goes to the partition that the product would ask.</summary>
    private sealed class World
    {
        private readonly Random random;
        private readonly Guid[] tenants = new Guid[Firms];
        private readonly int[] sizes = new int[Firms];
        private readonly List<(int Firm, Guid User)> people = [];
        private readonly Dictionary<string, int> ownerOf = new(StringComparer.Ordinal);
        private Dictionary<string, int> entities = new(StringComparer.Ordinal);
        private int requests;
        private int messages;
        private int graph;

        public World(Random random)
        {
            this.random = random;
            for (var firm = 0; firm < Firms; firm++)
            {
                tenants[firm] = NextGuid();

                // One to thirty, mostly few.
                sizes[firm] = 1 + (int)(29 * Math.Pow(random.NextDouble(), 4));
                for (var person = 0; person < sizes[firm]; person++)
                {
                    people.Add((firm, NextGuid()));
                }
            }
        }

        public int People => people.Count;

        public int Partitions => ownerOf.Count;

        public int BusiestPartition { get; private set; }

        public string BusiestName { get; private set; } = "";

        public int BusiestSecond { get; private set; }

        public int BusiestQueue { get; private set; }

        public int BusiestGraph { get; private set; }

        /// <summary>Partitions that two firms would share.</summary>
        public int SharedPartitions { get; private set; }

        public void Pass()
        {
            (requests, messages, graph) = (0, 0, 0);
            entities = new(StringComparer.Ordinal);
            Happen(MailsPerHour, MailCame);
            Happen(CardsPerHour, CardOpened);
            Happen(NotesPerHour, NoteWritten);
            Happen(SearchesPerHour, Searched);

            // A quarter of an hour's sweep, spread by the queue over the quarter.
            for (var i = 0; i < people.Count / 900; i++)
            {
                LookAt(people[random.Next(people.Count)]);
            }

            foreach (var (partition, count) in entities)
            {
                if (count > BusiestPartition)
                {
                    (BusiestPartition, BusiestName) = (count, partition);
                }
            }

            BusiestSecond = Math.Max(BusiestSecond, requests);
            BusiestQueue = Math.Max(BusiestQueue, messages);
            BusiestGraph = Math.Max(BusiestGraph, graph);
        }

        private void Happen(double perHour, Action<(int Firm, Guid User)> what)
        {
            for (var left = Poisson(people.Count * perHour / 3_600); left > 0; left--)
            {
                what(people[random.Next(people.Count)]);
            }
        }

        /// <summary>A notification, a look, and the mail on a customer's timeline.</summary>
        private void MailCame((int Firm, Guid User) person)
        {
            messages += 3; // sent, taken, deleted
            LookAt(person);
            var (customer, address) = Customer(person.Firm);
            Ask(Tables.Addresses, TableKeys.AddressPartition(tenants[person.Firm], address), person.Firm, 1, 3); // its people
            Ask(Tables.Customers, TableKeys.Customer(tenants[person.Firm], customer), person.Firm, 3, 1); // record and line are read
            Ask(Tables.Customers, TableKeys.Customer(tenants[person.Firm], customer), person.Firm, 3, 1); // details, line, record are written
        }

        private void LookAt((int Firm, Guid User) person)
        {
            graph += 4; // inbox, sent items, junk, calendar
            var mailboxes = TableKeys.Mailboxes(tenants[person.Firm]);
            Ask(Tables.Mailboxes, mailboxes, person.Firm, 4, 3); // lease, settings, status
            Ask(Tables.Mailboxes, mailboxes, person.Firm, 4, 1); // cursors
            Ask(Tables.Mailboxes, mailboxes, person.Firm, 1, 1); // the lease is taken
            Ask(Tables.Mailboxes, mailboxes, person.Firm, 8, 1); // lease, status, cursors, receipt in one transaction
            Ask(Tables.Blocks, TableKeys.Blocks(tenants[person.Firm], person.User), person.Firm, 5, 1);
            Ask(Tables.Blocks, TableKeys.Blocks(tenants[person.Firm], null), person.Firm, 5, 1);
            Ask(Tables.Tombstones, TableKeys.Tombstones(tenants[person.Firm]), person.Firm, 5, 1);
        }

        private void CardOpened((int Firm, Guid User) person)
        {
            var (customer, address) = Customer(person.Firm);
            Ask(Tables.Addresses, TableKeys.AddressPartition(tenants[person.Firm], address), person.Firm, 1, 1);
            Ask(Tables.Customers, TableKeys.Customer(tenants[person.Firm], customer), person.Firm, 40, 1);

            // Of many firms the directory of colleagues and mailboxes is not in this process's memory.
            Ask(Tables.Colleagues, TableKeys.Colleagues(tenants[person.Firm]), person.Firm, sizes[person.Firm], 1);
            Ask(Tables.Mailboxes, TableKeys.Mailboxes(tenants[person.Firm]), person.Firm, sizes[person.Firm] + 1, 2);
        }

        private void NoteWritten((int Firm, Guid User) person)
        {
            var (customer, _) = Customer(person.Firm);
            Ask(Tables.Customers, TableKeys.Customer(tenants[person.Firm], customer), person.Firm, 3, 2);
        }

        private void Searched((int Firm, Guid User) person)
        {
            // Two letters that many names begin with.
            var word = new[] { "an", "be", "ka", "ma", "st", "sch", "ho", "ti" }[random.Next(8)];
            for (var letter = 0; letter < 5; letter++)
            {
                Ask(Tables.Search, TableKeys.SearchPartition(tenants[person.Firm], word), person.Firm, 20, 1);
            }
        }

        /// <summary>One of a firm's customers, some much more often than others; the biggest mail host is a partition for a third of them.</summary>
        private (string Id, string Domain) Customer(int firm)
        {
            var number = (int)(500 * Math.Pow(random.NextDouble(), 2));
            return (new Guid(firm, (short)number, 7, 0, 0, 0, 0, 0, 0, 0, 1).ToString("N"), number % 3 == 0 ? "gmail.com" : $"firm{number / 4}.example");
        }

        private void Ask(string table, string partition, int firm, int rows, int times)
        {
            requests += times;
            var name = $"{table} {partition}";
            entities[name] = entities.GetValueOrDefault(name) + Math.Max(rows, times);
            if (!ownerOf.TryAdd(name, firm) && ownerOf[name] != firm)
            {
                SharedPartitions++;
            }
        }

        private int Poisson(double mean) => Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));

        private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        private Guid NextGuid()
        {
            Span<byte> bytes = stackalloc byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }
}
