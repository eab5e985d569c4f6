using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>Deals: a partition for each firm, so that the pipeline is one partition read.</summary>
public sealed class DealStore(ITableStore tables, CustomerStore customers, FirmCurrency firmCurrency, TimeProvider clock)
{
    /// <summary>Of one firm, open and closed.</summary>
    public const int MaxDeals = 5_000;

    private const int ClosedShown = 20;
    private const int MaxRows = 1_000;
    private const int MaxReadsAtOnce = 32;
    private const int MaxAttempts = 20;

    /// <summary>Adds a deal once: with the same id again nothing changes.</summary>
    public async Task<DealOutcomeOfWrite> AddAsync(Guid tenantId, Deal deal, CancellationToken cancellation)
    {
        if (await ImportMark.TouchAsync(tables, TableKeys.Customer(tenantId, deal.Customer.ToString()), cancellation) is null)
        {
            return DealOutcomeOfWrite.Absent;
        }

        var known = await ReadAllAsync(tenantId, cancellation);
        if (known.Count >= MaxDeals)
        {
            return known.Exists(row => row.RowKey == TableKeys.Deal(deal.Id)) ? DealOutcomeOfWrite.AlreadyThere : DealOutcomeOfWrite.TooMany;
        }

        var outcome = await tables.InsertAsync(Tables.Deals, DealRow.From(tenantId, deal), cancellation);
        return outcome.IsWritten ? DealOutcomeOfWrite.Written : DealOutcomeOfWrite.AlreadyThere;
    }

    /// <summary>Changes an open deal that is still as it was read.</summary>
    /// <param name="change">Of the deal as it is; its stage's time is kept here.</param>
    public async Task<DealOutcomeOfWrite> UpdateAsync(
        Guid tenantId, Guid id, string version, Func<Deal, Deal> change, CancellationToken cancellation)
    {
        if (await tables.FindAsync(Tables.Deals, TableKeys.Deals(tenantId), TableKeys.Deal(id), cancellation) is not { ETag: { } etag } row
            || DealRow.ToDeal(row) is not { ClosedAt: null } deal)
        {
            return DealOutcomeOfWrite.Absent;
        }

        if (TextOf(deal.Version) != version)
        {
            return DealOutcomeOfWrite.Changed;
        }

        var changed = change(deal) with { Version = deal.Version + 1 };
        if (changed.Stage != deal.Stage)
        {
            changed = changed with { StageSince = clock.GetUtcNow() };
        }

        return (await tables.ReplaceAsync(Tables.Deals, DealRow.From(tenantId, changed), etag, cancellation)).Result switch
        {
            WriteResult.Written => DealOutcomeOfWrite.Written,
            WriteResult.Absent => DealOutcomeOfWrite.Absent,
            _ => DealOutcomeOfWrite.Changed,
        };
    }

    /// <summary>Wins or loses a deal; the first outcome stays.</summary>
    public async Task<DealOutcomeOfWrite> CloseAsync(Guid tenantId, Guid id, DealOutcome outcome, string? why, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Deals, TableKeys.Deals(tenantId), TableKeys.Deal(id), cancellation) is not { ETag: { } etag } row)
            {
                return DealOutcomeOfWrite.Absent;
            }

            var deal = DealRow.ToDeal(row);
            var closed = deal.Close(outcome, why, clock.GetUtcNow());
            if (closed == deal)
            {
                return DealOutcomeOfWrite.AlreadyThere;
            }

            if ((await tables.ReplaceAsync(Tables.Deals, DealRow.From(tenantId, closed), etag, cancellation)).IsWritten)
            {
                return DealOutcomeOfWrite.Written;
            }
        }

        throw new TableStoreUnavailableException("The deal changed again and again; it was not closed.");
    }

    /// <summary>The pipeline, without deals of customers who are gone.</summary>
    public async Task<DealList> ListAsync(Guid tenantId, CancellationToken cancellation)
    {
        var rows = await ReadAllAsync(tenantId, cancellation);
        var deals = rows.Select(DealRow.ToDeal).ToList();
        var shown = deals.Where(one => one.ClosedAt is null)
            .Concat(deals.Where(one => one.ClosedAt is not null).OrderByDescending(one => one.ClosedAt).Take(ClosedShown))
            .ToList();
        var names = new Dictionary<CustomerId, string>();
        foreach (var some in shown.Select(one => one.Customer).Distinct().Chunk(MaxReadsAtOnce))
        {
            foreach (var customer in await Task.WhenAll(some.Select(id => customers.FindAsync(tenantId, id, cancellation))))
            {
                if (customer is not null)
                {
                    names[customer.Id] = customer.Name;
                }
            }
        }

        var entries = shown.Where(one => names.ContainsKey(one.Customer)).Select(one => ToEntry(one, names[one.Customer])).ToList();
        var usual = DealStages.Usual.ToList();
        return new DealList(
            [.. entries.Where(deal => deal.ClosedAt is null)
                .GroupBy(deal => deal.Stage, StringComparer.OrdinalIgnoreCase)
                .OrderBy(stage => usual.FindIndex(one => string.Equals(one, stage.Key, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? at : usual.Count)
                .ThenBy(stage => stage.Key, StringComparer.OrdinalIgnoreCase)
                .Select(stage => new PipelineStage(
                    usual.Find(one => string.Equals(one, stage.Key, StringComparison.OrdinalIgnoreCase)) ?? stage.MinBy(deal => deal.OpenedAt)!.Stage,
                    [.. stage.Where(deal => deal.Amount is not null).GroupBy(deal => deal.Currency!, StringComparer.Ordinal)
                        .OrderBy(currency => currency.Key, StringComparer.Ordinal)
                        .Select(currency => new DealSum(currency.Key, Amounts.Text(currency.Sum(deal => Amounts.Read(deal.Amount!) ?? 0))))],
                    [.. stage.OrderBy(deal => deal.ExpectedOn ?? DateOnly.MaxValue).ThenBy(deal => deal.OpenedAt)]))],
            [.. entries.Where(deal => deal.ClosedAt is not null)],
            entries.Any(deal => deal is { ClosedAt: null, Currency: null }) ? await firmCurrency.FindAsync(tenantId, cancellation) : null);
    }

    /// <summary>How many a customer has, open and closed.</summary>
    internal async Task<int> CountAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        (await ReadAllAsync(tenantId, cancellation)).Count(row => DealRow.ToDeal(row).Customer == customer);

    /// <summary>A customer's open deals, those expected soonest first.</summary>
    internal async Task<IReadOnlyList<DealEntry>> OpenOfAsync(Guid tenantId, Customer customer, CancellationToken cancellation) =>
        [.. (await ReadAllAsync(tenantId, cancellation)).Select(DealRow.ToDeal)
            .Where(deal => deal.ClosedAt is null && deal.Customer == customer.Id)
            .OrderBy(deal => deal.ExpectedOn ?? DateOnly.MaxValue).ThenBy(deal => deal.OpenedAt)
            .Select(deal => ToEntry(deal, customer.Name))];

    private async Task<List<TableRow>> ReadAllAsync(Guid tenantId, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Deals, TableKeys.Deals(tenantId), TableKeys.AllDeals, MaxRows, cancellation).ToListAsync(cancellation);

    private static string TextOf(int version) => version.ToString(CultureInfo.InvariantCulture);

    private static DealEntry ToEntry(Deal deal, string customerName) => new(
        deal.Id, TextOf(deal.Version), deal.Customer.ToString(), customerName, deal.Title, deal.Stage,
        deal.Amount is { } amount ? Amounts.Text(amount) : null, deal.Currency, deal.ExpectedOn, deal.NextStep, deal.OpenedAt, deal.StageSince,
        deal.ClosedAt, deal.Outcome, deal.Why);
}

public enum DealOutcomeOfWrite
{
    Written,
    AlreadyThere,
    Absent,

    /// <summary>Somebody else came first.</summary>
    Changed,
    TooMany,
}
