using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

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
