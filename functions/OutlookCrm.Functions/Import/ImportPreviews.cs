using System.IO.Hashing;
using System.Text.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Import;

/// <summary>Shows how a waiting file would be taken in: nothing is written.</summary>
public sealed class ImportPreviews(ImportStore imports, CustomerMatching matching, FirmCurrency firmCurrency, TimeProvider clock)
{
    private const int LinesShown = 5;
    private const int ProblemsShown = 20;
    private const int NamesShown = 50;

    /// <summary>Names a plan: the same plan has the same.</summary>
    internal static string StampOf(ImportPlan plan) =>
        Convert.ToHexStringLower(XxHash128.Hash(JsonSerializer.SerializeToUtf8Bytes(plan, ContractJson.Options)));

    /// <param name="asked">What is to be kept of the plan; null to find out everything.</param>
    /// <param name="reader">Whose country's currency is the likely one of a firm that has sold nothing yet, and whose letters the likely ones.</param>
    /// <returns>The preview, or why the file is none of invoices.</returns>
    internal async Task<(ImportPreview? Preview, string? Refusal)> MakeAsync(
        Guid tenantId, ImportedFile file, ImportPlan? asked, Reader reader, CancellationToken cancellation)
    {
        Stream Open() => imports.Open(tenantId, file);
        var likely = asked is null ? await firmCurrency.FindAsync(tenantId, cancellation) ?? LikelyCurrency.Of(reader.Culture) : null;
        var (understood, refusal) = await InvoiceFile.UnderstandAsync(Open, asked, likely, reader.Culture, cancellation);
        if (understood is null)
        {
            return (null, refusal);
        }

        var rows = new List<InvoiceRow>();
        var problems = new List<ImportProblem>();
        var bad = 0;
        var today = clock.GetUtcNow().DayInUtc();
        await foreach (var (row, problem) in understood.RowsAsync(Open, today, cancellation))
        {
            if (row is not null)
            {
                rows.Add(row);
            }
            else if (bad++ < ProblemsShown)
            {
                problems.Add(problem!);
            }
        }

        var missing = understood.Missing.ToList();
        var parties = Party.Of(rows);
        var matches = await matching.FindAsync(tenantId, parties, cancellation);
        var unknown = parties.Where(party => matches[party.Key] is not Match.Found).ToList();
        return (new ImportPreview(
            understood.Plan,
            StampOf(understood.Plan),
            new ImportLetters(understood.Table.Encoding.Name, understood.Table.Encoding.Choices, [.. understood.Foreign]),
            understood.Table.Columns,
            understood.Dates,
            missing.Count == 0 && rows.Count == 0 ? ["Not one row can be read like this: look at the columns again."] : missing,
            rows.Count + bad,
            rows.Count,
            matches.Values.Count(match => match is Match.Found { ByAddress: true }),
            matches.Values.Count(match => match is Match.Found { ByAddress: false }),
            unknown.Count,
            [.. unknown.Take(NamesShown).Select(party => matches[party.Key] is Match.Several ? $"{party.Shown} (several customers have this name)" : party.Shown)],
            [.. rows.Take(LinesShown).Select(row => new ImportLine(row.Line, row.Customer, row.On, Amounts.Text(row.Amount), row.Currency, row.Product, row.Invoice))],
            problems), null);
    }
}
