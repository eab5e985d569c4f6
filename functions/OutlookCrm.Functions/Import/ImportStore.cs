using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Import;

/// <summary>A file that somebody gave.</summary>
/// <param name="Pieces">In so many rows its bytes lie; 0 once they are gone.</param>
/// <param name="Plan">Null while the file is still coming.</param>
/// <param name="ById">The colleague's object id.</param>
/// <param name="Result">When it is done; without problems.</param>
/// <param name="IsReady">The plan lacks nothing.</param>
/// <param name="UndoAt">When somebody asked to take it back.</param>
internal sealed record ImportedFile(
    Guid Id, string FileName, int Pieces, ImportState State, ImportPlan? Plan, DateTimeOffset At, Guid ById, string By, DateTimeOffset? StartedAt = null,
    ImportResult? Result = null, bool IsReady = false, DateTimeOffset? UndoAt = null)
{
    /// <summary>The row's version as read.</summary>
    public string? ETag { get; init; }
}

/// <summary>How far a file is that is being taken in or undone.</summary>
/// <param name="At">When that was written: a file that goes on writes it again and again.</param>
internal sealed record ImportProgress(ImportResult Result, DateTimeOffset At);

/// <summary>
/// Table <c>imports</c>: a row for each file, and in a partition of its own what is in it, until it was taken in; how far that is; what could
/// not be read; which customers bought something by it.
/// </summary>
public sealed class ImportStore(ITableStore tables)
{
    private const int PartBytes = 64 * 1024;
    private const int PieceBytes = 4 * PartBytes;
    private const int MaxRows = 1_000;
    private const int MaxChanges = 100;
    private const int ProblemsInRow = 50;
    private const string Problems = nameof(Problems);
    private const string Part = nameof(Part);

    private static readonly ImportResult Nothing = new(0, 0, 0, 0, 0, 0, 0, []);

    internal async Task<ImportedFile?> FindAsync(Guid tenantId, Guid id, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Imports, TableKeys.Imports(tenantId), TableKeys.Import(id), cancellation) is { } row ? From(row) : null;

    /// <summary>All of a firm, the newest first.</summary>
    internal async Task<IReadOnlyList<ImportedFile>> ListAsync(Guid tenantId, CancellationToken cancellation) =>
        [.. (await tables.RangeAsync(Tables.Imports, TableKeys.Imports(tenantId), TableKeys.AllImports, ImportLimits.MaxImports, cancellation))
            .Select(From).OrderByDescending(file => file.At).ThenByDescending(file => file.Id)];

    internal Task AddAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation) =>
        tables.InsertAsync(Tables.Imports, ToRow(tenantId, file), cancellation);

    /// <summary>False when it changed since it was read.</summary>
    internal async Task<bool> SaveAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation) =>
        (await tables.ReplaceAsync(Tables.Imports, ToRow(tenantId, file), file.ETag!, cancellation)).IsWritten;

    /// <summary>Keeps what comes.</summary>
    /// <returns>In how many pieces; null when it is more than <see cref="ImportLimits.MaxBytes"/>.</returns>
    internal async Task<int?> WriteAsync(Guid tenantId, Guid id, Stream content, CancellationToken cancellation)
    {
        var partition = TableKeys.ImportContent(tenantId, id);
        var buffer = new byte[PieceBytes];
        var total = 0;
        for (var piece = 0; ; piece++)
        {
            var length = await content.ReadAtLeastAsync(buffer, PieceBytes, throwOnEndOfStream: false, cancellation);
            if ((total += length) > ImportLimits.MaxBytes)
            {
                return null;
            }

            if (length > 0)
            {
                var parts = buffer[..length].Chunk(PartBytes).Select((bytes, i) => KeyValuePair.Create(Part + i, (object)bytes));
                await tables.PutAsync(
                    Tables.Imports, new TableRow(partition, TableKeys.ImportPiece(piece), new Dictionary<string, object>(parts)), cancellation);
            }

            if (length < PieceBytes)
            {
                return length > 0 ? piece + 1 : piece;
            }
        }
    }

    /// <summary>The file from its beginning.</summary>
    internal Stream Open(Guid tenantId, ImportedFile file) => new ImportStream(tables, TableKeys.ImportContent(tenantId, file.Id), file.Pieces, Part);

    /// <summary>Forgets the file's bytes.</summary>
    internal Task DropContentAsync(Guid tenantId, Guid id, CancellationToken cancellation) =>
        DropAsync(TableKeys.ImportContent(tenantId, id), TableKeys.ImportPieces, cancellation);

    /// <summary>
    /// Forgets everything of a file, unless it changed since it was read: somebody may have started it. From the first write on it is as a file that
    /// is still coming, which nobody sees; what dies after that is gone on with at night.
    /// </summary>
    /// <returns>False when it changed; then nothing is forgotten.</returns>
    internal async Task<bool> DropAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation)
    {
        if (!await SaveAsync(tenantId, file with { State = ImportState.Waiting, Plan = null, IsReady = false }, cancellation))
        {
            return false;
        }

        await DropAsync(TableKeys.ImportContent(tenantId, file.Id), new RowKeyRange("", Before: null), cancellation);
        await tables.DeleteAsync(Tables.Imports, TableKeys.Imports(tenantId), TableKeys.Import(file.Id), etag: null, cancellation);
        return true;
    }

    /// <summary>Forgets what could not be read: it quotes the file.</summary>
    internal Task DropProblemsAsync(Guid tenantId, Guid id, CancellationToken cancellation) =>
        DropAsync(TableKeys.ImportContent(tenantId, id), TableKeys.AllImportProblems, cancellation);

    /// <summary>How far it is, nothing at its beginning; null when it has ended, or has not begun.</summary>
    internal async Task<ImportProgress?> ProgressAsync(Guid tenantId, ImportedFile file, CancellationToken cancellation)
    {
        if (file.State is not (ImportState.Running or ImportState.Undoing))
        {
            return null;
        }

        var asked = file.UndoAt ?? file.StartedAt ?? file.At;
        return await tables.FindAsync(Tables.Imports, TableKeys.ImportContent(tenantId, file.Id), TableKeys.ImportProgress, cancellation) is { } row
            ? new ImportProgress(
                JsonSerializer.Deserialize<ImportResult>((string)row.Properties[nameof(ImportedFile.Result)], ContractJson.Options)!,
                row.Properties.GetValueOrDefault(nameof(ImportedFile.At)) is DateTimeOffset at && at > asked ? at : asked)
            : new ImportProgress(Nothing, asked);
    }

    internal Task PutProgressAsync(Guid tenantId, Guid id, ImportProgress progress, CancellationToken cancellation) => tables.PutAsync(
        Tables.Imports,
        new TableRow(
            TableKeys.ImportContent(tenantId, id),
            TableKeys.ImportProgress,
            new Dictionary<string, object>
            {
                [nameof(ImportedFile.Result)] = JsonSerializer.Serialize(progress.Result, ContractJson.Options),
                [nameof(ImportedFile.At)] = progress.At,
            }),
        cancellation);

    /// <summary>Keeps what could not be taken in, as far as <see cref="ImportLimits.MaxProblems"/>.</summary>
    internal async Task PutProblemsAsync(Guid tenantId, Guid id, IReadOnlyList<ImportProblem> problems, CancellationToken cancellation)
    {
        var partition = TableKeys.ImportContent(tenantId, id);
        foreach (var (number, some) in problems.Take(ImportLimits.MaxProblems).Chunk(ProblemsInRow).Index())
        {
            await tables.PutAsync(
                Tables.Imports,
                new TableRow(partition, TableKeys.ImportProblems(number), new Dictionary<string, object>
                {
                    [Problems] = string.Join('\n', some.Select(problem => $"{problem.Line}\t{problem.Reason}")),
                }),
                cancellation);
        }
    }

    /// <summary>By line.</summary>
    /// <param name="max">As many are read, rounded up to a row's.</param>
    internal async Task<IReadOnlyList<ImportProblem>> ProblemsAsync(Guid tenantId, Guid id, int max, CancellationToken cancellation) =>
        [.. (await tables.RangeAsync(
                Tables.Imports, TableKeys.ImportContent(tenantId, id), TableKeys.AllImportProblems, (max + ProblemsInRow - 1) / ProblemsInRow, cancellation))
            .SelectMany(row => ((string)row.Properties[Problems]).Split('\n'))
            .Select(line => line.Split('\t', 2))
            .Select(parts => new ImportProblem(parts[1], parts[0].Length == 0 ? null : int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)))];

    /// <summary>Before the first purchase of a customer: an undo looks at each of these.</summary>
    internal Task PutBuyerAsync(Guid tenantId, Guid id, string customerId, CancellationToken cancellation) => tables.PutAsync(
        Tables.Imports,
        new TableRow(TableKeys.ImportContent(tenantId, id), TableKeys.ImportBuyer(customerId), new Dictionary<string, object>()),
        cancellation);

    internal async Task<IReadOnlyList<string>> BuyersAsync(Guid tenantId, Guid id, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Imports, TableKeys.ImportContent(tenantId, id), TableKeys.ImportBuyers, MaxRows, cancellation)
            .Select(row => TableKeys.Last(row.RowKey)).ToListAsync(cancellation);

    /// <summary>True for a row of problems that quotes one of these addresses.</summary>
    internal static bool Quotes(TableRow row, IReadOnlyCollection<MailAddress> people) =>
        row.Properties.GetValueOrDefault(Problems) is string text && people.Any(who => IsIn(text, who));

    /// <summary>The row without the problems that quote them.</summary>
    internal static TableRow Without(TableRow row, IReadOnlyCollection<MailAddress> people) => row with
    {
        Properties = new Dictionary<string, object>
        {
            [Problems] = string.Join('\n', ((string)row.Properties[Problems]).Split('\n').Select(line =>
                people.Any(who => IsIn(line, who)) ? line[..(line.IndexOf('\t', StringComparison.Ordinal) + 1)] + "Of somebody who was erased." : line)),
        },
    };

    private static bool IsIn(string text, MailAddress who) =>
        text.Contains(who.Key, StringComparison.OrdinalIgnoreCase) || text.Contains(who.ToString(), StringComparison.OrdinalIgnoreCase);

    private async Task DropAsync(string partition, RowKeyRange range, CancellationToken cancellation)
    {
        while (true)
        {
            var rows = await tables.RangeAsync(Tables.Imports, partition, range, MaxChanges, cancellation);
            if (rows.Count == 0)
            {
                return;
            }

            // One at a time: another may be doing the same, and of a transaction with a row that is gone nothing is done.
            foreach (var row in rows)
            {
                await tables.DeleteAsync(Tables.Imports, partition, row.RowKey, etag: null, cancellation);
            }
        }
    }

    private static TableRow ToRow(Guid tenantId, ImportedFile file)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(ImportedFile.FileName)] = file.FileName,
            [nameof(ImportedFile.Pieces)] = file.Pieces,
            [nameof(ImportedFile.State)] = file.State.ToString(),
            [nameof(ImportedFile.At)] = file.At,
            [nameof(ImportedFile.ById)] = file.ById,
            [nameof(ImportedFile.By)] = file.By,
            [nameof(ImportedFile.IsReady)] = file.IsReady,
        };
        if (file.Plan is not null)
        {
            properties[nameof(ImportedFile.Plan)] = JsonSerializer.Serialize(file.Plan, ContractJson.Options);
        }

        if (file.StartedAt is { } started)
        {
            properties[nameof(ImportedFile.StartedAt)] = started;
        }

        if (file.UndoAt is { } undo)
        {
            properties[nameof(ImportedFile.UndoAt)] = undo;
        }

        if (file.Result is not null)
        {
            properties[nameof(ImportedFile.Result)] = JsonSerializer.Serialize(file.Result, ContractJson.Options);
        }

        return new TableRow(TableKeys.Imports(tenantId), TableKeys.Import(file.Id), properties);
    }

    private static ImportedFile From(TableRow row)
    {
        string? Text(string name) => row.Properties.GetValueOrDefault(name) as string;
        return new ImportedFile(
            Guid.ParseExact(row.RowKey, "N"),
            Text(nameof(ImportedFile.FileName))!,
            (int)row.Properties[nameof(ImportedFile.Pieces)],
            Enum.Parse<ImportState>(Text(nameof(ImportedFile.State))!),
            Text(nameof(ImportedFile.Plan)) is { } plan ? JsonSerializer.Deserialize<ImportPlan>(plan, ContractJson.Options) : null,
            (DateTimeOffset)row.Properties[nameof(ImportedFile.At)],
            (Guid)row.Properties[nameof(ImportedFile.ById)],
            Text(nameof(ImportedFile.By))!,
            row.Properties.GetValueOrDefault(nameof(ImportedFile.StartedAt)) as DateTimeOffset?,
            Text(nameof(ImportedFile.Result)) is { } result ? JsonSerializer.Deserialize<ImportResult>(result, ContractJson.Options) : null,
            row.Properties[nameof(ImportedFile.IsReady)] is true,
            row.Properties.GetValueOrDefault(nameof(ImportedFile.UndoAt)) as DateTimeOffset?)
        {
            ETag = row.ETag,
        };
    }
}
