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
        var response = httpContext.Response;
        var html = Accept.PrefersHtml(httpContext.Request);
        using var body = new PooledBuffer(initialBytes: 16 * 1024);
        if (html)
        {
            var views = httpContext.RequestServices.GetRequiredService<Views>();
            await views.DrawAsync(Model, Readers.Of(httpContext), body);
        }
        else
        {
            using var writer = new Utf8JsonWriter(body, new JsonWriterOptions
            {
                Encoder = ContractJson.Options.Encoder,
                SkipValidation = true,
            });
            JsonSerializer.Serialize(writer, Model, TypeInfo);
        }

        response.StatusCode = Status;
        response.ContentType = html ? "text/html; charset=utf-8"
            : typeof(T) == typeof(Problem) ? "application/problem+json"
            : "application/json";
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.Vary = "Accept, Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        if (ETag is not null)
        {
            headers.ETag = ETag;
        }

        if (Location is not null)
        {
            headers.Location = Location;
        }

        if (html)
        {
            headers.ContentSecurityPolicy = FragmentPolicy;
        }

        await Compression.WriteAsync(httpContext, body.Written);
    }

    // A fragment that is opened by itself shows text and runs nothing.
    private const string FragmentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
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
            if (!BrotliEncoder.TryCompress(body.Span, compressed, out var length, Quality, WindowBits))
            {
                throw new InvalidOperationException("Brotli's own bound was too small.");
            }

            http.Response.Headers.ContentEncoding = "br";
            http.Response.ContentLength = length;
            await http.Response.BodyWriter.WriteAsync(compressed.AsMemory(0, length), http.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed, clearArray: true);
        }
    }
}
