using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Writes answers straight into the response, a buffer at a time.</summary>
internal static class GraphAnswers
{
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        Begin(context, status);
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        write(json);
        await FlushAsync(context, json);
    }

    /// <param name="resource">What of the metadata the items are.</param>
    /// <param name="link">The way on, under its name; null when there is none.</param>
    public static async Task WritePageAsync<T>(
        HttpContext context, string resource, IEnumerable<T> items, Action<Utf8JsonWriter, T> write, (string Name, string Address)? link = null, int? count = null)
    {
        Begin(context, StatusCodes.Status200OK);
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{context.Request.Scheme}://{context.Request.Host}{GraphEndpoints.Root}/$metadata#{resource}");
        if (count is { } total)
        {
            json.WriteNumber("@odata.count", total);
        }

        var traffic = GraphCaller.Of(context).IsOutlook ? null : context.RequestServices.GetRequiredService<GraphTraffic>();
        json.WriteStartArray("value");
        foreach (var item in items)
        {
            traffic?.CountItem();
            write(json, item);
            if (json.BytesPending > FlushBytes)
            {
                await FlushAsync(context, json);
            }
        }

        json.WriteEndArray();
        if (link is { } next)
        {
            json.WriteString(next.Name, next.Address);
        }

        json.WriteEndObject();
        await FlushAsync(context, json);
    }

    /// <summary>The JSON object that the client sent; an empty one where a body may be missing.</summary>
    /// <exception cref="GraphError">It is no JSON object.</exception>
    public static async Task<JsonObject> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is 0 || context.Request.ContentType is null)
        {
            return [];
        }

        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject
                ?? throw GraphError.BadRequest("Empty Payload. JSON content expected.");
            GraphWrites.Keep(context, body);
            return body;
        }
        catch (JsonException)
        {
            throw GraphError.BadRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.");
        }
    }

    private static async Task FlushAsync(HttpContext context, Utf8JsonWriter json)
    {
        await json.FlushAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Begin(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
    }
}
