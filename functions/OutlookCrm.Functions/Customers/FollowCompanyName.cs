using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Customers;

/// <summary>Tells a person's record that the company has another name.</summary>
public sealed class FollowCompanyName(CustomerChanges changes)
{
    [Function(nameof(FollowCompanyName))]
    public Task RunAsync([QueueTrigger(CustomerProjection.RenameQueue)] CompanyRenamed message, CancellationToken cancellation) =>
        changes.FollowCompanyNameAsync(message.TenantId, CustomerId.Parse(message.PersonId), cancellation);
}
