using OutlookCrm.Graph;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>How a mailbox is doing. Looks at nothing but its arguments.</summary>
internal static class MailboxHealths
{
    /// <summary>So many rounds may fail or be late before that is called trouble.</summary>
    public const int MaxRounds = 3;

    /// <summary>While Outlook tells of new mail a mailbox is looked at every quarter of an hour besides, see <see cref="SweepMailboxes"/>.</summary>
    public static readonly TimeSpan MaxQuiet = TimeSpan.FromMinutes(20);

    /// <param name="poll">How often a mailbox is looked at of which nobody tells.</param>
    /// <param name="isConnected">Whether anything says how to reach Microsoft 365.</param>
    public static MailboxCondition Judge(MailboxRow mailbox, MailboxStatus status, DateTimeOffset now, TimeSpan poll, bool isConnected)
    {
        if (mailbox.IsOffForFirm)
        {
            return MailboxCondition.OffForFirm;
        }

        if (!mailbox.IsOn)
        {
            return MailboxCondition.Off;
        }

        if (status.Trouble == GraphTrouble.Reconnect)
        {
            return Refusal(status.TroubleCode);
        }

        // An old success says nothing of today, whatever else the status says.
        var patience = status.IsNotified && status.SubscriptionExpiresAt > now && MaxQuiet > MaxRounds * poll ? MaxQuiet : MaxRounds * poll;
        var last = status.LastSuccessAt ?? mailbox.AddedAt ?? DateTimeOffset.MinValue;
        var isLate = now - last > patience || last.IsOfAnotherClock(now);
        return !isConnected && (isLate || status.LastSuccessAt is null) ? MailboxCondition.NotConnected
            : isLate ? status.Trouble is null ? MailboxCondition.Behind : MailboxCondition.Busy
            : status.LastSuccessAt is null ? MailboxCondition.Waiting
            : MailboxCondition.Good;
    }

    // What Graph and Exchange say: see GraphTroubles.
    private static MailboxCondition Refusal(string? code) => code switch
    {
        not null when GraphTroubles.IsMissing(code) => MailboxCondition.Missing,
        "InvalidAuthenticationToken" or "AuthenticationError" or "OrganizationFromTenantGuidNotFound" or "OrganizationNotFound" or "Http401" =>
            MailboxCondition.SignInRefused,
        _ when code?.StartsWith("AADSTS", StringComparison.OrdinalIgnoreCase) is true => MailboxCondition.SignInRefused,
        _ => MailboxCondition.Refused,
    };
}
