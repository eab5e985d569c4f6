using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Mail;

/// <param name="WellKnownName">inbox, sentitems, …; null for a folder of the user's own.</param>
public sealed record MailFolder(string Id, string Name, string? WellKnownName);

/// <summary>One colleague's mail and calendar. Filled once at start; afterwards only "read" changes.</summary>
public sealed class Mailbox
{
    private static readonly (string Name, string WellKnownName)[] Standard =
    [
        ("Inbox", "inbox"), ("Drafts", "drafts"), ("Sent Items", "sentitems"),
        ("Archive", "archive"), ("Junk Email", "junkemail"), ("Deleted Items", "deleteditems"),
    ];

    private readonly Lock changing = new();
    private readonly List<MailFolder> folders = [];
    private readonly List<CalendarEvent> events = [];
    private readonly Dictionary<string, int> positions = [];
    private readonly Dictionary<string, CalendarEvent> eventsById = [];
    private MailboxMessage[] messages = [];
    private readonly List<MailboxMessage> arriving = [];

    public Mailbox(SampleColleague owner)
    {
        Owner = owner;
        foreach (var (name, wellKnownName) in Standard)
        {
            folders.Add(new MailFolder(MakeId("folder", wellKnownName), name, wellKnownName));
        }
    }

    public SampleColleague Owner { get; }

    public string RootFolderId => MakeId("folder", "msgfolderroot");

    public IReadOnlyList<MailFolder> Folders => folders;

    public IReadOnlyList<CalendarEvent> Events => events;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<MailboxMessage> Messages => Volatile.Read(ref messages);

    public MailFolder? FindFolder(string idOrWellKnownName) => folders.Find(folder =>
        folder.Id == idOrWellKnownName || string.Equals(folder.WellKnownName, idOrWellKnownName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The folder of that well-known or display name, made when it is missing.</summary>
    public MailFolder Folder(string name)
    {
        var found = FindFolder(name) ?? folders.Find(folder => string.Equals(folder.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            found = new MailFolder(MakeId("folder", name), name, null);
            folders.Add(found);
        }

        return found;
    }

    public MailboxMessage? FindMessage(string id) => positions.TryGetValue(id, out var position) ? messages[position] : null;

    public CalendarEvent? FindEvent(string id) => eventsById.GetValueOrDefault(id);

    /// <summary>Puts a letter into a folder; it shows after <see cref="Settle"/>.</summary>
    public void Add(Letter letter, string folder, bool isRead)
    {
        var folderId = Folder(folder).Id;
        arriving.Add(new MailboxMessage(
            MakeId("message", folderId + letter.InternetMessageId), MakeId("immutable", letter.InternetMessageId), folderId,
            letter, letter.SentAt.AddSeconds(3), isRead));
    }

    /// <summary>False when this meeting is in the calendar already.</summary>
    /// <param name="occurrence">Tells the occurrences of a series apart; empty for a single meeting or a series itself.</param>
    public bool Add(Meeting meeting, string occurrence = "")
    {
        var kept = new CalendarEvent(
            MakeId("event", meeting.ICalUid + occurrence), MakeId("immutable event", meeting.ICalUid + occurrence),
            meeting.Series is { IsMaster: false } ? MakeId("event", meeting.ICalUid) : null, meeting);
        if (!eventsById.TryAdd(kept.Id, kept))
        {
            return false;
        }

        eventsById[kept.ImmutableId] = kept;
        events.Add(kept);
        return true;
    }

    /// <summary>Sorts what was added and lets it be found. A letter that is in the folder already is not there twice.</summary>
    public void Settle()
    {
        lock (changing)
        {
            var sorted = messages.Concat(arriving).DistinctBy(message => message.Id)
                .OrderByDescending(message => message.ReceivedAt).ThenBy(message => message.Id, StringComparer.Ordinal).ToArray();
            arriving.Clear();
            for (var i = 0; i < sorted.Length; i++)
            {
                positions[sorted[i].Id] = i;
                positions[sorted[i].ImmutableId] = i;
            }

            Volatile.Write(ref messages, sorted);
            events.Sort((a, b) => a.Meeting.StartAt.CompareTo(b.Meeting.StartAt));
        }
    }

    /// <summary>The message as it is then; null when there is none of that id.</summary>
    public MailboxMessage? MarkRead(string id, bool isRead)
    {
        lock (changing)
        {
            if (!positions.TryGetValue(id, out var position))
            {
                return null;
            }

            return messages[position] = messages[position] with { IsRead = isRead };
        }
    }

    // The same at every start, so that links and caches stay good; the prefix is how Outlook's own ids begin.
    private string MakeId(string kind, string what)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Owner.Id}/{kind}/{what}"));
        return $"AAMkAG{Base64UrlEncoder.Encode(hash)}=";
    }
}

/// <summary>Everybody's mailbox.</summary>
public sealed class Mailboxes
{
    private readonly IReadOnlyList<Mailbox> all = [.. SampleFirm.Colleagues.Select(colleague => new Mailbox(colleague))];

    public IReadOnlyList<Mailbox> All => all;

    public Mailbox Of(SampleColleague colleague) => all.First(mailbox => mailbox.Owner == colleague);
}
