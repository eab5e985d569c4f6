namespace OutlookCrm.FollowUps;

/// <summary>Shows follow-ups where their owner is reminded.</summary>
public interface IReminders
{
    /// <summary>
    /// Makes Outlook show this follow-up as it is: in its owner's mailbox while it is open, and in nobody's afterwards. May be called
    /// again for what is shown already, and beside itself; what it wrote it remembers with <see cref="FollowUpStore.SaveSinkAsync"/>.
    /// </summary>
    /// <returns>False when it could not be and is tried again: a message for that is on its way.</returns>
    Task<bool> ProjectAsync(Guid tenantId, FollowUp followUp, CancellationToken cancellation);
}
