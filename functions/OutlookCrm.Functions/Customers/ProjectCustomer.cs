using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Customers;

/// <summary>Finishes a change of a customer that its sender did not finish.</summary>
public sealed class ProjectCustomer(CustomerChanges changes)
{
    [Function(nameof(ProjectCustomer))]
    public Task RunAsync([QueueTrigger(CustomerChanges.Queue)] ChangeMessage message, CancellationToken cancellation) =>
        changes.SettleAsync(message, cancellation);
}
