using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

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

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)).OrderBy(file => Name(folder, file), StringComparer.Ordinal);

    private static string Name(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
