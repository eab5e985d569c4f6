using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Deploy;

/// <summary>A place in Outlook where the button stands.</summary>
/// <param name="Name">As in the ids of groups and buttons.</param>
/// <param name="Xml">Its extension point in the XML manifest.</param>
/// <param name="Json">Its context in the unified manifest.</param>
/// <param name="Tip">What the button does there; at most 250 characters.</param>
/// <param name="CanPin">Whether Outlook lets the pane stay open there. It does so beside mail only.</param>
internal sealed record Surface(string Name, string Xml, string Json, string Tip, bool CanPin);

/// <summary>What both manifests say of the add-in. Lengths are those that Outlook shows or its schemas allow.</summary>
internal sealed record AddinDescription(Origin Origin, Guid? ClientId)
{
    /// <summary>Goes up whenever a manifest changes: Outlook takes a new one only by a higher number.</summary>
    public const string Version = "1.1.0";

    public const string Name = "Outlook CRM";

    public const string Maker = "Outlook CRM";

    public const string Button = "Customer";

    public const string ShortDescription = "Shows the customer behind the open mail, and keeps what you agree.";

    public const string LongDescription =
        "Open a mail or a meeting, or write one: beside it stands who this is, what was said and promised, what they bought, and what is to do next. "
        + "Records lie in the firm's own Azure subscription.";

    /// <summary>Everything newer is looked for by the pane itself.</summary>
    public const string MailboxSet = "1.5";

    public const string Language = "en-US";

    public const string Accent = "#0F6CBD";

    public static readonly IReadOnlyList<Surface> Surfaces =
    [
        new("read", "MessageReadCommandSurface", "mailRead", "Shows the customer behind the open mail.", CanPin: true),
        new("compose", "MessageComposeCommandSurface", "mailCompose", "Shows the customer to whom you write.", CanPin: true),
        new("organizer", "AppointmentOrganizerCommandSurface", "meetingDetailsOrganizer", "Shows the customer whom you invite.", CanPin: false),
        new("attendee", "AppointmentAttendeeCommandSurface", "meetingDetailsAttendee", "Shows the customer behind the meeting.", CanPin: false),
    ];

    /// <summary>Icons of a button, in pixels.</summary>
    public static readonly IReadOnlyList<int> ButtonSizes = [16, 32, 80];

    /// <summary>Icons on telephones, in points; each is drawn once, twice and three times as fine.</summary>
    public static readonly IReadOnlyList<int> MobileSizes = [25, 32, 48];

    public string PaneUrl => At("taskpane.html");

    public string AboutUrl => At("about.html");

    /// <param name="pixels">One of those that drawIcons.mjs draws.</param>
    public string IconUrl(int pixels) => At($"icon-{pixels}.png");

    /// <summary>
    /// Always the same for one origin, and another for each: a second deployment beside the first is another add-in, and so is each of the two
    /// manifests, which Outlook wants told apart.
    /// </summary>
    public Guid Id(string kind) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {Origin}")).AsSpan(0, 16));

    private string At(string file) => $"{Origin}/api/pane/{file}";
}
