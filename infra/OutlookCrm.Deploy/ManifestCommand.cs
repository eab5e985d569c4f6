using System.IO.Compression;
using System.Text.Json;

namespace OutlookCrm.Deploy;

/// <summary><c>manifest --origin https://…</c>: the files by which Outlook learns of the add-in.</summary>
public static class ManifestCommand
{
    public const string Usage = """
        manifest --origin https://HOST [--out FOLDER] [--client-id GUID]
          --origin     where the product runs: https and a host name, nothing after it
          --out        where the files go (outlook-crm-add-in)
          --client-id  the app registration, for the unified manifest's consent page
        Writes manifest.xml, which every Outlook reads, and outlook-crm.zip with manifest.json for Outlook on the web and on Windows.
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>0; 2 when an argument is wrong, with the rule on <paramref name="errors"/> and no file written.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        if (!Arguments.TryRead(arguments, flags: [], values: ["origin", "out", "client-id"], out var given, out var complaint))
        {
            return await RefuseAsync(complaint);
        }

        if (!Origin.TryParse(given.Value("origin"), out var origin, out complaint))
        {
            return await RefuseAsync(given.Value("origin") is null ? "--origin is missing." : $"--origin: {complaint}");
        }

        Guid? client = Guid.TryParse(given.Value("client-id"), out var id) ? id : null;
        if (given.Value("client-id") is { } wrong && client is null)
        {
            return await RefuseAsync($"--client-id: '{wrong}' is no GUID, which the client id of an app registration is.");
        }

        var folder = Path.GetFullPath(given.Value("out") ?? "outlook-crm-add-in");
        await WriteAsync(new AddinDescription(origin, client), folder, cancellation);
        await output.WriteLineAsync($"""
            For {origin}:
              {Path.Combine(folder, "manifest.xml")}      for every Outlook; take this one when in doubt
              {Path.Combine(folder, "outlook-crm.zip")}   unified manifest, for Outlook on the web and on Windows
            How to add it for one person or for the firm: docs/deploy.md
            """);
        return 0;

        async Task<int> RefuseAsync(string why)
        {
            await errors.WriteLineAsync($"{why}\n\n{Usage}");
            return 2;
        }
    }

    internal static async Task WriteAsync(AddinDescription addin, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await using (var xml = File.Create(Path.Combine(folder, "manifest.xml")))
        {
            await XmlManifest.Of(addin).SaveAsync(xml, default, cancellation);
        }

        var json = UnifiedManifest.Of(addin).ToJsonString(Indented);
        await File.WriteAllTextAsync(Path.Combine(folder, "manifest.json"), json, cancellation);
        await using var file = File.Create(Path.Combine(folder, "outlook-crm.zip"));
        await using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        await using (var entry = await zip.CreateEntry("manifest.json").OpenAsync(cancellation))
        await using (var writer = new StreamWriter(entry))
        {
            await writer.WriteAsync(json.AsMemory(), cancellation);
        }

        foreach (var icon in (string[])["color.png", "outline.png"])
        {
            await using var entry = await zip.CreateEntry(icon).OpenAsync(cancellation);
            await using var content = typeof(ManifestCommand).Assembly.GetManifestResourceStream(icon)!;
            await content.CopyToAsync(entry, cancellation);
        }
    }
}
