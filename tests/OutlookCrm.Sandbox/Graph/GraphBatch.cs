using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// $batch: up to twenty requests in one, each judged for itself, four at a time, in whatever order they end. A part passes everything that a
/// request of its own would.
/// </summary>
internal sealed class GraphBatch
{
    private const int MostParts = 20;
    private const int MostAtOnce = 4;

    private static readonly string[] Methods = ["GET", "POST", "PATCH", "PUT", "DELETE"];

    /// <summary>What answers requests to this server; set once, while it is put together.</summary>
    public RequestDelegate? Pipeline { get; set; }

    public static void Map(IEndpointRouteBuilder graph) =>
        graph.MapPost("/$batch", context => context.RequestServices.GetRequiredService<GraphBatch>().AnswerAsync(context));

    public static bool IsPart(HttpContext context) => context.Features.Get<PartOfBatch>() is not null;

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsPart(context))
        {
            throw GraphError.BadRequest("Batch requests cannot be nested.");
        }

        var parts = Read(await GraphAnswers.ReadBodyAsync(context));
        var answers = new List<Answer>(parts.Count);
        var ended = parts.ToDictionary(part => part.Id, _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        using var room = new SemaphoreSlim(MostAtOnce);
        await Task.WhenAll(parts.Select(async part =>
        {
            Answer answer;
            var before = await Task.WhenAll(part.DependsOn.Select(id => ended[id].Task));
            if (before.Any(status => status >= StatusCodes.Status400BadRequest))
            {
                answer = new Answer(part.Id, StatusCodes.Status424FailedDependency, [], Failed("FailedDependency", "Dependent request failed."));
            }
            else
            {
                await room.WaitAsync(context.RequestAborted);
                try
                {
                    answer = await AnswerAsync(context, part);
                }
                finally
                {
                    room.Release();
                }
            }

            lock (answers)
            {
                answers.Add(answer);
            }

            ended[part.Id].SetResult(answer.Status);
        }));

        await GraphAnswers.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, answers));
    }

    private async Task<Answer> AnswerAsync(HttpContext whole, Part part)
    {
        var context = new DefaultHttpContext { RequestServices = whole.RequestServices };
        context.Features.Set(new PartOfBatch());
        using var body = new MemoryStream();
        context.Response.Body = body;
        var request = context.Request;
        var url = part.Url.Split('?', 2);
        (request.Method, request.Scheme, request.Host, request.Protocol) = (part.Method, whole.Request.Scheme, whole.Request.Host, whole.Request.Protocol);
        request.Path = new PathString(Uri.UnescapeDataString($"{GraphEndpoints.Root}/{url[0].TrimStart('/')}"));
        request.QueryString = url is [_, var query] ? new QueryString($"?{query}") : default;
        request.Headers.Authorization = whole.Request.Headers.Authorization;
        foreach (var (name, value) in part.Headers)
        {
            request.Headers[name] = value?.ToString();
        }

        if (part.Body is not null)
        {
            request.ContentType = "application/json";
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(part.Body.ToJsonString()));
        }

        context.RequestAborted = whole.RequestAborted;
        await Pipeline!(context);
        await context.Response.BodyWriter.FlushAsync(whole.RequestAborted);
        return new Answer(
            part.Id, context.Response.StatusCode,
            [.. context.Response.Headers.Where(header => header.Key is not ("Content-Length" or "Vary")).Select(header => (header.Key, header.Value.ToString()))],
            body.Length == 0 ? null : body.ToArray());
    }

    private static void Write(Utf8JsonWriter json, List<Answer> answers)
    {
        json.WriteStartObject();
        json.WriteStartArray("responses");
        foreach (var answer in answers)
        {
            json.WriteStartObject();
            json.WriteString("id", answer.Id);
            json.WriteNumber("status", answer.Status);
            json.WriteStartObject("headers");
            foreach (var (name, value) in answer.Headers)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            if (answer.Body is { } body)
            {
                json.WritePropertyName("body");
                json.WriteRawValue(body, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static byte[] Failed(string code, string message) =>
        JsonSerializer.SerializeToUtf8Bytes(new { error = new { code, message } });

    private static List<Part> Read(JsonObject batch)
    {
        if (batch["requests"] is not JsonArray { Count: > 0 } requests)
        {
            throw GraphError.BadRequest("Invalid batch payload format.");
        }

        if (requests.Count > MostParts)
        {
            throw GraphError.BadRequest($"Number of batch request steps exceeds the maximum value of {MostParts}.");
        }

        var parts = new List<Part>();
        foreach (var item in requests)
        {
            var request = item as JsonObject ?? throw GraphError.BadRequest("Invalid batch payload format.");
            var part = new Part(
                MailInput.Text(request["id"], "id"), MailInput.Text(request["method"], "method").ToUpperInvariant(), MailInput.Text(request["url"], "url"),
                request["headers"] as JsonObject ?? [], request["body"], request["dependsOn"] is { } dependsOn ? MailInput.Texts(dependsOn, "dependsOn") : []);
            if (parts.Exists(other => other.Id == part.Id))
            {
                throw GraphError.BadRequest($"Request id '{part.Id}' is not unique.");
            }

            // Only on what stands before it: no circle can be written so.
            if (!Methods.Contains(part.Method) || part.DependsOn.Any(id => !parts.Exists(other => other.Id == id)))
            {
                throw GraphError.BadRequest($"The method or a dependency of request '{part.Id}' is not known.");
            }

            parts.Add(part);
        }

        return parts;
    }

    private sealed record Part(string Id, string Method, string Url, JsonObject Headers, JsonNode? Body, IReadOnlyList<string> DependsOn);

    private sealed record Answer(string Id, int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body);

    private sealed class PartOfBatch;
}
