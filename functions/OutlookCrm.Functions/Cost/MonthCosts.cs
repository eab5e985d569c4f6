using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Cost;

/// <summary>Row <c>month</c> of table <c>schedules</c>: what Azure said last of this month's cost. It is of the deployment, not of a firm.</summary>
public sealed class MonthCosts(ITableStore tables, CostOptions options, IdentityOptions identity, TimeProvider clock)
{
    private const string Spent = "Spent";
    private const string AsOf = "AsOf";
    private const string IsRefused = "IsRefused";

    /// <summary>What an owner may see: one point read.</summary>
    public async Task<MonthCost> NowAsync(CancellationToken cancellation)
    {
        if (options.ResourceGroup is null)
        {
            return new MonthCost(CostState.NotInAzure, [], AsOf: null);
        }

        if (identity.AllowedTenants.Count > 1)
        {
            return new MonthCost(CostState.Shared, [], AsOf: null); // no one firm's bill
        }

        if (await tables.FindAsync(Tables.Schedules, TableKeys.CostPartition, TableKeys.MonthCost, cancellation) is not { } row)
        {
            return new MonthCost(CostState.NotToldYet, [], AsOf: null);
        }

        var (asOf, now) = (((DateTimeOffset)row.Properties[AsOf]).ToUniversalTime(), clock.GetUtcNow());
        return row.Properties[IsRefused] is true ? new MonthCost(CostState.Refused, [], asOf)
            : (asOf.Year, asOf.Month) != (now.Year, now.Month) ? new MonthCost(CostState.NotToldYet, [], AsOf: null)
            : new MonthCost(CostState.Told, Amounts((string)row.Properties[Spent]), asOf);
    }

    /// <param name="spent">Null when Azure refused to tell.</param>
    internal Task SaveAsync(IReadOnlyList<CostAmount>? spent, CancellationToken cancellation) => tables.PutAsync(
        Tables.Schedules,
        new TableRow(TableKeys.CostPartition, TableKeys.MonthCost, new Dictionary<string, object>
        {
            [Spent] = string.Join('\n', (spent ?? []).Select(one => $"{one.Amount} {one.Currency}")),
            [IsRefused] = spent is null,
            [AsOf] = clock.GetUtcNow(),
        }),
        cancellation);

    private static IReadOnlyList<CostAmount> Amounts(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).Select(parts => new CostAmount(parts[0], parts[1]))];
}
