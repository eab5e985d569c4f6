using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Import;

/// <summary>
/// Enters a file's purchases, or takes them away again, in the background. Whatever is done twice gives the same: ids of purchases and of
/// new customers come from the file, and what a former run wrote counts as written. So a run that was killed is simply run again, and
/// there is nothing to remember between two runs. A purchase that an undo took away stays away for that import, however late a worker of
/// it comes.
/// </summary>
public sealed class ImportJob(
    ImportStore imports,
    CustomerMatching matching,
    NewCustomers newCustomers,
    CustomerChanges changes,
    ErasedPeople erased,
    SalesStore sales,
    FirmRecompute recompute,
    IWorkQueue queue,
    TimeProvider clock,
    ILogger<ImportJob> log)
{
    public const string Queue = "import-work";

    private const int AtOnce = 16;
    private const int UnitsBetweenReports = 500;

    internal Task AskAsync(Guid tenantId, Guid importId, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(new ImportMessage(tenantId, importId)), delay: null, cancellation);

    internal async Task RunAsync(Guid tenantId, Guid importId, CancellationToken cancellation)
    {
        switch (await imports.FindAsync(tenantId, importId, cancellation))
        {
            case { State: ImportState.Running } file:
                await TakeInAsync(tenantId, file, cancellation);
                break;
            case { State: ImportState.Undoing } file:
                await UndoAsync(tenantId, file, cancellation);
                break;
            case { State: ImportState.Undone } file:
                // A worker that came late may have made a customer again and died.
                await RemoveCustomersAsync(tenantId, file, cancellation);
                break;
            case { State: ImportState.Done } file:
                // A run that was killed after its last purchase may have left the file's bytes.
                await imports.DropContentAsync(tenantId, file.Id, cancellation);
                break;
        }
    }

    private async Task TakeInAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation)
    {
        var problems = new ConcurrentBag<ImportProblem>();
        var (rows, bad) = await ReadAsync(tenantId, file, problems, cancellation);
        var counts = new Counts(rows.Count + bad) { Looked = bad, LeftOut = bad };
        await PutProgressAsync(tenantId, file.Id, counts.ToResult(), cancellation);

        var customers = await CustomersAsync(tenantId, file, Party.Of(rows), counts, problems, cancellation);
        await Parallel.ForEachAsync(
            customers,
            OwnThreads.AtMost(AtOnce, cancellation),
            async (customer, token) =>
            {
                await EnterAsync(tenantId, file, customer.Key, customer.Value, counts, problems, token);
                await ReportAsync(tenantId, file.Id, counts, token);
            });

        await imports.PutProblemsAsync(tenantId, file.Id, [.. problems.OrderBy(problem => problem.Line ?? 0)], cancellation);
        if (counts.Added > 0)
        {
            await recompute.AskAsync(tenantId, cancellation);
        }

        await imports.SaveAsync(tenantId, file with { State = ImportState.Done, Pieces = 0, Result = counts.ToResult() }, cancellation);
        await imports.DropContentAsync(tenantId, file.Id, cancellation);
        log.LogInformation(
            "Import {ImportId}: {Added} rows added, {There} there before, {LeftOut} left out", file.Id, counts.Added, counts.AlreadyThere, counts.LeftOut);
    }

    private async Task<(List<InvoiceRow> Rows, int Bad)> ReadAsync(
        Guid tenantId, ImportedFile file, ConcurrentBag<ImportProblem> problems, CancellationToken cancellation)
    {
        Stream Open() => imports.Open(tenantId, file);
        var rows = new List<InvoiceRow>();
        var bad = 0;
        var understood = await InvoiceFile.OpenPlannedAsync(Open, file.Plan!, cancellation);

        // The day of the start: a run after midnight must judge alike.
        var today = file.StartedAt!.Value.DayInUtc();
        await foreach (var (row, problem) in understood.RowsAsync(Open, today, cancellation))
        {
            if (row is not null)
            {
                rows.Add(row);
            }
            else
            {
                bad++;
                problems.Add(problem!);
            }
        }

        return (rows, bad);
    }

    /// <summary>The rows of each customer, old and new; what is left out is counted.</summary>
    private async Task<IReadOnlyDictionary<CustomerId, List<InvoiceRow>>> CustomersAsync(
        Guid tenantId, ImportedFile file, IReadOnlyList<Party> parties, Counts counts, ConcurrentBag<ImportProblem> problems, CancellationToken cancellation)
    {
        var matches = await matching.FindAsync(tenantId, parties, cancellation);
        var gone = await erased.ReadAsync(tenantId, cancellation);
        var found = new ConcurrentDictionary<string, CustomerId>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            parties,
            OwnThreads.AtMost(AtOnce, cancellation),
            async (party, token) =>
            {
                var own = IdOf(file, party);
                if (matches[party.Key] is Match.Found match)
                {
                    found[party.Key] = match.Id;
                    counts.AddNewCustomer(match.Id == own);
                    return;
                }

                var why = matches[party.Key] is Match.Several ? $"More than one customer is called {InvoiceFile.Quoted(party.Shown)}."
                    : file.Plan!.Unknown == UnknownCustomers.LeaveOut ? $"{InvoiceFile.Quoted(party.Shown)} is no customer."
                    : party.Address is not null && gone.Has(party.Address) ? "The customer of this row was erased."
                    : await MakeAsync(tenantId, file, party, own, token) is { } made ? Keep(made)
                    : $"No customer can be made of {InvoiceFile.Quoted(party.Shown)}.";
                if (why is not null)
                {
                    counts.LeaveOut(party.Rows.Count);
                    problems.Add(Problem(why, party.Rows));
                }

                await ReportAsync(tenantId, file.Id, counts, token);

                string? Keep(CustomerId made)
                {
                    found[party.Key] = made;
                    counts.AddNewCustomer(made == own);
                    return null;
                }
            });

        // Two names of a file may be one customer's: their rows are judged together.
        var customers = new Dictionary<CustomerId, List<InvoiceRow>>();
        foreach (var party in parties)
        {
            if (found.TryGetValue(party.Key, out var id))
            {
                if (!customers.TryGetValue(id, out var rows))
                {
                    customers[id] = rows = [];
                }

                rows.AddRange(party.Rows);
            }
        }

        return customers;
    }

    private async Task<CustomerId?> MakeAsync(Guid tenantId, ImportedFile file, Party party, CustomerId id, CancellationToken cancellation)
    {
        var name = party.Name ?? (party.Address is { } address ? Senders.NameOf(null, address) : $"Customer {party.Shown}");
        var asked = new CreateCustomerRequest(
            name,
            party.Address?.ToString(),
            party.Address is null || SenderName.IsFirm(name) ? CustomerKind.Organisation : CustomerKind.Person,
            Source: AddressSource.Import);
        var caller = new Caller(tenantId, file.ById, file.By, Address: null, Role.Member);
        var made = (await newCustomers.AddAsync(caller, asked, new FieldErrors(), cancellation, id, file.Id))?.Customer.Customer.Id;

        // An undo that began meanwhile may not have seen this one.
        if (made == id && await imports.FindAsync(tenantId, file.Id, cancellation) is not { State: ImportState.Running or ImportState.Done })
        {
            await changes.RemoveUntouchedAsync(tenantId, id, file.Id, cancellation);
            return null;
        }

        return made;
    }

    private async Task EnterAsync(
        Guid tenantId, ImportedFile file, CustomerId customer, List<InvoiceRow> rows, Counts counts, ConcurrentBag<ImportProblem> problems,
        CancellationToken cancellation)
    {
        await imports.PutBuyerAsync(tenantId, file.Id, customer.ToString(), cancellation);
        var purchases = InvoicePurchase.Of(rows.OrderBy(row => row.Line), file.Id, file.By, file.StartedAt!.Value);
        var outcomes = await sales.ImportAsync(tenantId, customer, file.Id, [.. purchases.Select(one => one.Purchase)], cancellation);
        if (outcomes is null)
        {
            counts.LeaveOut(rows.Count);
            problems.Add(Problem("The customer was removed meanwhile.", rows));
            return;
        }

        foreach (var (purchase, its) in purchases)
        {
            switch (outcomes[purchase.Id])
            {
                case ImportedPurchase.Added:
                    counts.Add(its.Count);
                    break;
                case ImportedPurchase.AlreadyThere:
                    counts.FindThere(its.Count);
                    break;
                case ImportedPurchase.Differs:
                    counts.LeaveOut(its.Count);
                    problems.Add(Problem("This invoice is there already with other amounts. Undo the import that it came with, and take this file in again.", its));
                    break;
                default:
                    counts.LeaveOut(its.Count);
                    problems.Add(Problem($"A customer can have {SalesStore.MaxPurchases} purchases at most.", its));
                    break;
            }
        }
    }

    private async Task UndoAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation)
    {
        await PutProgressAsync(tenantId, file.Id, file.Result!, cancellation);
        var looked = 0;
        await Parallel.ForEachAsync(
            await imports.BuyersAsync(tenantId, file.Id, cancellation),
            OwnThreads.AtMost(AtOnce, cancellation),
            async (customer, token) =>
            {
                await sales.UndoImportAsync(tenantId, CustomerId.Parse(customer), file.Id, token);
                if (Interlocked.Increment(ref looked) % UnitsBetweenReports == 0)
                {
                    await PutProgressAsync(tenantId, file.Id, file.Result!, token);
                }
            });
        await PutProgressAsync(tenantId, file.Id, file.Result!, cancellation);
        var kept = await RemoveCustomersAsync(tenantId, file, cancellation);
        await recompute.AskAsync(tenantId, cancellation);
        await imports.SaveAsync(tenantId, file with { State = ImportState.Undone, Result = file.Result! with { Kept = kept } }, cancellation);
        log.LogInformation("Import {ImportId} was undone, {Kept} customers stay", file.Id, kept.Sum(one => one.Customers));
    }

    /// <summary>Removes the customers that the file made and nobody has touched since; says how many others stay, and why.</summary>
    private async Task<IReadOnlyList<KeptCustomers>> RemoveCustomersAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation)
    {
        // Whomever it made was a buyer before it was done.
        var kept = new ConcurrentBag<KeptBecause>();
        await Parallel.ForEachAsync(
            await imports.BuyersAsync(tenantId, file.Id, cancellation),
            OwnThreads.AtMost(AtOnce, cancellation),
            async (customer, token) =>
            {
                if (await changes.RemoveUntouchedAsync(tenantId, CustomerId.Parse(customer), file.Id, token) is { } why)
                {
                    kept.Add(why);
                }
            });
        return [.. kept.CountBy(why => why).OrderBy(one => one.Key).Select(one => new KeptCustomers(one.Key, one.Value))];
    }

    /// <summary>Of the customer whom this import makes of a party, if it makes one; sorts as made at its start.</summary>
    private static CustomerId IdOf(ImportedFile file, Party party)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(file.StartedAt!.Value).TryWriteBytes(bytes, bigEndian: true, out _);
        Span<byte> own = stackalloc byte[16];
        InvoicePurchase.IdOf($"{file.Id:N} {party.Key}").TryWriteBytes(own, bigEndian: true, out _);
        bytes[6] = (byte)(0x70 | (own[6] & 0x0F));
        bytes[7] = own[7];
        bytes[8] = (byte)(0x80 | (own[8] & 0x3F));
        own[9..].CopyTo(bytes[9..]);
        return new CustomerId(new Guid(bytes, bigEndian: true));
    }

    private static ImportProblem Problem(string reason, IReadOnlyList<InvoiceRow> rows) =>
        new(rows.Count == 1 ? reason : $"{reason} ({rows.Count} rows from here on)", rows[0].Line);

    private async Task ReportAsync(Guid tenantId, Guid importId, Counts counts, CancellationToken cancellation)
    {
        if (counts.IsReportDue(UnitsBetweenReports))
        {
            await PutProgressAsync(tenantId, importId, counts.ToResult(), cancellation);
        }
    }

    private Task PutProgressAsync(Guid tenantId, Guid importId, ImportResult result, CancellationToken cancellation) =>
        imports.PutProgressAsync(tenantId, importId, new ImportProgress(result, clock.GetUtcNow()), cancellation);

    /// <summary>Counted by many at once.</summary>
    private sealed class Counts(int rows)
    {
        private readonly Lock gate = new();
        private int purchases;
        private int newCustomers;
        private int reported;

        public int Looked { get; set; }

        public int LeftOut { get; set; }

        public int Added { get; private set; }

        public int AlreadyThere { get; private set; }

        public void Add(int count) => Change(() => (Looked, Added, purchases) = (Looked + count, Added + count, purchases + 1));

        public void FindThere(int count) => Change(() => (Looked, AlreadyThere) = (Looked + count, AlreadyThere + count));

        public void LeaveOut(int count) => Change(() => (Looked, LeftOut) = (Looked + count, LeftOut + count));

        public void AddNewCustomer(bool isNew) => Change(() => newCustomers += isNew ? 1 : 0);

        public bool IsReportDue(int units)
        {
            lock (gate)
            {
                if (Looked - reported < units)
                {
                    return false;
                }

                reported = Looked;
                return true;
            }
        }

        public ImportResult ToResult()
        {
            lock (gate)
            {
                return new ImportResult(rows, Looked, Added, purchases, AlreadyThere, LeftOut, newCustomers, []);
            }
        }

        private void Change(Action change)
        {
            lock (gate)
            {
                change();
            }
        }
    }
}

public sealed record ImportMessage(Guid TenantId, Guid ImportId);
