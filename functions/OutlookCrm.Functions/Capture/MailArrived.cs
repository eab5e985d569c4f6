using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Capture;

/// <summary>
/// Graph tells of new mail, of changed meetings, and of what becomes of its subscriptions. Answered after one durable message and without
/// a request of our own: Graph gives up on receivers that are slow.
/// </summary>
public sealed class MailArrived(NotificationSecrets secrets, CaptureRequests requests, CaptureMetrics metrics, ILogger<MailArrived> log)
{
    /// <summary>Of the body. An item has some 600 bytes.</summary>
    internal const int MaxBytes = 1_000_000;

    internal const int MaxItems = 2_000;

    /// <summary>Of the handshake's token; Graph's have some 200 characters.</summary>
    internal const int MaxTokenLength = 2_000;

    private const int FirstBytes = 16 * 1024;

    /// <summary>How long a look waits for more notifications of the same mailbox.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    [Function(nameof(MailArrived)), Anonymous("Each notification carries a secret that only Graph was told; who asks for the handshake gets back what they sent.")]
    [Says("Microsoft Graph tells of new mail and meetings")]
    [Query("validationToken", MaxLength = MaxTokenLength, Says = "Graph asks whether notifications are wanted here: it is answered as plain text")]
    [Answers(200, when: "The handshake"), Answers(202, when: "What was told is remembered"), Answers(400), Answers(413), Answers(503)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "graph/notifications")] HttpRequest request, CancellationToken cancellation)
    {
        if (request.Query.TryGetValue("validationToken", out var tokens))
        {
            return tokens is [{ Length: > 0 and <= MaxTokenLength } token] && !token.Any(char.IsControl)
                ? new PlainText(token)
                : Answer.Invalid("validationToken", $"must be one text of at most {MaxTokenLength} characters");
        }

        using var body = new PooledBuffer(FirstBytes);
        if (request.ContentLength > MaxBytes || !await ReadAsync(request, body, cancellation))
        {
            return Answer.Refused(StatusCodes.Status413PayloadTooLarge, $"Notifications have at most {MaxBytes} bytes.");
        }

        var told = new Dictionary<(Guid TenantId, Guid UserId), bool>();
        try
        {
            using var document = JsonDocument.Parse(body.Written, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("value", out var items) || items.ValueKind != JsonValueKind.Array || items.GetArrayLength() > MaxItems)
            {
                return Answer.Invalid("value", $"must be a list of at most {MaxItems} notifications");
            }

            foreach (var item in items.EnumerateArray())
            {
                await ReadAsync(item, told, cancellation);
            }
        }
        catch (JsonException e)
        {
            return Answer.Invalid("body", $"must be JSON; it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair or bytes that are no UTF-8 in a text: found only when it is asked for.
            return Answer.Invalid("body", "must hold nothing but Unicode");
        }

        try
        {
            await requests.LookAsync(
                [.. told.Select(one => new MailboxToLookAt(one.Key.TenantId, one.Key.UserId, Subscriptions: one.Value))], cancellation, Gathering);
        }
        catch (WorkQueueUnavailableException e)
        {
            log.LogWarning("Notifications of {Mailboxes} mailboxes could not be kept; Graph sends them again: {Failure}", told.Count, Failure.WithoutWords(e));
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, "Send it again.");
        }

        return Results.Accepted();
    }

    /// <summary>What does not carry its mailbox's secret is dropped, and answered like all else: who tries learns nothing.</summary>
    private async Task ReadAsync(JsonElement item, Dictionary<(Guid TenantId, Guid UserId), bool> told, CancellationToken cancellation)
    {
        if (await secrets.ReadAsync(TextOf(item, "clientState"), cancellation) is not { } mailbox)
        {
            metrics.Dropped();
            log.LogWarning("A notification without its mailbox's secret was dropped");
            return;
        }

        // What was missed is found by looking; a subscription that ends or has ended is renewed or made anew besides.
        var isAboutSubscription = TextOf(item, "lifecycleEvent") is { } lifecycle && lifecycle != "missed";
        metrics.Received(isAboutSubscription);
        told[mailbox] = isAboutSubscription || told.GetValueOrDefault(mailbox);
    }

    private static string? TextOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>False when it is longer than allowed.</summary>
    private static async Task<bool> ReadAsync(HttpRequest request, PooledBuffer body, CancellationToken cancellation)
    {
        while (await request.Body.ReadAsync(body.GetMemory(FirstBytes), cancellation) is > 0 and var read)
        {
            body.Advance(read);
            if (body.Written.Length > MaxBytes)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Never taken for markup, whatever it holds.</summary>
    private sealed class PlainText(string text) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var response = httpContext.Response;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "text/plain; charset=utf-8";
            response.ContentLength = bytes.Length;
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            response.Headers.CacheControl = "no-store";
            return response.Body.WriteAsync(bytes, 0, bytes.Length, httpContext.RequestAborted);
        }
    }
}
