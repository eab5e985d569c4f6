using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Privacy;

/// <summary>Says what <see cref="EraseCustomer"/> would take away.</summary>
public sealed class PreviewErasure(ErasurePreviews previews, Caller caller)
{
    [Function(nameof(PreviewErasure)), Requires(Role.Owner)]
    [Says("What erasing a customer would take away")]
    [Answers(200, typeof(ErasurePreview)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/erasure")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer) && await previews.OfAsync(caller, customer, cancellation) is { } preview
            ? Answer.Ok(preview)
            : Answer.NotFound(GetCustomer.NotFound);
}
