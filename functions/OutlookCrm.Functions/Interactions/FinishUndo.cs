using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;

namespace OutlookCrm.Interactions;

/// <summary>Finishes an undo, or that a mail needs no answer, or the taking back of one, that was broken off.</summary>
public sealed class FinishUndo(Undoing undoing, NoAnswerNeeded noAnswer)
{
    [Function(nameof(FinishUndo))]
    public Task RunAsync([QueueTrigger(Undoing.Queue)] UndoWork work, CancellationToken cancellation) =>
        work is { CustomerId: { } customer, MailId: { } mail }
            ? noAnswer.LookAsync(work.TenantId, CustomerId.Parse(customer), mail, cancellation)
            : undoing.LookAsync(work, cancellation);
}
