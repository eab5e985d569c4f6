using System.Globalization;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Firm;

/// <summary>
/// Years of mail of a busy firm, the same for the same seed: customers, strangers, lists, programs, private words and rubbish, much of it
/// in more than one mailbox. Every subject begins with <c>#number</c> and a space; a letter has the same number in every mailbox. What of it
/// belongs on a timeline is not said here.
/// </summary>
public sealed class LargeFirm
{
    public const int Customers = 240;

    /// <summary>Somebody of whom some have had enough.</summary>
    public const string Unwanted = "unwanted@firm3.example";

    private const double SharedLetters = 0.21; // of the letters; each of them lies in two or three mailboxes: 40 of 100 messages

    private readonly Random random;
    private readonly DateTimeOffset newest;
    private readonly TimeSpan span;
    private int number;

    /// <param name="newest">No history is younger.</param>
    /// <param name="span">How far back it goes.</param>
    public LargeFirm(int seed, DateTimeOffset newest, TimeSpan span) =>
        (random, this.newest, this.span) = (new Random(seed), newest.AddTicks(-(newest.Ticks % TimeSpan.TicksPerSecond)), span);

    /// <summary>Addresses of the customer with this number, from 0: every fifth has two.</summary>
    public static IReadOnlyList<string> AddressesOf(int customer) => customer % 5 == 0
        ? [Address(customer), string.Create(CultureInfo.InvariantCulture, $"private{customer}@mail.example")]
        : [Address(customer)];

    /// <summary>Fills the mailboxes until they hold so many messages in all.</summary>
    public void Fill(IReadOnlyList<Mailbox> mailboxes, int messages)
    {
        ArgumentNullException.ThrowIfNull(mailboxes);
        for (var put = 0; put < messages;)
        {
            put += Put(mailboxes, newest - (span * random.NextDouble()));
        }
    }

    /// <summary>One more letter, now.</summary>
    /// <returns>In how many mailboxes it lies.</returns>
    public int Put(IReadOnlyList<Mailbox> mailboxes, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(mailboxes);
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
        var owners = mailboxes.OrderBy(_ => random.Next()).Take(random.NextDouble() < SharedLetters ? random.Next(2, 4) : 1).ToList();
        var us = owners.Select(mailbox => new Correspondent(mailbox.Owner.Name, mailbox.Owner.Address)).ToList();
        var customer = Customer();
        var letter = new Letter(
            $"<{++number}.{random.Next():x8}@large.example>", $"thread {random.Next(Math.Max(1, number / 3))}", customer, us, [],
            string.Create(CultureInfo.InvariantCulture, $"#{number} {Words[random.Next(Words.Length)]}"), at, "What it says. Kind regards.", null, [], []);
        var (folder, change) = Kind(us, customer);
        letter = change(letter);
        var isFirst = true;
        foreach (var mailbox in owners)
        {
            // Of what we wrote the writer has the copy in the sent items, the others got it.
            var place = folder == "sentitems" && !isFirst ? "inbox" : folder;
            mailbox.Add(letter, mailbox.Folder(place), at, isRead: random.Next(3) > 0);
            isFirst = false;
        }

        return owners.Count;
    }

    private static readonly string[] Words =
        ["Offer for the oak table", "Re: Offer", "AW: Termin am Montag", "Measurements", "Delivery", "Réponse à votre devis", "Invoice", "Thank you", "Fitting in May", "A question"];

    private static string Address(int customer) => string.Create(CultureInfo.InvariantCulture, $"customer{customer}@firm{customer / 2}.example");

    private Correspondent Customer()
    {
        // A few write most of it, as in life.
        var customer = (int)(Customers * Math.Pow(random.NextDouble(), 2));
        var addresses = AddressesOf(customer);
        var address = addresses[random.Next(addresses.Count)];
        return new Correspondent($"Customer {customer}", random.Next(4) == 0 ? address.ToUpperInvariant() : address);
    }

    private Correspondent Stranger()
    {
        var stranger = random.Next(2_000);
        return new($"Stranger {stranger}", string.Create(CultureInfo.InvariantCulture, $"stranger{stranger}@elsewhere{stranger % 97}.example"));
    }

    private (string Folder, Func<Letter, Letter> Change) Kind(List<Correspondent> us, Correspondent customer)
    {
        static Func<Letter, Letter> As(Func<Letter, Letter> change) => change;
        static Letter With(Letter letter, string name, string value) => letter with { Headers = [.. letter.Headers, new MailHeader(name, value)] };
        var others = us.Skip(1).ToList();
        return random.Next(100) switch
        {
            < 28 => ("inbox", letter => letter),
            < 46 => ("sentitems", As(letter => letter with { From = us[0], To = [customer, .. others] })),
            < 50 => ("sentitems", As(letter => letter with { From = us[0], To = [Stranger(), .. others], Cc = [customer] })),
            < 53 => ("inbox", As(letter => letter with { From = Stranger(), Cc = [customer, Customer()] })),
            < 62 => ("inbox", As(letter => letter with { From = Stranger() })),
            < 70 => ("inbox", As(letter => With(With(letter, "List-Unsubscribe", "<https://lists.example/leave>"), "Precedence", "bulk") with { To = [new("", "readers@lists.example")] })),
            < 77 => ("inbox", As(letter => letter with { From = Colleague(us) })),
            < 80 => ("inbox", As(letter => With(letter, "Auto-Submitted", "auto-replied"))),
            < 82 => ("inbox", As(letter => letter with { Subject = $"Automatic reply: {letter.Subject}" })),
            < 84 => ("inbox", As(letter => letter with { MessageClass = "REPORT.IPM.Note.NDR", From = new("Mail Delivery", "postmaster@firm1.example") })),
            < 87 => ("inbox", As(letter => letter with { Sensitivity = (Sensitivity)random.Next(1, 4) })),
            < 90 => ("junkemail", letter => letter),
            < 91 => ("drafts", As(letter => letter with { From = us[0], To = [customer] })),
            < 92 => ("archive", letter => letter),
            < 93 => ("inbox", As(letter => letter with { From = null })),
            < 94 => ("inbox", As(letter => letter with { SentAt = new DateTimeOffset(random.Next(2) == 0 ? 1601 : 9999, 1, 2, 0, 0, 0, TimeSpan.Zero) })),
            < 95 => ("inbox", As(letter => letter with { Subject = letter.Subject + " " + new string('x', 998) })),
            < 96 => ("inbox", As(letter => letter with { Subject = letter.Subject + " \0\u202Egpj.exe\u202C \uD800", Text = "NUL\0 and half a pair \uDC00." })),
            < 97 => ("inbox", As(letter => letter with { To = [.. us, .. Crowd(random.Next(40) == 0 ? 5_000 : 60)] })),
            < 98 => ("inbox", As(letter => letter with { To = [.. us, new("broken", "not an address"), new("", "")] })),
            < 99 => ("inbox", As(letter => letter with { From = new(customer.Name, Unwanted) })),
            _ => ("inbox", As(letter => letter with { From = new("Robot", "no-reply@shop.example"), Cc = [] })),
        };
    }

    private Correspondent Colleague(List<Correspondent> us)
    {
        var colleague = SampleFirm.Colleagues[random.Next(SampleFirm.Colleagues.Count)];
        return us.Exists(who => who.Address == colleague.Address) ? new("The office", $"office@{SampleFirm.Domain}") : new(colleague.Name, colleague.Address);
    }

    private static IEnumerable<Correspondent> Crowd(int people) => Enumerable.Range(0, people)
        .Select(i => new Correspondent("", string.Create(CultureInfo.InvariantCulture, $"guest{i}@crowd.example")));
}
