using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.FollowUps;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Campaigns;

/// <summary>Of a list of customers, a page at a time: who may be written to, and who may not and why, as things are now.</summary>
public sealed class GetAudience(
    InsightsStore insights, CustomerStore customers, FollowUpStore followUps, FeedbackStore feedback, InteractionStore interactions, SalesStore sales,
    TimeProvider clock, Caller caller)
{
    private const string Everybody = "value";
    private const int LinesRead = 100;

    [Function(nameof(GetAudience)), Requires(Role.Reader)]
    [Says("Whom of a list a campaign may be sent to, and whom not, with every reason")]
    [Query("list", MaxLength = 60, Says = "A list of the Insights page; all who bought something when left out")]
    [Query("without", MaxLength = 120, Says = "A product: whoever has it is left out")]
    [Query("page", Min = 1, Max = 99_999, Says = "The field next of the page before")]
    [Answers(200, typeof(CampaignAudience)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "campaigns/audience")] HttpRequest request, CancellationToken cancellation)
    {
        var list = request.QueryText("list") ?? Everybody;
        if (!FigureLists.IsName(list)
            || await insights.ReadListAsync(caller.TenantId, list, request.QueryNumber("page") ?? 1, cancellation) is not { } page)
        {
            return Answer.NotFound(GetFigureList.NotFound);
        }

        var without = request.QueryText("without");
        var members = await Task.WhenAll(page.Customers.Select(one => JudgeAsync(CustomerId.Parse(one.Id), without, cancellation)));
        return Answer.Ok(new CampaignAudience(list, page.Title, without, page.Total, [.. members.OfType<AudienceMember>()], page.Next));
    }

    /// <summary>Null when there is no such customer any more.</summary>
    private async Task<AudienceMember?> JudgeAsync(CustomerId id, string? product, CancellationToken cancellation)
    {
        var tenant = caller.TenantId;
        var now = clock.GetUtcNow();
        var today = now.DayInUtc();
        var answers = feedback.ReadAsync(tenant, id, cancellation);
        var promises = followUps.ListAsync(tenant, id, caller.UserId, cancellation);
        var timeline = interactions.ReadAsync(caller, id, afterKey: null, LinesRead, cancellation);
        if (await customers.ReadAsync(tenant, id, cancellation) is not { Customer: var customer } stored)
        {
            await Task.WhenAll(answers, promises, timeline);
            return null;
        }

        var since = now.AddDays(-AudienceRules.Days);
        var hasProduct = product is not null
            && (await sales.HasBoughtAsync(tenant, id, product, cancellation)
                || (customer.Company?.Id is { } organisation && await sales.HasBoughtAsync(tenant, organisation, product, cancellation)));
        var facts = new AudienceFacts(
            customer.Preferences.NoCampaigns,
            stored.Addresses.Count > 0,
            customer.Preferences.ContactBy,
            (await answers).Where(one => one.IsComplaint).Select(one => (DateOnly?)one.On).Max(),
            ((await promises)?.Open ?? []).Where(one => one.Kind == FollowUpKind.WeOwe && one.DueOn < today).Select(one => (DateOnly?)one.DueOn).Min(),
            ((await timeline)?.Lines ?? []).Count(line => line.Kind == InteractionKind.Mail && line.Direction == Direction.Outgoing && line.At >= since && line.At <= now),
            hasProduct);
        return new AudienceMember(
            id.ToString(), customer.Name, stored.AddressesAsShown.FirstOrDefault()?.Address.ToString(), AudienceRules.Reasons(facts, today));
    }
}
