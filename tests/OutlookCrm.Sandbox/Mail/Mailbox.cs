using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>
/// One colleague's mail; their meetings are in <see cref="Calendar"/>, their tasks in <see cref="Tasks"/>. Whatever changes is counted and kept in
/// a log for each folder, so that "what happened since" costs as much as happened. Safe to use from many threads at once: a reader sees whole changes only.
/// </summary>
public sealed class Mailbox
{
    private static readonly (string Name, string WellKnownName)[] Standard =
    [
        ("Inbox", "inbox"), ("Drafts", "drafts"), ("Sent Items", "sentitems"), ("Archive", "archive"), ("Junk Email", "junkemail"),
        ("Deleted Items", "deleteditems"), ("Outbox", "outbox"),
    ];

    private readonly Lock changing = new();
    private readonly List<MailFolder> folders = [];
    private readonly List<MailboxMessage?> messages = []; // by number; null for one that is gone
    private readonly ItemIndex all = new();
    private readonly Dictionary<string, int> numbers = []; // of both ids; -1 for an id that a message once had
    private readonly Dictionary<string, List<int>> byInternetMessageId = [];
    private readonly Dictionary<string, List<int>> byAddress = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> conversations = [];
    private long version;

    public Mailbox(SampleColleague owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        Owner = owner;
        RootFolderId = MakeId("folder", "msgfolderroot");
        Calendar = new Calendar(this);
        Tasks = new TaskLists(this);
        foreach (var (name, wellKnownName) in Standard)
        {
            folders.Add(new MailFolder(MakeId("folder", wellKnownName), name, wellKnownName, RootFolderId));
        }
    }

    public SampleColleague Owner { get; }

    public Calendar Calendar { get; }

    public TaskLists Tasks { get; }

    public string RootFolderId { get; }

    public IReadOnlyList<MailFolder> Folders
    {
        get
        {
            lock (changing)
            {
                return [.. folders];
            }
        }
    }

    /// <summary>All of them, newest first: a copy.</summary>
    public IReadOnlyList<MailboxMessage> Messages => Read(new MailQuery()).Messages;

    /// <summary>Told of every change, in order, while the mailbox is held: must be quick and must not come back here.</summary>
    internal Action<Mailbox, ItemChange>? Changed { get; set; }

    internal long Version
    {
        get
        {
            lock (changing)
            {
                return version;
            }
        }
    }

    public MailFolder? FindFolder(string idOrWellKnownName)
    {
        lock (changing)
        {
            return Find(idOrWellKnownName);
        }
    }

    /// <summary>The folder of that well-known or display name, made at the top when it is missing.</summary>
    public MailFolder Folder(string name)
    {
        lock (changing)
        {
            return Find(name) ?? folders.Find(folder => Same(folder.Name, name)) ?? Make(name, RootFolderId);
        }
    }

    /// <summary>Null when the parent has a folder of that name.</summary>
    public MailFolder? AddFolder(string name, string parentId)
    {
        lock (changing)
        {
            return folders.Exists(folder => folder.ParentId == parentId && Same(folder.Name, name)) ? null : Make(name, parentId);
        }
    }

    public MailboxMessage? FindMessage(string id)
    {
        lock (changing)
        {
            return Current(id);
        }
    }

    /// <summary>A letter may lie in several folders.</summary>
    public IReadOnlyList<MailboxMessage> FindByInternetMessageId(string internetMessageId)
    {
        lock (changing)
        {
            return byInternetMessageId.TryGetValue(internetMessageId, out var found) ? Present(found) : [];
        }
    }

    /// <summary>Puts a letter into a folder, which is made when it is missing, at the time it was sent.</summary>
    public MailboxMessage Add(Letter letter, string folder, bool isRead)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var place = Folder(folder);
        return Add(letter, place, place.WellKnownName is "sentitems" or "drafts" ? letter.SentAt : Later(letter.SentAt), isRead);
    }

    public MailboxMessage Add(Letter letter, MailFolder folder, DateTimeOffset receivedAt, bool isRead)
    {
        ArgumentNullException.ThrowIfNull(letter);
        ArgumentNullException.ThrowIfNull(folder);
        lock (changing)
        {
            return Put(letter, folder, receivedAt, isRead, receivedAt);
        }
    }

    /// <summary>Another message with the same letter; null when there is none of that id.</summary>
    public MailboxMessage? Copy(string id, MailFolder folder, DateTimeOffset at)
    {
        lock (changing)
        {
            return Current(id) is { } message ? Put(message.Letter, folder, message.ReceivedAt, message.IsRead, at, message) : null;
        }
    }

    /// <summary>
    /// Changes a message, its folder and its time of arrival included; with a new folder comes a new id. Null when there is none of that id.
    /// </summary>
    public MailboxMessage? Change(string id, DateTimeOffset at, Func<MailboxMessage, MailboxMessage> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (changing)
        {
            if (Current(id) is not { } before)
            {
                return null;
            }

            var wanted = change(before);
            if (wanted == before)
            {
                return before;
            }

            var isMove = wanted.Folder != before.Folder;
            var after = wanted with
            {
                Id = isMove ? NewId("message", $"{wanted.Folder.Id}{before.ImmutableId}") : before.Id,
                Number = before.Number,
                ModifiedAt = at,
                Version = ++version,
                ArrivedVersion = isMove ? version : before.ArrivedVersion,
            };
            TakeOut(before, isMove ? Departure.Moved : Departure.None);
            if (isMove)
            {
                numbers[before.Id] = -1;
            }

            PutIn(after);
            if (isMove)
            {
                Tell(before, ChangeKind.Deleted, isMove);
            }

            Tell(after, isMove ? ChangeKind.Created : ChangeKind.Updated, isMove);
            if (after.Letter != before.Letter)
            {
                Register(after);
            }

            return after;
        }
    }

    public MailboxMessage? Move(string id, MailFolder folder, DateTimeOffset at) => Change(id, at, message => message with { Folder = folder });

    /// <summary>As the delete key does: to the deleted items, and from there for good. False when there is none of that id.</summary>
    public bool Delete(string id, DateTimeOffset at)
    {
        lock (changing)
        {
            return Current(id) is { } message
                && (message.Folder.WellKnownName == "deleteditems" ? DeleteForGood(id) : Move(id, Find("deleteditems")!, at) is not null);
        }
    }

    /// <summary>False when there is none of that id.</summary>
    public bool DeleteForGood(string id)
    {
        lock (changing)
        {
            if (Current(id) is not { } message)
            {
                return false;
            }

            version++;
            TakeOut(message, Departure.Deleted);
            messages[message.Number] = null;
            numbers[message.Id] = numbers[message.ImmutableId] = -1;
            Tell(message, ChangeKind.Deleted, isMove: false);
            return true;
        }
    }

    internal (int Total, int Unread, int Folders) Count(MailFolder folder)
    {
        lock (changing)
        {
            return (folder.Index.Count, folder.Unread, folders.Count(other => other.ParentId == folder.Id));
        }
    }

    internal MailSlice Read(MailQuery query)
    {
        lock (changing)
        {
            var index = query.Folder?.Index ?? all;
            var (first, end) = Bounds(index, query);
            var found = new List<MailboxMessage>(query.Test is null ? Math.Clamp(end - first - query.Skip, 0, query.Take) : 16);
            var skip = query.Skip;
            if (query.Test is null)
            {
                // Where nothing is tested, what is skipped need not be looked at.
                (first, end) = query.NewestFirst ? (first, Math.Max(first, end - skip)) : (Math.Min(end, first + skip), end);
                skip = 0;
            }

            for (var i = 0; i < end - first; i++)
            {
                var message = messages[index[query.NewestFirst ? end - 1 - i : first + i].Number]!;
                if (query.Test?.Invoke(message) == false || skip-- > 0)
                {
                    continue;
                }

                if (found.Count == query.Take)
                {
                    return new MailSlice(found, HasMore: true);
                }

                found.Add(message);
            }

            return new MailSlice(found, HasMore: false);
        }
    }

    internal int Count(MailQuery query)
    {
        lock (changing)
        {
            var index = query.Folder?.Index ?? all;
            var (first, end) = Bounds(index, query with { After = null });
            if (query.Test is null)
            {
                return end - first;
            }

            var count = 0;
            for (var i = first; i < end; i++)
            {
                count += query.Test(messages[index[i].Number]!) ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>What happened in a folder after a version, each message once and as it is now.</summary>
    /// <param name="test">Which of it matters; null for all.</param>
    internal FolderSlice ReadChanges(MailFolder folder, long since, int take, Func<FolderChange, bool>? test)
    {
        lock (changing)
        {
            var found = new List<FolderChange>();
            var changes = CollectionsMarshal.AsSpan(folder.Changes);
            for (var i = FirstAfter(changes, since); i < changes.Length; i++)
            {
                if (IsOutdated(folder, changes[i]) || test?.Invoke(changes[i]) == false)
                {
                    continue;
                }

                if (found.Count == take)
                {
                    return new FolderSlice(found, found[^1].Version, HasMore: true);
                }

                found.Add(changes[i]);
            }

            return new FolderSlice(found, version, HasMore: false);
        }
    }

    /// <summary>Messages that an address, or one that begins so, takes part in; the last sent first.</summary>
    internal List<MailboxMessage> FindByParticipant(string address)
    {
        lock (changing)
        {
            var found = new HashSet<int>();
            foreach (var (known, theirs) in byAddress)
            {
                if (known.StartsWith(address, StringComparison.OrdinalIgnoreCase))
                {
                    found.UnionWith(theirs);
                }
            }

            return
            [
                .. Present(found)
                    .Where(message => message.Letter.Participants().Any(who => who.Address.StartsWith(address, StringComparison.OrdinalIgnoreCase)))
                    .OrderByDescending(message => message.Letter.SentAt).ThenBy(message => message.Number),
            ];
        }
    }

    // The same at every start, so that links and caches stay good; the prefix is how Outlook's own ids begin.
    internal string MakeId(string kind, string what)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Owner.Id}/{kind}/{what}"), hash);
        return $"AAMkAG{Base64UrlEncoder.Encode(hash.ToArray())}=";
    }

    // A mail is a moment on its way; but time ends in the year 9999.
    private static DateTimeOffset Later(DateTimeOffset sentAt) =>
        sentAt < DateTimeOffset.MaxValue - TimeSpan.FromSeconds(3) ? sentAt.AddSeconds(3) : sentAt;

    private static bool Same(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static (int First, int End) Bounds(ItemIndex index, MailQuery query)
    {
        var first = query.FromTicks == long.MinValue ? 0 : index.FirstFrom(query.FromTicks);
        var end = query.BeforeTicks == long.MaxValue ? index.Count : index.FirstFrom(query.BeforeTicks);
        if (query.After is { } after)
        {
            var at = index.FirstFrom(after);
            (first, end) = query.NewestFirst
                ? (first, Math.Min(end, at))
                : (Math.Max(first, at < index.Count && index[at] == after ? at + 1 : at), end);
        }

        return (first, Math.Max(first, end));
    }

    private static int FirstAfter(ReadOnlySpan<FolderChange> changes, long since)
    {
        var (low, high) = (0, changes.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = changes[middle].Version <= since ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // Something later in the log says how it is now.
    private bool IsOutdated(MailFolder folder, FolderChange change) =>
        messages[change.Message.Number] is { } now && now.Folder == folder
            ? change.Departure != Departure.None || !ReferenceEquals(now, change.Message)
            : change.Departure == Departure.None;

    private MailFolder? Find(string idOrWellKnownName) =>
        folders.Find(folder => folder.Id == idOrWellKnownName || Same(folder.WellKnownName, idOrWellKnownName));

    private MailFolder Make(string name, string parentId)
    {
        var folder = new MailFolder(MakeId("folder", parentId == RootFolderId ? name : $"{parentId}/{name}"), name, null, parentId);
        folders.Add(folder);
        return folder;
    }

    private MailboxMessage? Current(string id) => numbers.TryGetValue(id, out var number) && number >= 0 ? messages[number] : null;

    private List<MailboxMessage> Present(IEnumerable<int> found) =>
        [.. found.Select(number => messages[number]).OfType<MailboxMessage>()];

    private MailboxMessage Put(
        Letter letter, MailFolder folder, DateTimeOffset receivedAt, bool isRead, DateTimeOffset at, MailboxMessage? original = null)
    {
        var message = new MailboxMessage(
            NewId("message", folder.Id + letter.InternetMessageId), NewId("immutable", letter.InternetMessageId), folder,
            ConversationOf(letter), letter, receivedAt, isRead)
        {
            Number = messages.Count,
            IsDraft = original?.IsDraft ?? folder.WellKnownName == "drafts",
            HasHeaders = original?.HasHeaders ?? folder.WellKnownName is not ("sentitems" or "drafts" or "outbox"),
            Categories = original?.Categories ?? [],
            Flag = original?.Flag ?? FollowUpFlag.None,
            CreatedAt = at,
            ModifiedAt = at,
            Version = ++version,
            ArrivedVersion = version,
        };
        messages.Add(message);
        numbers[message.ImmutableId] = message.Number;
        PutIn(message);
        Register(message);
        Tell(message, ChangeKind.Created, isMove: false);
        return message;
    }

    private void PutIn(MailboxMessage message)
    {
        var position = new ItemPosition(message.ReceivedAt.UtcTicks, message.Number);
        messages[message.Number] = message;
        numbers[message.Id] = message.Number;
        all.Add(position);
        message.Folder.Index.Add(position);
        message.Folder.Unread += message.IsRead ? 0 : 1;
        message.Folder.Changes.Add(new FolderChange(message.Version, message, Departure.None));
    }

    private void TakeOut(MailboxMessage message, Departure departure)
    {
        var position = new ItemPosition(message.ReceivedAt.UtcTicks, message.Number);
        all.Remove(position);
        message.Folder.Index.Remove(position);
        message.Folder.Unread -= message.IsRead ? 0 : 1;
        if (departure != Departure.None)
        {
            message.Folder.Changes.Add(new FolderChange(version, message, departure));
        }
    }

    // What a letter may be found by. A draft that names somebody else stays under the old name too: who searches looks again.
    private void Register(MailboxMessage message)
    {
        Under(byInternetMessageId, message.Letter.InternetMessageId, message.Number);
        foreach (var who in message.Letter.Participants())
        {
            Under(byAddress, who.Address, message.Number);
        }
    }

    private static void Under(Dictionary<string, List<int>> index, string key, int number)
    {
        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(index, key, out _);
        found ??= new List<int>(1);
        if (found.Count == 0 || found[^1] != number)
        {
            found.Add(number);
        }
    }

    private string ConversationOf(Letter letter)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(conversations, letter.Thread, out _);
        return id ??= $"AAQkAG{MakeId("conversation", letter.Thread)["AAMkAG".Length..]}";
    }

    private string NewId(string kind, string what)
    {
        var id = MakeId(kind, what);
        for (var again = 2; numbers.ContainsKey(id); again++)
        {
            id = MakeId(kind, $"{what} {again}");
        }

        return id;
    }

    private void Tell(MailboxMessage message, ChangeKind kind, bool isMove) =>
        Changed?.Invoke(this, new ItemChange(ItemKind.Message, kind, isMove, message.Folder, message.Id, message.ImmutableId, message.Version));
}

/// <summary>What happened to one item of a mailbox.</summary>
/// <param name="IsMove">The other half of it is told of the other folder.</param>
/// <param name="Folder">Null for an event.</param>
internal sealed record ItemChange(
    ItemKind Item, ChangeKind Kind, bool IsMove, MailFolder? Folder, string Id, string ImmutableId, long Version);

internal enum ItemKind
{
    Message,
    Event,
}

internal enum ChangeKind
{
    Created,
    Updated,
    Deleted,
}

/// <summary>Everybody's mailbox.</summary>
public sealed class Mailboxes
{
    private readonly IReadOnlyList<Mailbox> all = [.. SampleFirm.Colleagues.Select(colleague => new Mailbox(colleague))];

    public IReadOnlyList<Mailbox> All => all;

    public Mailbox Of(SampleColleague colleague) => all.First(mailbox => mailbox.Owner == colleague);

    /// <summary>The colleague's who has this address; null when nobody of us has.</summary>
    public Mailbox? FindByAddress(string address) => SampleFirm.FindColleague(address) is { } colleague ? Of(colleague) : null;
}
