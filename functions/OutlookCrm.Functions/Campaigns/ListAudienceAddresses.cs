using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Pane;

namespace OutlookCrm.Campaigns;

/// <summary>The addresses of all of a list who may be written to, for one file.</summary>
public sealed class ListAudienceAddresses(InsightsStore insights, Audience audience, Caller caller)
{
    /// <summary>2,000 customers: a few seconds' reading.</summary>
    internal const int MaxPages = 80;

    [Function(nameof(ListAudienceAddresses)), Requires(Role.Reader)]
    [Says("The addresses of those of a list to whom a campaign may be sent: of its first 2,000 customers")]
    [Query("list", MaxLength = 60, Says = "A list of the Insights page; all who bought something when left out")]
    [Query("without", MaxLength = 120, Says = "A product: whoever has it is left out")]
    [Answers(200, typeof(CampaignAddresses)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "campaigns/audience/addresses")] HttpRequest request, CancellationToken cancellation)
    {
        var list = request.QueryText("list") ?? FigureLists.Everybody;
        if (!FigureLists.IsName(list) || await insights.ReadListAsync(caller.TenantId, list, page: 1, cancellation) is not { } first)
        {
            return Answer.NotFound(GetFigureList.NotFound);
        }

        var without = request.QueryText("without");
        var addresses = new OrderedDictionary<string, CampaignAddress>(StringComparer.OrdinalIgnoreCase);
        var judged = 0;
        var pages = 0;
        for (var page = first; page is not null; page = await NextAsync(page))
        {
            judged += page.Customers.Count;
            pages++;
            foreach (var one in (await audience.JudgeAsync(caller, page, without, cancellation)).Where(one => one.LeftOut.Count == 0))
            {
                addresses.TryAdd(one.Address!, new CampaignAddress(one.Name, one.Address!)); // the list may be made anew between two pages
            }
        }

        return Answer.Ok(new CampaignAddresses(list, first.Title, without, first.Total, judged, [.. addresses.Values]));

        async Task<FigureList?> NextAsync(FigureList page) => page.Next is { } next && pages < MaxPages
            ? await insights.ReadListAsync(caller.TenantId, list, next, cancellation)
            : null;
    }
}
