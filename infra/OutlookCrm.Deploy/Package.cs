using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OutlookCrm.Deploy;

/// <summary>The published program as one file for Azure, and a hash by which it is known whether it is there already.</summary>
internal static class Package
{
    /// <summary>Of names and contents; times and debugging files do not count.</summary>
    public static async Task<string> HashAsync(string folder, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files(folder))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Name(folder, file) + "\n"));
            hash.AppendData(SHA256.HashData(await File.ReadAllBytesAsync(file, cancellation)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    public static async Task ZipAsync(string folder, string target, CancellationToken cancellation)
    {
        await using var stream = File.Create(target);
        await using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var file in Files(folder))
        {
            await zip.CreateEntryFromFileAsync(file, Name(folder, file), cancellation);
        }
    }

    /// <summary>What Azure looks for in it and does not find; empty when it is whole. A program built for one machine lacks most of it.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(string folder, CancellationToken cancellation)
    {
        // How the host starts the worker, which functions it has, what the host itself loads for its triggers, and what people see.
        string[] needed = ["host.json", "worker.config.json", "functions.metadata", "extensions.json", ".azurefunctions/function.deps.json", "pane/taskpane.html"];
        var missing = needed.Where(name => new FileInfo(Path.Combine(folder, name)) is not { Exists: true, Length: > 0 }).ToList();
        if (missing.Count == 0)
        {
            await using var config = File.OpenRead(Path.Combine(folder, "worker.config.json"));
            var worker = (string?)(await JsonNode.ParseAsync(config, cancellationToken: cancellation))?["description"]?["defaultWorkerPath"];
            missing.AddRange(worker is null || !File.Exists(Path.Combine(folder, worker)) ? [worker ?? "a worker in worker.config.json"] : []);
        }

        return missing;
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)).OrderBy(file => Name(folder, file), StringComparer.Ordinal);

    private static string Name(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
