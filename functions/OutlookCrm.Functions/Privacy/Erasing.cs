using System.Text.Json;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>
/// Erases somebody at their wish (GDPR, Article 17), in this order, so that a crash after any step heals by itself:
/// <list type="number">
/// <item>a queue message that names the erasure, seen after <see cref="FirstLook"/>, and its row: from then on it will happen;</item>
/// <item>tombstones for all addresses: capture takes nothing of theirs any more;</item>
/// <item>the customer's record, as it was read with its addresses: gone for everybody, and nothing can be added to it;</item>
/// <item>purchases, where they are kept, into a customer without name and address;</item>
/// <item>all traces in all tables (<see cref="Traces"/>), the customer's own rows last;</item>
/// <item>a new mark, by which every browser forgets the cards it keeps;</item>
/// <item>after <see cref="LastLook"/> the same once more, for what somebody had begun before the record was gone: no invocation of then can be alive.
/// When Outlook shows no reminder any more either, the row forgets whom it was about.</item>
/// </list>
/// Steps 2 and 3 are done at once, the rest by messages; each may run at any time, and beside another.
/// </summary>
public sealed class Erasing(
    ITableStore tables,
    IWorkQueue queue,
    CustomerStore customers,
    SalesStore sales,
    ErasedPeople erased,
    Traces traces,
    KeptAnswers answers,
    CardLooks looks,
    TimeProvider clock,
    ILogger<Erasing> log)
{
    internal const string Queue = "erasures";

    /// <summary>What a customer is called whose purchases are kept.</summary>
    internal const string NameOfKept = "Erased customer";

    internal static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(15);

    /// <summary>More than twice what the host lets an invocation run, with the ten minutes for which changes of a customer are looked after.</summary>
    internal static readonly TimeSpan LastLook = TimeSpan.FromMinutes(15);

    private const int MaxListed = 100;
    private const int PageRows = 1_000;

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 200;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>False when there is no such customer.</summary>
    internal async Task<bool> EraseCustomerAsync(Caller caller, CustomerId id, PurchasesChoice purchases, CancellationToken cancellation)
    {
        if (await customers.ReadAsync(caller.TenantId, id, cancellation) is not { } stored)
        {
            return false;
        }

        await BeginAsync(
            caller,
            new Erasure(
                await erased.NameOfAsync(caller.TenantId, id.ToString(), cancellation),
                IsCustomer: true,
                id,
                purchases == PurchasesChoice.Keep ? CustomerId.New(clock) : null,
                [.. stored.Addresses.Select(one => one.Address)],
                purchases,
                clock.GetUtcNow(),
                caller.Name),
            cancellation);
        return true;
    }

    /// <summary>Somebody who is no customer.</summary>
    internal async Task EraseAddressAsync(Caller caller, MailAddress address, CancellationToken cancellation) => await BeginAsync(
        caller,
        new Erasure(
            await erased.NameOfAsync(caller.TenantId, address.Key, cancellation),
            IsCustomer: false,
            Customer: null,
            KeptAs: null,
            [address],
            PurchasesChoice.Remove,
            clock.GetUtcNow(),
            caller.Name),
        cancellation);

    internal async Task<ErasureList> ListAsync(Guid tenantId, CancellationToken cancellation)
    {
        var all = await tables.ReadAllAsync(Tables.Tombstones, TableKeys.Tombstones(tenantId), TableKeys.Erasures, PageRows, cancellation)
            .Select(Erasure.From).ToListAsync(cancellation);

        return new ErasureList(
        [
            .. all.OrderByDescending(one => one.AskedAt).Take(MaxListed)
                .Select(one => new ErasureLine(one.AskedAt, one.By, one.IsCustomer, one.Purchases, one.DoneAt, one.InOutlook)),
        ]);
    }

    /// <summary>Does what is left of an erasure.</summary>
    internal async Task LookAsync(ErasureWork work, CancellationToken cancellation)
    {
        if (await FindAsync(work.TenantId, work.Name, cancellation) is not { DoneAt: null } erasure)
        {
            return; // it never began, or is done
        }

        erasure = await HideAsync(work.TenantId, erasure, cancellation);
        if (erasure is { Customer: { } customer, KeptAs: { } keptAs })
        {
            await sales.MoveAsync(work.TenantId, customer, keptAs, NameOfKept, cancellation);
        }

        var inOutlook = await traces.RemoveAsync(work.TenantId, erasure, asksOutlook: work.Look <= 2, cancellation);
        answers.Clear();
        looks.Clear();
        if (work.Look <= 2)
        {
            await erased.ForgetCardsAsync(work.TenantId, cancellation);
        }

        if (work.Look == 1)
        {
            await SendAsync(work with { Look = 2 }, LastLook, cancellation);
            return;
        }

        var next = inOutlook == 0
            ? erasure with { Customer = null, KeptAs = null, Addresses = [], DoneAt = clock.GetUtcNow(), InOutlook = 0 }
            : erasure with { InOutlook = inOutlook };
        if (next.DoneAt is null)
        {
            var wait = TimeSpan.FromMinutes(Math.Pow(2, Math.Min(work.Look - 2, 10)));
            await SendAsync(work with { Look = work.Look + 1 }, wait < LongestWait ? wait : LongestWait, cancellation);
        }

        // Whoever came first has written the same.
        await tables.ReplaceAsync(Tables.Tombstones, next.ToTableRow(work.TenantId), erasure.ETag!, cancellation);
        log.LogInformation("Erasure {Erasure}: look {Look}, {Reminders} reminders left in Outlook", work.Name, work.Look, inOutlook);
    }

    private Task SendAsync(ErasureWork work, TimeSpan? delay, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(work), delay, cancellation);

    private async Task BeginAsync(Caller caller, Erasure erasure, CancellationToken cancellation)
    {
        var work = new ErasureWork(caller.TenantId, erasure.Name, Look: 1);
        await SendAsync(work, FirstLook, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            var before = await FindAsync(caller.TenantId, erasure.Name, cancellation);
            if (before is { DoneAt: null })
            {
                erasure = before; // somebody else wants it too: how they said it holds
                break;
            }

            var row = erasure.ToTableRow(caller.TenantId);
            var outcome = before is null
                ? await tables.InsertAsync(Tables.Tombstones, row, cancellation)
                : await tables.ReplaceAsync(Tables.Tombstones, row, before.ETag!, cancellation);
            if (outcome.IsWritten)
            {
                erasure = erasure with { ETag = outcome.ETag };
                break;
            }

            if (attempt == MaxAttempts)
            {
                throw Busy();
            }
        }

        await HideAsync(caller.TenantId, erasure, cancellation);
        await SendAsync(work, delay: null, cancellation);
    }

    /// <summary>Nobody finds them any more: their addresses are known for erased, and the record is gone.</summary>
    private async Task<Erasure> HideAsync(Guid tenantId, Erasure erasure, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // An address may have come since it was asked for. Whoever gives one to the customer changes the record.
            var stored = erasure.Customer is { } id ? await customers.ReadAsync(tenantId, id, cancellation) : null;
            var addresses = erasure.Addresses.Union(stored?.Addresses.Select(one => one.Address) ?? []).ToList();
            if (addresses.Count > erasure.Addresses.Count)
            {
                var next = erasure with { Addresses = addresses };
                var outcome = await tables.ReplaceAsync(Tables.Tombstones, next.ToTableRow(tenantId), erasure.ETag!, cancellation);
                erasure = outcome.IsWritten
                    ? next with { ETag = outcome.ETag }
                    : await FindAsync(tenantId, erasure.Name, cancellation) ?? throw Busy();
                continue;
            }

            foreach (var address in addresses)
            {
                await erased.AddAsync(tenantId, address, cancellation);
            }

            if (stored is null
                || await tables.DeleteAsync(
                    Tables.Customers,
                    TableKeys.Customer(tenantId, stored.Customer.Id.ToString()),
                    TableKeys.Record,
                    stored.ETag,
                    cancellation) is WriteResult.Written or WriteResult.Absent)
            {
                return erasure;
            }
        }

        throw Busy();
    }

    private async Task<Erasure?> FindAsync(Guid tenantId, string name, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Tombstones, TableKeys.Tombstones(tenantId), TableKeys.Erasure(name), cancellation) is { } row
            ? Erasure.From(row)
            : null;

    private static TableStoreUnavailableException Busy() => new("The customer changed again and again; nothing was erased yet.");
}

/// <param name="Name">As <see cref="Erasure.Name"/>.</param>
/// <param name="Look">1 does it; 2 comes later, for what others had begun before; more wait for Outlook.</param>
public sealed record ErasureWork(Guid TenantId, string Name, int Look);
