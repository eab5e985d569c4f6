using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.FollowUps;
using OutlookCrm.Identity;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Campaigns;

/// <summary>Judges the customers of a list by what is known of them now.</summary>
public sealed class Audience(
    CustomerStore customers, FollowUpStore followUps, FeedbackStore feedback, InteractionStore interactions, SalesStore sales, TimeProvider clock)
{
    private const int LinesRead = 100;

    /// <summary>All of a page, without those who are gone.</summary>
    /// <param name="product">Whoever has it is left out; null for none.</param>
    internal async Task<IReadOnlyList<AudienceMember>> JudgeAsync(Caller caller, FigureList page, string? product, CancellationToken cancellation)
    {
        var members = await Task.WhenAll(page.Customers.Select(one => JudgeAsync(caller, CustomerId.Parse(one.Id), product, cancellation)));
        return [.. members.OfType<AudienceMember>()];
    }

    private async Task<AudienceMember?> JudgeAsync(Caller caller, CustomerId id, string? product, CancellationToken cancellation)
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
