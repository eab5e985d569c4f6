using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>A customer's card by id.</summary>
public sealed class GetCustomer(CustomerStore customers, Caller caller)
{
    /// <summary>Another firm's customer reads as absent: an id must not reveal that it exists.</summary>
    internal const string NotFound = "No customer has this id.";

    [Function(nameof(GetCustomer)), Requires(Role.Reader)]
    [Says("A customer's card")]
    [Answers(200, typeof(CustomerCard)), Answers(304, when: "The page is as it was (HTML only)"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (!CustomerId.TryParse(id, out var customerId)
            || await customers.ReadSheetAsync(caller, customerId, kind: null, cancellation) is not { } sheet)
        {
            return Answer.NotFound(NotFound);
        }

        return Answer.Kept(sheet.Stamp, sheet.Sight, () => (sheet.ToCard(), sheet.ETag));
    }
}
