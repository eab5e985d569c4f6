using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Capture;

/// <summary>
/// Anna's mailbox at Kern Licht, a mail and a meeting with a customer in it, and what is known when they are judged: both are captured.
/// Tests make others of them by <c>with</c>.
/// </summary>
internal static class Sample
{
    public static readonly MailAddress Anna = Address("anna@kern-licht.example");
    public static readonly MailAddress Ben = Address("ben@kern-licht.example");

    /// <summary>Our group: a list whose signs stand on everybody's mail.</summary>
    public static readonly MailAddress Office = Address("office@kern-licht.example");

    /// <summary>A customer who works at the hotel, which is a customer too.</summary>
    public static readonly MailAddress Kim = Address("Kim.Sommer@hotel-sonne.example");

    /// <summary>Another customer at the hotel.</summary>
    public static readonly MailAddress Lee = Address("lee@hotel-sonne.example");

    /// <summary>A customer with free mail.</summary>
    public static readonly MailAddress Pat = Address("pat.voss@gmail.com");

    /// <summary>Nobody's customer.</summary>
    public static readonly MailAddress Toni = Address("toni@architekten.example");
    public static readonly MailAddress Stranger = Address("uli@gmail.com");

    public static readonly CustomerId KimId = new(new Guid("10000000-0000-4000-8000-000000000001"));
    public static readonly CustomerId LeeId = new(new Guid("10000000-0000-4000-8000-000000000002"));
    public static readonly CustomerId PatId = new(new Guid("10000000-0000-4000-8000-000000000003"));
    public static readonly CustomerId HotelId = new(new Guid("10000000-0000-4000-8000-000000000009"));

    public static readonly DateTimeOffset At = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static readonly MailFolders Folders = new("inbox", "sent", "drafts", "junk", "deleted", "outbox");

    public static readonly CapturedMailbox Mailbox = new(
        new Guid("20000000-0000-4000-8000-000000000001"), "anna@kern-licht.example", "Anna Kern", IsShared: false, IsOn: true,
        MailboxVisibility.Shared, new DateOnly(2025, 3, 1), []);

    public static readonly byte[] Salt = [.. Enumerable.Range(1, ErasedAddresses.SaltBytes).Select(i => (byte)i)];

    public static readonly MailItem Mail = new(
        "item-1", "inbox", "<m1@hotel-sonne.example>", "conversation-1", At, At.AddSeconds(4), "Lights for the lobby", "Dear Anna, we would like",
        Named(Kim, "Kim Sommer"), Named(Kim, "Kim Sommer"), [Named(Anna, "Anna Kern")], [], [], IsDraft: false, Sensitivity.Normal, [],
        [new("Received", "from mail.hotel-sonne.example by x; Mon, 2 Mar 2026 09:30:02 +0000"), new("MIME-Version", "1.0")], "IPM.Note", []);

    /// <summary>What Anna wrote to Kim.</summary>
    public static readonly MailItem Sent = Mail with
    {
        FolderId = "sent",
        InternetMessageId = "<m2@kern-licht.example>",
        From = Named(Anna, "Anna Kern"),
        Sender = Named(Anna, "Anna Kern"),
        To = [Named(Kim, "Kim Sommer")],
        Headers = [],
    };

    public static readonly MeetingItem Meeting = new(
        "event-1", "040000008200E00074C5B7101A82E008", SeriesMasterId: null, OriginalStartAt: null, At, At.AddHours(1), IsAllDay: false,
        IsCancelled: false, IsDraft: false, MeetingResponse.Organizer, Sensitivity.Normal, [], "Lobby", "Agenda", Named(Anna, "Anna Kern"),
        [Guest(Kim), Guest(Ben)], TransactionId: null);

    public static readonly CaptureContext Context = new(
        Mailbox, Folders, FirmAt("kern-licht.example"), [], BlockedPeople.None, ExcludedThings.None, ErasedAddresses.None,
        new Dictionary<MailAddress, KnownAddress>
        {
            [Kim] = new(KimId, HotelId),
            [Lee] = new(LeeId, HotelId),
            [Pat] = new(PatId, null),
        });

    public static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException($"\"{text}\" is no address.", nameof(text));

    public static Correspondent Named(MailAddress address, string name = "") => new(address, name);

    public static Attendee Guest(MailAddress address, MeetingResponse response = MeetingResponse.Accepted) =>
        new(Named(address), IsOptional: false, IsResource: false, response);

    public static OwnFirm FirmAt(params string[] domains) => new(domains, [], []);

    public static MailItem WithHeader(this MailItem mail, string name, string value) => mail with { Headers = [.. mail.Headers, new(name, value)] };

    /// <param name="entries">Addresses or domains, as people write them.</param>
    public static CaptureContext Block(this CaptureContext context, params string[] entries)
    {
        var targets = entries.Select(text => BlockTarget.TryParse(text, out var target) ? target : throw new ArgumentException(text)).ToList();
        return context with
        {
            Blocked = new BlockedPeople(targets.Select(t => t.Address?.Key).OfType<string>(), targets.Select(t => t.Domain).OfType<string>()),
        };
    }

    public static CaptureContext Erase(this CaptureContext context, params MailAddress[] people) =>
        context with { Erased = new ErasedAddresses(Salt, people.Select(who => ErasedAddresses.Hash(Salt, who))) };
}
