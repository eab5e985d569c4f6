using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>What was read of a mailbox and is judged and recorded together. Of two readings of one thing the later one counts.</summary>
internal sealed class CaptureBatch
{
    private readonly Dictionary<string, MailItem> mails = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MailItem> junk = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MeetingItem> meetings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoggedMeeting> gone = new(StringComparer.Ordinal);
    private readonly List<SkippedItem> unreadable = [];

    public IReadOnlyCollection<MailItem> Mails => mails.Values;

    /// <summary>Moved to Junk: what of it is on timelines goes.</summary>
    public IReadOnlyCollection<MailItem> Junk => junk.Values;

    public IReadOnlyCollection<MeetingItem> Meetings => meetings.Values;

    /// <summary>Meetings that are on timelines and in the calendar no more.</summary>
    public IReadOnlyCollection<LoggedMeeting> Gone => gone.Values;

    public IReadOnlyList<SkippedItem> Unreadable => unreadable;

    public int Count => mails.Count + junk.Count + meetings.Count + gone.Count + unreadable.Count;

    public void Add(MailItem mail) => mails[mail.ItemId] = mail;

    public void AddJunk(MailItem mail) => junk[mail.ItemId] = mail;

    public void Add(MeetingItem meeting)
    {
        meetings[meeting.ItemId] = meeting;
        gone.Remove(meeting.ItemId);
    }

    public void AddGone(LoggedMeeting meeting)
    {
        gone[meeting.ItemId] = meeting;
        meetings.Remove(meeting.ItemId);
    }

    public void AddUnreadable(string itemId, bool isMeeting) =>
        unreadable.Add(new SkippedItem(itemId, isMeeting, At: null, IgnoreReason.Unreadable, Address: null));
}
