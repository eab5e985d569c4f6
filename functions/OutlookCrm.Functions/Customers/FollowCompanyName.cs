using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Tells a person's record that the company has another name.</summary>
public sealed class FollowCompanyName(CustomerChanges changes, IWorkQueue queue)
{
    [Function(nameof(FollowCompanyName))]
    public async Task RunAsync([QueueTrigger(CustomerProjection.RenameQueue)] CompanyRenamed message, CancellationToken cancellation)
    {
        try
        {
            await changes.FollowCompanyNameAsync(message.TenantId, CustomerId.Parse(message.PersonId), cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            await queue.SendAsync(
                CustomerProjection.RenameQueue, JsonSerializer.Serialize(message), ProjectCustomer.RetryAfter, cancellation);
        }
    }
}
