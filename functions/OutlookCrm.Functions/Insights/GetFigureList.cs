using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Insights;

/// <summary>The list that a figure rests on, a page at a time: one row, and the names of those on it as they are now.</summary>
public sealed class GetFigureList(InsightsStore insights, CustomerStore customers, Caller caller)
{
    internal const string NotFound = "There is no such list, or nobody is in it.";

    [Function(nameof(GetFigureList)), Requires(Role.Reader)]
    [Says("The customers on whom a figure of the Insights page rests")]
    [Query("page", Min = 1, Max = 99_999, Says = "The field next of the page before")]
    [Answers(200, typeof(FigureList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "insights/lists/{list}")] HttpRequest request,
        string list,
        CancellationToken cancellation)
    {
        if (!FigureLists.IsName(list)
            || await insights.ReadListAsync(caller.TenantId, list, request.QueryNumber("page") ?? 1, cancellation) is not { } page)
        {
            return Answer.NotFound(NotFound);
        }

        var found = await Task.WhenAll(page.Customers.Select(one => customers.FindAsync(caller.TenantId, CustomerId.Parse(one.Id), cancellation)));
        return Answer.Ok(page with
        {
            Customers = [.. page.Customers.Zip(found).Where(pair => pair.Second is not null).Select(pair => pair.First with { Name = pair.Second!.Name })],
        });
    }
}
