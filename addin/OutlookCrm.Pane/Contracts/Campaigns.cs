namespace OutlookCrm.Pane;

/// <summary>Of a list of customers: who may be written to, and who may not and why, as things are now.</summary>
/// <param name="List">As in <see cref="FigureList"/>.</param>
/// <param name="Without">A product: whoever has it is left out; null for none.</param>
/// <param name="Total">Customers in the whole list.</param>
/// <param name="Customers">Of this page, without those who are gone.</param>
/// <param name="Next">For the query parameter <c>page</c>; null on the last page.</param>
public sealed record CampaignAudience(
    string List, string Title, string? Without, int Total, IReadOnlyList<AudienceMember> Customers, int? Next = null);

/// <summary>Of a list of customers: the addresses of all who may be written to, in the list's order, each once.</summary>
/// <param name="Total">Customers in the whole list.</param>
/// <param name="Judged">How many of them were looked at, from the first: at most 2,000.</param>
public sealed record CampaignAddresses(string List, string Title, string? Without, int Total, int Judged, IReadOnlyList<CampaignAddress> Addresses);

public sealed record CampaignAddress(string Name, string Address);

/// <param name="Address">The one that is shown first; null when none is known.</param>
/// <param name="LeftOut">Empty for whoever may be written to.</param>
public sealed record AudienceMember(string Id, string Name, string? Address, IReadOnlyList<LeftOut> LeftOut);

/// <param name="On">When they complained, or for when we promised something.</param>
/// <param name="Mails">From us in thirty days.</param>
public sealed record LeftOut(LeftOutReason Reason, DateOnly? On = null, int? Mails = null);

public enum LeftOutReason
{
    /// <summary>They asked us not to send campaigns.</summary>
    AskedNotTo,

    NoAddress,

    /// <summary>They like to be reached by phone or in a meeting.</summary>
    PrefersNoMail,

    /// <summary>A bad answer within 90 days.</summary>
    Complained,

    /// <summary>We promised them something, and are late.</summary>
    PromiseOverdue,

    /// <summary>Five or more mails from us within 30 days.</summary>
    ManyMails,

    /// <summary>They, or the organisation they work for, have the product.</summary>
    HasIt,
}
