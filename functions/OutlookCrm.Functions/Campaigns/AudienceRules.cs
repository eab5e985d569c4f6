using OutlookCrm.Pane;

namespace OutlookCrm.Campaigns;

/// <summary>What is known of a customer to whom a campaign might go.</summary>
/// <param name="ComplainedOn">The newest bad answer; null for none.</param>
/// <param name="PromisedOn">The earliest day for which we promised something that is open and overdue; null for none.</param>
/// <param name="MailsLately">From us, in the last <see cref="AudienceRules.Days"/> days.</param>
/// <param name="HasProduct">They, or the organisation they work for, bought what the campaign offers.</param>
public sealed record AudienceFacts(
    bool NoCampaigns, bool HasAddress, ContactChannel? ContactBy, DateOnly? ComplainedOn, DateOnly? PromisedOn, int MailsLately, bool HasProduct);

/// <summary>Whom a campaign must not bother. Looks at nothing but its arguments.</summary>
public static class AudienceRules
{
    /// <summary>So long mails from us count.</summary>
    public const int Days = 30;

    /// <summary>So many in that time are enough.</summary>
    public const int TooManyMails = 5;

    /// <summary>So long after a complaint nobody is offered anything.</summary>
    public const int ComplaintDays = 90;

    /// <summary>Every reason to leave the customer out; empty when there is none.</summary>
    public static IReadOnlyList<LeftOut> Reasons(AudienceFacts facts, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var reasons = new List<LeftOut>();
        Add(facts.NoCampaigns, new LeftOut(LeftOutReason.AskedNotTo));
        Add(!facts.HasAddress, new LeftOut(LeftOutReason.NoAddress));
        Add(facts.ContactBy is ContactChannel.Phone or ContactChannel.Meeting, new LeftOut(LeftOutReason.PrefersNoMail));
        Add(facts.ComplainedOn > today.AddDays(-ComplaintDays), new LeftOut(LeftOutReason.Complained, facts.ComplainedOn));
        Add(facts.PromisedOn is not null, new LeftOut(LeftOutReason.PromiseOverdue, facts.PromisedOn));
        Add(facts.MailsLately >= TooManyMails, new LeftOut(LeftOutReason.ManyMails, Mails: facts.MailsLately));
        Add(facts.HasProduct, new LeftOut(LeftOutReason.HasIt));
        return reasons;

        void Add(bool holds, LeftOut reason)
        {
            if (holds)
            {
                reasons.Add(reason);
            }
        }
    }
}
