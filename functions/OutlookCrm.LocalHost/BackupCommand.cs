using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OutlookCrm.Backup;
using OutlookCrm.Firm;
using OutlookCrm.Storage;

namespace OutlookCrm.LocalHost;

/// <summary><c>export</c> and <c>restore</c>: a whole firm out of any store and into any other. What they write: docs/backup.md.</summary>
public static class BackupCommand
{
    public const string Usage = """
        export --to FOLDER [--firm ID] [--data PATH] [--Section:Key=value ...]
          --to FOLDER   absent or empty; gets firm.jsonl, which restore reads, and tables for a spreadsheet
          --firm ID     the tenant's id; needed only when the store has several firms
        restore --from FOLDER|FILE [--data PATH] [--Section:Key=value ...]
          --from PATH   an export's folder, or its firm.jsonl
        both
          --data PATH   the database file, or its folder
          --Section:Key=value   any setting; a storage account: --Storage:Kind=azure --Storage:TableUri=https://… --Storage:QueueUri=https://…
        """;

    /// <returns>0; 1 when it could not be done, with the reason on <paramref name="errors"/>; 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        var isExport = arguments[0] == "export";
        var (own, others) = Split(arguments.Skip(1).ToList(), isExport ? ["--to", "--firm"] : ["--from"]);
        Guid? firm = null;
        var complaint = own.FirstOrDefault(option => string.IsNullOrWhiteSpace(option.Value)).Key is { } empty ? $"{empty} needs a value."
            : isExport && !own.ContainsKey("--to") ? "--to FOLDER is needed."
            : !isExport && !own.ContainsKey("--from") ? "--from FOLDER is needed."
            : own.TryGetValue("--firm", out var id) && (firm = Guid.TryParse(id, out var parsed) ? parsed : null) is null ? "--firm must be a tenant's id, a GUID."
            : null;
        LocalHostOptions? options = null;
        if (complaint is not null || !CommandLine.TryRead(others, out options, out complaint))
        {
            await errors.WriteLineAsync($"{complaint}\n{Usage}");
            return 2;
        }

        try
        {
            await using var services = Services(options);
            var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
            if (isExport && storage.Kind == StorageKind.Sqlite && !File.Exists(storage.SqliteFile))
            {
                await errors.WriteLineAsync($"There is no database file {storage.SqliteFile}.");
                return 1;
            }

            return isExport
                ? await ExportAsync(services.GetRequiredService<FirmExport>(), firm, own["--to"]!, output, errors, cancellation)
                : await RestoreAsync(services.GetRequiredService<FirmRestore>(), own["--from"]!, output, errors, cancellation);
        }
        catch (Exception e) when (e is TableStoreUnavailableException or WorkQueueUnavailableException or OptionsValidationException
            or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // What a person can put right: a setting, a disk, a store that does not answer.
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> ExportAsync(
        FirmExport export, Guid? firm, string folder, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (firm is null)
        {
            var firms = await export.FirmsAsync(cancellation);
            if (firms.Count != 1)
            {
                await errors.WriteLineAsync(firms.Count == 0
                    ? "Nobody has signed in to this store yet: there is no firm to export."
                    : $"There are several firms; say which with --firm:\n{string.Join('\n', firms)}");
                return 1;
            }

            firm = firms[0];
        }

        switch (await export.WriteAsync(firm.Value, folder, cancellation))
        {
            case ExportOutcome.Refused refused:
                await errors.WriteLineAsync(refused.Why);
                return 1;
            case ExportOutcome.Written written:
                await SayAsync(output, written.Rows);
                await output.WriteLineAsync($"Exported {firm} to {Path.GetFullPath(folder)}. It holds what colleagues keep private: keep it as the database itself.");
                return 0;
            default:
                throw new InvalidOperationException("An export ends in one of two ways.");
        }
    }

    private static async Task<int> RestoreAsync(FirmRestore restore, string from, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var file = Directory.Exists(from) ? Path.Combine(from, "firm.jsonl") : from;
        if (!File.Exists(file))
        {
            await errors.WriteLineAsync($"There is no file {file}.");
            return 1;
        }

        try
        {
            switch (await restore.RunAsync(file, cancellation))
            {
                case RestoreOutcome.Refused refused:
                    await errors.WriteLineAsync(refused.Why);
                    return 1;
                case RestoreOutcome.Restored restored:
                    await SayAsync(output, restored.Rows);
                    await output.WriteLineAsync($"Restored {restored.Firm} as it was on {restored.ExportedAt:yyyy-MM-dd HH:mm} UTC; every row was read back and is the same.");
                    return 0;
                default:
                    throw new InvalidOperationException("A restore ends in one of two ways.");
            }
        }
        catch (FirmFileException e)
        {
            await errors.WriteLineAsync($"{file}, {e.Message} Nothing was restored.");
            return 1;
        }
    }

    private static async Task SayAsync(TextWriter output, IReadOnlyDictionary<string, long> rows)
    {
        foreach (var (table, count) in rows.Where(table => table.Value > 0))
        {
            await output.WriteLineAsync($"{table}: {count} rows");
        }
    }

    private static ServiceProvider Services(LocalHostOptions options)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(options.Settings).Build();
        return new ServiceCollection()
            .AddSingleton(options.Clock)
            .AddStorage(configuration)
            .AddFirm(configuration)
            .AddBackup()
            .BuildServiceProvider();
    }

    /// <summary>What is this command's own, and what is left for <see cref="CommandLine"/>.</summary>
    private static (Dictionary<string, string?> Own, List<string> Others) Split(List<string> arguments, string[] names)
    {
        var own = new Dictionary<string, string?>(StringComparer.Ordinal);
        var others = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split('=', 2);
            if (!names.Contains(parts[0]))
            {
                others.Add(arguments[i]);
            }
            else
            {
                own[parts[0]] = parts.Length == 2 ? parts[1] : i + 1 < arguments.Count ? arguments[++i] : null;
            }
        }

        return (own, others);
    }
}
