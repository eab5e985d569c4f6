using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>A contract record on its way out: written whole to a pooled buffer, so that it has a length and a failure sends no half.</summary>
internal sealed record FacedResult<T>(int Status, T Model, string? ETag, string? Location) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new PooledBuffer(initialBytes: 16 * 1024);
        var reader = Accept.PrefersHtml(httpContext.Request) ? Readers.Of(httpContext) : null;
        await Faces.WriteAsync(httpContext, Model, reader, body);
        Faces.WriteHead<T>(httpContext.Response, Status, reader, ETag, Location);
        await Compression.WriteAsync(httpContext, body.Written);
    }
}

/// <summary>
/// A record that is known by its stamp before it is made: when it has been written for such a reader already, neither the record nor
/// the answer is made again, and a reader who still shows the page gets none.
/// </summary>
internal sealed record KeptResult<T>(RowsStamp Stamp, string Sight, Func<(T Model, string? ETag)> Make, TableRange? Rows) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var reader = Accept.PrefersHtml(httpContext.Request) ? Readers.Of(httpContext) : null;
        var answers = httpContext.RequestServices.GetRequiredService<KeptAnswers>();
        var takesBrotli = Compression.IsTaken(httpContext.Request);
        var key = new AnswerKey(typeof(T), Stamp, Sight, reader is null ? null : PageKey.Of(reader), takesBrotli);
        var page = reader is null ? null : EntityTag.OfPage(key);
        if (page is not null && HttpMethods.IsGet(httpContext.Request.Method) && EntityTag.IsKnown(httpContext.Request, page))
        {
            Rows?.Release();
            Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status304NotModified, reader, page, location: null);
            return;
        }

        if (!answers.TryFind(key, out var answer))
        {
            var (model, etag) = Make();
            using var body = new PooledBuffer(initialBytes: 16 * 1024);
            await Faces.WriteAsync(httpContext, model, reader, body);
            answer = KeptAnswer.Of(body.Written.Span, takesBrotli, etag);
            answers.Keep(key, answer);
        }

        Rows?.Release();
        using (answer)
        {
            Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status200OK, reader, page ?? answer.ETag, location: null);
            await answer.WriteAsync(httpContext);
        }
    }
}

/// <summary>The two faces of a contract record: HTML for a reader, JSON for a program.</summary>
internal static class Faces
{
    // A fragment that is opened by itself shows text and runs nothing.
    private const string FragmentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Whoever came by https comes by nothing else for a year.</summary>
    public const string OneYear = "max-age=31536000";

    /// <param name="reader">Null for JSON.</param>
    public static async ValueTask WriteAsync<T>(HttpContext http, T model, Reader? reader, PooledBuffer body)
        where T : class
    {
        if (reader is not null)
        {
            await http.RequestServices.GetRequiredService<Views>().DrawAsync(model, reader, body);
            return;
        }

        await using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = ContractJson.Options.Encoder, SkipValidation = true });
        JsonSerializer.Serialize(writer, model, (JsonTypeInfo<T>)ContractJson.Options.GetTypeInfo(typeof(T)));
    }

    /// <param name="reader">Null for JSON.</param>
    public static void WriteHead<T>(HttpResponse response, int status, Reader? reader, string? etag, string? location)
        where T : class
    {
        var headers = response.Headers;
        response.StatusCode = status;
        if (reader is null)
        {
            headers.ContentType = typeof(T) == typeof(Problem) ? "application/problem+json" : "application/json";
        }
        else
        {
            headers.ContentType = "text/html; charset=utf-8";
            headers.ContentSecurityPolicy = FragmentPolicy;
            headers["Referrer-Policy"] = "no-referrer";
        }

        headers.CacheControl = "no-store";
        headers.Vary = "Accept, Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (response.HttpContext.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }

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

    public static bool IsTaken(HttpRequest request) => Accept.Encoding(request, "br");

    public static bool IsWorthIt(int bytes) => bytes >= MinBytes;

    /// <summary>What so many bytes take at most, compressed.</summary>
    public static int MaxBytes(int bytes) => BrotliEncoder.GetMaxCompressedLength(bytes);

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        if (!IsWorthIt(body.Length) || !IsTaken(http.Request))
        {
            http.Response.ContentLength = body.Length;
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
            return;
        }

        var compressed = ArrayPool<byte>.Shared.Rent(MaxBytes(body.Length));
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
