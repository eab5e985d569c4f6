namespace OutlookCrm.Sandbox.Issuer;

/// <summary>The product's app registration, as the firm's administrator sees it: what the app was granted.</summary>
public sealed class AppRegistration
{
    /// <summary>What the product can be deployed with: everything, also what it asks for only when it is wanted.</summary>
    public static readonly IReadOnlyList<string> AskedFor = ["Calendars.ReadWrite", "Domain.Read.All", "Mail.Read", "Mail.ReadWrite", "Tasks.ReadWrite.All"];

    private volatile IReadOnlyList<string> roles = AskedFor;
    private volatile IReadOnlyList<string>? mailboxes;

    /// <summary>Application permissions on Graph that an administrator consented to. A token has those of the moment it was made.</summary>
    public IReadOnlyList<string> Roles
    {
        get => roles;
        set => roles = value;
    }

    /// <summary>Addresses of the mailboxes that the app is limited to; null for all.</summary>
    public IReadOnlyList<string>? Mailboxes
    {
        get => mailboxes;
        set => mailboxes = value;
    }

    internal bool MayOpen(string mailbox) => mailboxes?.Contains(mailbox, StringComparer.OrdinalIgnoreCase) != false;
}
