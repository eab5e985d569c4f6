using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Search;

/// <summary>Type-ahead: who begins with what was typed.</summary>
public sealed class SearchCustomers(SearchIndex index, Caller caller)
{
    [Function(nameof(SearchCustomers)), Requires(Role.Reader)]
    [Query("q", Required = true, MaxLength = 100, Says = "Beginnings of words of a name, a company or an address")]
    [Says("Customers who have each of the words, whole words first, then by name; at most 20")]
    [Answers(200, typeof(SearchResults))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "search")] HttpRequest request, CancellationToken cancellation)
    {
        return Answer.Ok(await index.FindAsync(caller.TenantId, request.QueryText("q")!, cancellation));
    }
}
