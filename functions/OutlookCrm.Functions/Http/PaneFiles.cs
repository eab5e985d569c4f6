using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Http;

/// <summary>
/// The built shell in memory, read once, each file under its exact path: what is not in this list does not exist, so no path can
/// lead out of the folder. Compressed when first asked for, as small as it gets.
/// </summary>
public sealed partial class PaneFiles
{
    private readonly FrozenDictionary<string, PaneFile> byPath;

    internal PaneFiles(PaneOptions options)
    {
        byPath = (options.Folder is { } folder ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
            .ToFrozenDictionary(
                f => Path.GetRelativePath(options.Folder!, f).Replace('\\', '/'),
                f => Read(f, options),
                StringComparer.Ordinal);
    }

    internal PaneFile? Find(string path) => byPath.GetValueOrDefault(path);

    private static PaneFile Read(string file, PaneOptions options)
    {
        var content = File.ReadAllBytes(file);
        var extension = Path.GetExtension(file);
        var isPage = extension == ".html";
        return new PaneFile(
            isPage ? FillIn(content, options) : content,
            extension switch
            {
                ".html" => "text/html; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".json" or ".map" => "application/json",
                ".svg" => "image/svg+xml",
                ".png" => "image/png",
                ".ico" => "image/x-icon",
                ".woff2" => "font/woff2",
                _ => "application/octet-stream",
            },
            IsImmutable: !isPage && HashedName().IsMatch(Path.GetFileName(file)),
            isPage ? PolicyOf(options) : null);
    }

    private static byte[] FillIn(byte[] page, PaneOptions options)
    {
        var html = HtmlEncoder.Default;
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page)
            .Replace("__PANE_CLIENT_ID__", html.Encode(options.ClientId), StringComparison.Ordinal)
            .Replace("__PANE_AUTHORITY__", html.Encode(options.Authority.AbsoluteUri), StringComparison.Ordinal)
            .Replace("__PANE_SCOPE__", html.Encode(options.Scope), StringComparison.Ordinal));
    }

    // Scripts are ours and Office's: office.js fetches more of itself from its CDN, and for Outlook MicrosoftAjax.js from ASP.NET's.
    // MSAL talks to the sign-in host, and frames it when it renews a token without the Outlook bridge.
    private static string PolicyOf(PaneOptions options)
    {
        var signIn = options.Authority.GetLeftPart(UriPartial.Authority);
        return string.Join("; ",
            "default-src 'none'",
            "script-src 'self' https://appsforoffice.microsoft.com https://*.cdn.office.net https://ajax.aspnetcdn.com",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            $"connect-src 'self' {signIn}",
            $"frame-src {signIn}",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            $"frame-ancestors {string.Join(' ', options.FrameAncestors)}");
    }

    [GeneratedRegex(@"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")]
    private static partial Regex HashedName();
}

/// <param name="IsImmutable">Its name has a hash of its content.</param>
/// <param name="Policy">The Content-Security-Policy of a page; null for what is no page.</param>
internal sealed record PaneFile(byte[] Content, string ContentType, bool IsImmutable, string? Policy)
{
    private readonly Lazy<byte[]?> brotli = new(() => Compress(Content, ContentType, s => new BrotliStream(s, CompressionLevel.SmallestSize)));
    private readonly Lazy<byte[]?> gzip = new(() => Compress(Content, ContentType, s => new GZipStream(s, CompressionLevel.SmallestSize)));

    public string Hash { get; } = Base64UrlEncoder.Encode(SHA256.HashData(Content)[..12]);

    /// <summary>Null when compressing gains nothing.</summary>
    public byte[]? Brotli => brotli.Value;

    /// <inheritdoc cref="Brotli"/>
    public byte[]? Gzip => gzip.Value;

    private static byte[]? Compress(byte[] content, string contentType, Func<Stream, Stream> compressor)
    {
        if (contentType is "image/png" or "font/woff2")
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var stream = compressor(buffer))
        {
            stream.Write(content);
        }

        var compressed = buffer.ToArray();
        return compressed.Length < content.Length ? compressed : null;
    }
}
