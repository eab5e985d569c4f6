using System.Globalization;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>What one mailbox's item says. Two that say the same have the same <see cref="ToText"/>.</summary>
/// <param name="Match">The customer's address that is on it.</param>
/// <param name="People">At most <see cref="MaxPeople"/> of <paramref name="PeopleCount"/>.</param>
/// <param name="AttachmentNames">At most <see cref="MaxAttachments"/> of <paramref name="AttachmentCount"/>.</param>
internal sealed record Reading(
    Direction Direction,
    DateTimeOffset At,
    DateTimeOffset? EndsAt,
    string? Title,
    string? Preview,
    string? By,
    string? ThreadId,
    bool NeedsNoAnswer,
    MailAddress? Match,
    IReadOnlyList<Participant> People,
    int PeopleCount,
    IReadOnlyList<string> AttachmentNames,
    int AttachmentCount)
{
    public const int MaxPeople = 50;
    public const int MaxAttachments = 20;

    // So that a row holds the readings of forty mailboxes that all differ, and a line is one a person reads.
    private const int MaxTitleLength = 1_000;
    private const int MaxPreviewLength = 255;
    private const int MaxNameLength = 120;
    private const int MaxPeopleLength = 8_000; // of them all
    private const int MaxAttachmentLength = 120;

    private const string Roles = "ftcborp"; // a letter for each role in the order in which they are declared

    public static Reading Of(CapturedInteraction captured, MailAddress? match) => new(
        captured.Direction,
        captured.At.ToUniversalTime(),
        captured.EndsAt?.ToUniversalTime(),
        OneLine.Of(captured.Title, MaxTitleLength),
        OneLine.Of(captured.Preview, MaxPreviewLength),
        OneLine.Of(captured.By, MaxNameLength),
        captured.ThreadId,
        captured.NeedsNoAnswer,
        match,
        PeopleOf(captured.People),
        Math.Max(captured.PeopleCount, captured.People.Count),
        [.. captured.AttachmentNames.Take(MaxAttachments).Select(name => OneLine.Of(name, MaxAttachmentLength) ?? "?")],
        captured.AttachmentNames.Count);

    public bool Names(MailAddress who) => Match == who || People.Any(person => person.Address == who);

    /// <summary>As capture would have it of somebody whom it leaves out.</summary>
    /// <param name="match">The address that now says whose timeline it is for.</param>
    public Reading Without(MailAddress who, MailAddress? match)
    {
        var left = People.Where(person => person.Address != who).ToList();
        return this with { Match = match, People = left, PeopleCount = PeopleCount - (People.Count - left.Count) };
    }

    public static Reading Parse(string text)
    {
        var reading = new Reading(default, default, null, null, null, null, null, NeedsNoAnswer: false, null, [], 0, [], 0);
        var people = new List<Participant>();
        var attachments = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var value = line[1..];
            switch (line[0])
            {
                case 'd':
                    reading = reading with { Direction = value == "i" ? Direction.Incoming : value == "o" ? Direction.Outgoing : Direction.None };
                    break;
                case '@':
                    reading = reading with { At = TimeOf(value) };
                    break;
                case 'e':
                    reading = reading with { EndsAt = TimeOf(value) };
                    break;
                case 's':
                    reading = reading with { Title = value };
                    break;
                case 'x':
                    reading = reading with { Preview = value };
                    break;
                case 'b':
                    reading = reading with { By = value };
                    break;
                case 't':
                    reading = reading with { ThreadId = value };
                    break;
                case 'n':
                    reading = reading with { NeedsNoAnswer = true };
                    break;
                case 'm':
                    reading = reading with { Match = AddressOf(value) };
                    break;
                case 'p':
                    people.Add(PersonOf(value));
                    break;
                case 'P':
                    reading = reading with { PeopleCount = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case 'a':
                    attachments.Add(value);
                    break;
                case 'A':
                    reading = reading with { AttachmentCount = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
            }
        }

        return reading with { People = people, AttachmentNames = attachments };
    }

    /// <summary>A field a line, each after its letter.</summary>
    public string ToText()
    {
        var text = new StringBuilder(512);
        text.Append('d').Append(Direction switch { Direction.Incoming => 'i', Direction.Outgoing => 'o', _ => '-' });
        Add('@', TextOf(At));
        Add('e', EndsAt is { } end ? TextOf(end) : null);
        Add('s', Title);
        Add('x', Preview);
        Add('b', By);
        Add('t', ThreadId);
        Add('n', NeedsNoAnswer ? "" : null);
        Add('m', Match?.ToString());
        foreach (var person in People)
        {
            Add('p', $"{Roles[(int)person.Role]}{person.Address}\t{person.Name}");
        }

        Add('P', PeopleCount.ToString(CultureInfo.InvariantCulture));
        foreach (var name in AttachmentNames)
        {
            Add('a', name);
        }

        Add('A', AttachmentCount.ToString(CultureInfo.InvariantCulture));
        return text.ToString();

        void Add(char field, string? value)
        {
            if (value is not null)
            {
                text.Append('\n').Append(field).Append(value);
            }
        }
    }

    private static List<Participant> PeopleOf(IReadOnlyList<Participant> all)
    {
        var people = new List<Participant>();
        var length = 0;
        foreach (var person in all.Take(MaxPeople))
        {
            var kept = person with { Name = OneLine.Of(person.Name, MaxNameLength) ?? "" };
            length += kept.Address.ToString().Length + kept.Name.Length;
            if (length > MaxPeopleLength)
            {
                break;
            }

            people.Add(kept);
        }

        return people;
    }

    private static Participant PersonOf(string value)
    {
        var tab = value.IndexOf('\t', StringComparison.Ordinal);
        return new Participant((ParticipantRole)Roles.IndexOf(value[0], StringComparison.Ordinal), AddressOf(value[1..tab]), value[(tab + 1)..]);
    }

    private static MailAddress AddressOf(string value) =>
        MailAddress.TryParse(value, out var address) ? address : throw new FormatException("An interaction's details hold no mail address.");

    private static string TextOf(DateTimeOffset at) => at.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset TimeOf(string value) => new(long.Parse(value, CultureInfo.InvariantCulture), TimeSpan.Zero);
}
