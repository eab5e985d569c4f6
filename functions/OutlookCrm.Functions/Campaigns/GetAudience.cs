using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Pane;

namespace OutlookCrm.Campaigns;

/// <summary>Of a list of customers, a page at a time: who may be written to, and who may not and why, as things are now.</summary>
public sealed class GetAudience(InsightsStore insights, Audience audience, Caller caller)
{
    [Function(nameof(GetAudience)), Requires(Role.Reader)]
    [Says("Whom of a list a campaign may be sent to, and whom not, with every reason")]
    [Query("list", MaxLength = 60, Says = "A list of the Insights page; all who bought something when left out")]
    [Query("without", MaxLength = 120, Says = "A product: whoever has it is left out")]
    [Query("page", Min = 1, Max = 99_999, Says = "The field next of the page before")]
    [Answers(200, typeof(CampaignAudience)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "campaigns/audience")] HttpRequest request, CancellationToken cancellation)
    {
        var list = request.QueryText("list") ?? FigureLists.Everybody;
        if (!FigureLists.IsName(list)
            || await insights.ReadListAsync(caller.TenantId, list, request.QueryNumber("page") ?? 1, cancellation) is not { } page)
        {
            return Answer.NotFound(GetFigureList.NotFound);
        }

        var without = request.QueryText("without");
        return Answer.Ok(new CampaignAudience(
            list, page.Title, without, page.Total, await audience.JudgeAsync(caller, page, without, cancellation), page.Next));
    }
}
