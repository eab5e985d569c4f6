using System.IO.Hashing;
using System.Net;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>What Outlook is to show of a follow-up: where, and in which words.</summary>
internal sealed class WantedReminders(FollowUpStore followUps, ReminderSettingsStore settings, CustomerStore customers)
{
    private const int MaxTitle = 255; // Outlook's

    /// <summary>Null too when the customer was erased: nothing of one is shown.</summary>
    public async Task<FollowUp?> FindAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation) =>
        await customers.FindAsync(tenantId, customer, cancellation) is null ? null : await followUps.GetAsync(tenantId, customer, id, cancellation);

    /// <summary>Where its owner wants to be reminded of it now.</summary>
    public async Task<SinkKind> KindOfAsync(Guid tenantId, FollowUp? f, CancellationToken cancellation) =>
        f is { State: FollowUpState.Open } ? (await settings.OfAsync(tenantId, f.OwnerId, cancellation)).Sink : SinkKind.None;

    public async Task<ShownText> ShownAsync(Guid tenantId, FollowUp f, SinkKind kind, CancellationToken cancellation) =>
        ShownText.Of(await TextOfAsync(tenantId, f, cancellation), kind);

    public async Task<ReminderText> TextOfAsync(Guid tenantId, FollowUp f, CancellationToken cancellation)
    {
        var name = (await customers.FindAsync(tenantId, f.Customer, cancellation))?.Name;
        var link = f.Source is { WebLink: { } given } source && source.UserId == f.OwnerId ? given : null; // it leads into one mailbox
        var html = new StringBuilder();
        html.Append("<p>").Append(WebUtility.HtmlEncode(f.Note)).Append("</p>");
        if (name is not null)
        {
            html.Append("<p>Customer: ").Append(WebUtility.HtmlEncode(name)).Append("</p>");
        }

        if (link is not null)
        {
            html.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(link)).Append(f.Source!.IsMeeting ? "\">Open the meeting" : "\">Open the mail").Append(
                f.Source?.Subject is { Length: > 0 } subject ? $": {WebUtility.HtmlEncode(subject)}" : "").Append("</a></p>");
        }

        return new ReminderText(OneLine.Of(f.Note, MaxTitle) ?? name ?? "Follow up", html.ToString(), Second(f.RemindAt), f.DueOn, link);
    }

    /// <summary>By it one text is told from another without being kept.</summary>
    public static string StampOf(ReminderText text) => Convert.ToHexString(XxHash64.Hash(Encoding.UTF8.GetBytes(text.Html)));

    /// <summary>Remembers with the follow-up where Outlook shows it; null is nowhere.</summary>
    public async Task SaySinkAsync(Guid tenantId, FollowUp? f, FollowUpSink? sink, CancellationToken cancellation)
    {
        if (f is not null && f.Sink != sink)
        {
            await followUps.SaveSinkAsync(tenantId, f.Customer, f.Id, _ => sink, cancellation);
        }
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
