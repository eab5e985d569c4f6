using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Search;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// A firm of a given size, the same on every machine: written as the product writes, but many rows at once. What a load is put on.
/// </summary>
internal static class PreparedFirm
{
    public const int Customers = 10_000;
    public const int LinesPerCustomer = 20;

    // Part of the file's name: a change of the data or the rows below makes a new file.
    private const int Version = 2;

    private static readonly DateTimeOffset Today = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    private static readonly string[] FirstNames =
        ["Anna", "Ben", "Chiara", "David", "Elif", "Farid", "Grace", "Henrik", "Inês", "Jakub", "Katarzyna", "Lukas", "Maja", "Noor", "Oskar", "Priya"];

    private static readonly string[] LastNames =
        ["Berg", "Conti", "Dubois", "Ekström", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Keller", "Lindqvist", "Moreau", "Nowak", "Öztürk", "Petrov", "Rossi"];

    private static readonly string[] Subjects =
        ["Offer for the kitchen", "Re: measurements on Tuesday", "Invoice 2026-0417", "Delivery date", "Question about the oak sample", "Appointment on site"];

    private static readonly string[] Previews =
    [
        "Thank you for the drawing. We would like the shelf ten centimetres lower, the rest is fine as it is.",
        "Could you tell me by Friday whether the delivery before Christmas still stands? My parents are coming.",
        "Please find the invoice attached, payable within fourteen days.",
        "We have received the sample and like the darker one better; my wife would like to see it by daylight first.",
        "Tuesday at nine suits us. The caretaker has the key, ring at the side door.",
    ];

    /// <summary>Addresses of all customers, in order.</summary>
    public static IReadOnlyList<string> Addresses { get; } = [.. Enumerable.Range(0, Customers).Select(AddressOf)];

    /// <summary>Of the customer with this number, from 0.</summary>
    public static CustomerId IdOf(int number) => new(new Guid(number, 0x1000, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    /// <summary>About when the firm began.</summary>
    public static DateTimeOffset CreatedAt => Today.AddDays(-700);

    public static string FileIn(string folder) => Path.Combine(folder, $"firm-{Customers}-{LinesPerCustomer}-v{Version}.db");

    /// <summary>Makes the file unless it is there; a half-made one is never left under its name.</summary>
    public static async Task EnsureFileAsync(string file)
    {
        if (File.Exists(file))
        {
            return;
        }

        Console.Error.WriteLine($"Preparing {Customers} customers with {Customers * LinesPerCustomer} timeline rows …");
        var making = file + ".making";
        File.Delete(making);
        using (var store = new SqliteTableStore(making, TimeSpan.FromSeconds(5)))
        {
            await FillAsync(store, Customers);
        }

        File.Move(making, file);
    }

    /// <param name="customers">How many of the firm's customers, the first ones.</param>
    public static async Task FillAsync(ITableStore store, int customers)
    {
        var search = new Dictionary<string, List<TableChange>>();
        var writes = new List<Task>();
        for (var number = 0; number < customers; number++)
        {
            var (customer, address) = Make(number);
            var partition = TableKeys.Customer(SampleFirm.TenantId, customer.Id.ToString());
            List<TableChange> rows =
            [
                new TableChange.Put(CustomerRow.From(SampleFirm.TenantId, customer)),
                new TableChange.Put(CustomerAddressRow.From(
                    SampleFirm.TenantId, customer.Id, new CustomerAddress(address, "work", AddressSource.Mail, customer.CreatedAt, "Mira Birnbaum"))),
                .. Enumerable.Range(0, LinesPerCustomer).Select(line => new TableChange.Put(TimelineRow.Of(partition, Line(number, line)))),
            ];
            writes.Add(store.TransactAsync(Tables.Customers, partition, rows, CancellationToken.None));
            writes.Add(store.PutAsync(
                Tables.Addresses, AddressClaim.ToRow(SampleFirm.TenantId, address, customer, pendingChange: null), CancellationToken.None));

            var entry = new SearchEntry(customer.Id.ToString(), customer.Kind, customer.Name, customer.Company?.Name, [address.ToString()]);
            foreach (var row in entry.Tokens.Select(token => SearchRow.From(entry).ToTableRow(SampleFirm.TenantId, token)))
            {
                if (!search.TryGetValue(row.PartitionKey, out var rowsOfPartition))
                {
                    search[row.PartitionKey] = rowsOfPartition = [];
                }

                rowsOfPartition.Add(new TableChange.Put(row));
            }

            if (writes.Count >= 512)
            {
                await Task.WhenAll(writes);
                writes.Clear();
            }
        }

        await Task.WhenAll(writes);
        await Task.WhenAll(search.SelectMany(partition => partition.Value.Chunk(100)
            .Select(chunk => store.TransactAsync(Tables.Search, partition.Key, chunk, CancellationToken.None))));
    }

    private static string AddressOf(int number) => string.Create(
        CultureInfo.InvariantCulture, $"{FirstNames[number % 16].ToLowerInvariant().Replace('ê', 'e')}.{number}@firm{number / 4}.example");

    private static (Customer Customer, MailAddress Address) Make(int number)
    {
        if (!MailAddress.TryParse(AddressOf(number), out var address))
        {
            throw new InvalidOperationException($"Customer {number} was given no mail address.");
        }

        var created = Today.AddDays(-700).AddMinutes(number);
        var customer = new Customer(
            IdOf(number),
            CustomerKind.Person,
            $"{FirstNames[number % 16]} {LastNames[number / 16 % 16]}",
            new Company(null, $"Firm {number / 4} Ltd"),
            "Purchasing",
            [new Phone("work", $"+49 30 {5_000_000 + number}"), new Phone("mobile", $"+49 170 {1_000_000 + number}")],
            new PostalAddress("Lindenallee 12", "10115", "Berlin", null, "DE"),
            "de",
            $"https://www.firm{number / 4}.example/",
            new Colleague(SampleFirm.Mira.Id.ToString(), SampleFirm.Mira.Name),
            CustomerStage.Customer,
            ["kitchen", "regular"],
            [new Expectation("Delivery before Christmas", new DateOnly(2026, 10, 3))],
            new Preferences(ContactChannel.Mail, NoCampaigns: false, "not before ten"),
            address.Key,
            created,
            Contact: default,
            Version: "1");
        return (customer, address);
    }

    private static Interaction Line(int number, int line)
    {
        var meeting = line % 5 == 4;
        var incoming = line % 2 == 0;
        return new Interaction(
            string.Create(CultureInfo.InvariantCulture, $"{number:x8}{line:x8}"),
            meeting ? InteractionKind.Meeting : InteractionKind.Mail,
            meeting ? Direction.None : incoming ? Direction.Incoming : Direction.Outgoing,
            Today.AddDays(-line * 17).AddSeconds(-number),
            Subjects[(number + line) % Subjects.Length],
            Previews[(number + line) % Previews.Length],
            meeting || !incoming ? SampleFirm.Mira.Name : null);
    }
}
