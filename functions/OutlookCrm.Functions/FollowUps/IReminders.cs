using OutlookCrm.Customers;

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

    /// <summary>The customer was erased: takes away what shows this follow-up, as soon as Outlook lets it. May be called again.</summary>
    /// <param name="userId">Who was reminded.</param>
    Task RemoveAsync(Guid tenantId, Guid userId, CustomerId customer, Guid id, CancellationToken cancellation);
}
