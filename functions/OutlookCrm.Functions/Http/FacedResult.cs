using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>A contract record on its way out: written whole to a pooled buffer, so that it has a length and a failure sends no half.</summary>
internal sealed record FacedResult<T>(int Status, T Model, string? ETag, string? Location) : IResult
    where T : class
{
    private static readonly JsonTypeInfo<T> TypeInfo = (JsonTypeInfo<T>)ContractJson.Options.GetTypeInfo(typeof(T));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new PooledBuffer(initialBytes: 16 * 1024);
        if (Accept.PrefersHtml(httpContext.Request))
        {
            await httpContext.RequestServices.GetRequiredService<Views>().DrawAsync(Model, Readers.Of(httpContext), body);
            AnswerHeaders.Html(httpContext.Response, Status, ETag, Location);
        }
        else
        {
            using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions
            {
                Encoder = ContractJson.Options.Encoder,
                SkipValidation = true,
            }))
            {
                JsonSerializer.Serialize(writer, Model, TypeInfo);
            }

            var type = typeof(T) == typeof(Problem) ? "application/problem+json" : "application/json";
            AnswerHeaders.Write(httpContext.Response, Status, type, ETag, Location);
        }

        await Compression.WriteAsync(httpContext, body.Written);
    }
}

/// <summary>
/// A record that is known by its stamp before it is made: when its page has been drawn for such a reader already, neither the record
/// nor the page is made again.
/// </summary>
/// <param name="Stamp">Names what the record is made of, rows and versions: two records with one stamp are the same.</param>
internal sealed record StampedResult<T>(Func<string> Stamp, Func<T> Model, string? ETag) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!Accept.PrefersHtml(httpContext.Request))
        {
            await new FacedResult<T>(StatusCodes.Status200OK, Model(), ETag, Location: null).ExecuteAsync(httpContext);
            return;
        }

        var reader = Readers.Of(httpContext);
        var pages = httpContext.RequestServices.GetRequiredService<DrawnPages>();
        var key = new PageKey(typeof(T), Stamp(), reader.Culture.Name, reader.TimeZone.Id, reader.Today, reader.MayEdit);
        if (!pages.TryFind(key, out var page))
        {
            using var body = new PooledBuffer(initialBytes: 16 * 1024);
            await httpContext.RequestServices.GetRequiredService<Views>().DrawAsync(Model(), reader, body);
            page = DrawnPage.Of(body.Written.Span);
            pages.Keep(key, page);
        }

        AnswerHeaders.Html(httpContext.Response, StatusCodes.Status200OK, ETag, location: null);
        await page.WriteAsync(httpContext);
    }
}

/// <summary>What every answer says of itself.</summary>
internal static class AnswerHeaders
{
    // A fragment that is opened by itself shows text and runs nothing.
    private const string FragmentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void Html(HttpResponse response, int status, string? etag, string? location)
    {
        Write(response, status, "text/html; charset=utf-8", etag, location);
        response.Headers.ContentSecurityPolicy = FragmentPolicy;
    }

    public static void Write(HttpResponse response, int status, string contentType, string? etag, string? location)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.Vary = "Accept, Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        if (etag is not null)
        {
            headers.ETag = etag;
        }

        if (location is not null)
        {
            headers.Location = location;
        }
    }
}

/// <summary>Brotli for answers that are long enough to gain from it.</summary>
internal static class Compression
{
    /// <summary>What fits one packet arrives no sooner when it is smaller.</summary>
    private const int MinBytes = 1_200;

    /// <summary>Measured on a card with 20 timeline lines: see docs/decisions/0005.</summary>
    private const int Quality = 5;
    private const int WindowBits = 18;

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        if (body.Length < MinBytes || !Accept.Encoding(http.Request, "br"))
        {
            http.Response.ContentLength = body.Length;
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
            return;
        }

        var compressed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            var length = Compress(body.Span, compressed);
            await WriteCompressedAsync(http, compressed.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed, clearArray: true);
        }
    }

    public static ValueTask<System.IO.Pipelines.FlushResult> WriteCompressedAsync(HttpContext http, ReadOnlyMemory<byte> compressed)
    {
        http.Response.Headers.ContentEncoding = "br";
        http.Response.ContentLength = compressed.Length;
        return http.Response.BodyWriter.WriteAsync(compressed, http.RequestAborted);
    }

    /// <returns>How many bytes of <paramref name="target"/> are used.</returns>
    public static int Compress(ReadOnlySpan<byte> body, Span<byte> target) =>
        BrotliEncoder.TryCompress(body, target, out var length, Quality, WindowBits)
            ? length
            : throw new InvalidOperationException("Brotli's own bound was too small.");
}
