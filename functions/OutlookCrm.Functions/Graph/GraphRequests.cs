using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Identity;
using Microsoft.Graph;
using Microsoft.Kiota.Abstractions;

namespace OutlookCrm.Graph;

/// <summary>
/// Sends what the SDK's builders built, to Graph and nowhere else, and reads the answer as JSON. Waits as Graph asks, up to ten seconds in
/// all; what needs longer is the caller's to try again.
/// </summary>
internal sealed class GraphRequests(GraphOptions options, GraphClients clients, TimeProvider clock) : IDisposable
{
    /// <summary>How many messages or meetings a page has.</summary>
    public const int PageSize = 250;

    /// <summary>What no mailbox's share of requests is taken for.</summary>
    public const string NoMailbox = "";

    /// <summary>Graph's limit for one batch.</summary>
    public const int MaxParts = 20;

    /// <summary>For all waits within one call.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal const int MaxTries = 4;

    // Codes of our own, for what Graph had no word for.
    private const string Waiting = "waiting";
    private const string OutOfTime = "timeout";
    private const string ForeignLink = "foreignLink";
    private const string NotJson = "notJson";

    // Graph tells the times of meetings in UTC, and bodies, which a calendar's delta cannot leave out, without their HTML.
    private static readonly string[] Preferences =
    [
        "IdType=\"ImmutableId\"",
        string.Create(CultureInfo.InvariantCulture, $"odata.maxpagesize={PageSize}"),
        "outlook.timezone=\"UTC\"",
        "outlook.body-content-type=\"text\"",
    ];

    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly ConcurrentDictionary<(Guid Tenant, string Mailbox), MailboxLane> lanes = new();

    /// <summary>Graph's answer to one request; an answer without a body is an empty object.</summary>
    /// <param name="mailbox">Whose share of Graph it takes; empty for what is no mailbox's.</param>
    /// <param name="build">Called for each try, as a request is used up by sending it.</param>
    /// <exception cref="GraphException">It was refused, or could not be had in time.</exception>
    public Task<JsonDocument> SendAsync(
        Guid tenantId, string mailbox, Func<GraphServiceClient, RequestInformation> build, CancellationToken cancellation) =>
        SendAsync(tenantId, mailbox, 1, isLink: false, isOnce: false, build, cancellation);

    /// <summary>The same; null when what is asked for or changed is not there.</summary>
    public async Task<JsonDocument?> FindAsync(
        Guid tenantId, string mailbox, Func<GraphServiceClient, RequestInformation> build, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(tenantId, mailbox, build, cancellation);
        }
        catch (GraphException why) when (why is { Trouble: GraphTrouble.Item, Status: (int)HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    /// <summary>For what must not be done twice: tried again only where Graph said that it was not done.</summary>
    /// <exception cref="GraphException">It was refused, or nobody knows: see <see cref="GraphException.Status"/>.</exception>
    public Task<JsonDocument> SendOnceAsync(
        Guid tenantId, string mailbox, Func<GraphServiceClient, RequestInformation> build, CancellationToken cancellation) =>
        SendAsync(tenantId, mailbox, 1, isLink: false, isOnce: true, build, cancellation);

    /// <summary>One page of several: the first by a request of our own, each other by the link in the one before.</summary>
    public Task<JsonDocument> PageAsync(
        Guid tenantId, string mailbox, string? link, Func<GraphServiceClient, RequestInformation> first, CancellationToken cancellation) =>
        link is null ? SendAsync(tenantId, mailbox, first, cancellation) : FollowAsync(tenantId, mailbox, link, cancellation);

    /// <summary>The answer to a link of Graph's, sent as it was given.</summary>
    /// <exception cref="GraphException"><see cref="GraphTrouble.Resync"/>: the link is no longer good, or leads to somewhere else than Graph.</exception>
    public Task<JsonDocument> FollowAsync(Guid tenantId, string mailbox, string link, CancellationToken cancellation)
    {
        if (!IsOurs(link, out var address))
        {
            throw new GraphException(GraphTrouble.Resync, ForeignLink, null, null, null);
        }

        return SendAsync(tenantId, mailbox, 1, isLink: true, isOnce: false, _ => new RequestInformation { HttpMethod = Method.GET, URI = address }, cancellation);
    }

    /// <summary>Graph's answers to many reads of one mailbox, each part for itself and in the same order, 20 at a time.</summary>
    /// <exception cref="GraphException">The batch as a whole was refused. What was refused of single parts is in the answers.</exception>
    public async Task<IReadOnlyList<PartAnswer>> SendBatchAsync(
        Guid tenantId, string mailbox, IReadOnlyList<Func<GraphServiceClient, RequestInformation>> parts, CancellationToken cancellation)
    {
        var answers = new List<PartAnswer>(parts.Count);
        foreach (var chunk in parts.Chunk(MaxParts))
        {
            answers.AddRange(await SendChunkAsync(tenantId, mailbox, chunk, cancellation));
        }

        return answers;
    }

    /// <summary>A link in an answer; null when there is none.</summary>
    /// <exception cref="GraphException">It leads to somewhere else than Graph: whoever answered was not Graph.</exception>
    public string? LinkIn(JsonElement answer, string name) =>
        GraphJson.Text(answer, name) is not { } link ? null
        : IsOurs(link, out _) ? link
        : throw new GraphException(GraphTrouble.Temporary, ForeignLink, null, null, null);

    public void Dispose()
    {
        foreach (var lane in lanes.Values)
        {
            lane.Dispose();
        }
    }

    private async Task<PartAnswer[]> SendChunkAsync(
        Guid tenantId, string mailbox, Func<GraphServiceClient, RequestInformation>[] parts, CancellationToken cancellation)
    {
        var answers = new PartAnswer[parts.Length];
        var open = Enumerable.Range(0, parts.Length).ToList();
        var patience = Patience;
        for (var tries = 1; ; tries++)
        {
            using var document = await SendAsync(
                tenantId, mailbox, open.Count, isLink: false, isOnce: false, client => Batch(client, open.Select(n => (n, parts[n]))), cancellation);
            var byId = GraphJson.Items(document.RootElement, "responses")
                .Select(part => (Id: GraphJson.Text(part, "id"), Part: part))
                .Where(part => part.Id is not null)
                .DistinctBy(part => part.Id)
                .ToDictionary(part => part.Id!, part => part.Part);
            foreach (var n in open)
            {
                answers[n] = byId.TryGetValue(Id(n), out var part)
                    ? Judge(part)
                    : new PartAnswer(default, new GraphException(GraphTrouble.Temporary, "noAnswer", null, null, null));
            }

            open = [.. open.Where(n => answers[n].Refusal is { Trouble: GraphTrouble.Temporary })];
            var wait = open.Count == 0 ? TimeSpan.Zero : open.Max(n => answers[n].Refusal!.RetryAfter ?? Backoff(tries));
            if (open.Count > 0 && open.Any(n => answers[n].Refusal!.RetryAfter is not null))
            {
                LaneOf(tenantId, mailbox).CloseUntil(clock.GetUtcNow() + wait);
            }

            if (open.Count == 0 || tries == MaxTries || wait > patience)
            {
                return answers;
            }

            patience -= wait;
            await Task.Delay(wait, clock, cancellation);
        }
    }

    private async Task<JsonDocument> SendAsync(
        Guid tenantId, string mailbox, int parts, bool isLink, bool isOnce, Func<GraphServiceClient, RequestInformation> build, CancellationToken cancellation)
    {
        var lane = LaneOf(tenantId, mailbox);
        var patience = Patience;
        var renewed = false;
        for (var tries = 1; ; tries++)
        {
            GraphException refusal;
            var client = clients.For(tenantId);
            using (await lane.EnterAsync(parts, cancellation))
            {
                var closedFor = lane.ClosedUntil - clock.GetUtcNow();
                if (closedFor > TimeSpan.Zero)
                {
                    refusal = new GraphException(GraphTrouble.Temporary, Waiting, (int)HttpStatusCode.TooManyRequests, closedFor, null);
                }
                else
                {
                    try
                    {
                        return await TryAsync(client, build, isLink, cancellation);
                    }
                    catch (GraphException why)
                    {
                        refusal = why;
                    }
                }
            }

            if (refusal.Status == (int)HttpStatusCode.Unauthorized && !renewed && clients.Renew(tenantId, client))
            {
                renewed = true;
                continue;
            }

            if (refusal.RetryAfter is { } asked && refusal.Code != Waiting)
            {
                lane.CloseUntil(clock.GetUtcNow() + asked);
            }

            // What took its time limit already would take another one.
            var wait = refusal.RetryAfter ?? Backoff(tries);
            if (refusal.Trouble != GraphTrouble.Temporary || refusal.Code == OutOfTime || tries == MaxTries || wait > patience
                || (isOnce && refusal.Status is not ((int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.ServiceUnavailable)))
            {
                throw refusal;
            }

            patience -= wait;
            await Task.Delay(wait, clock, cancellation);
        }
    }

    private async Task<JsonDocument> TryAsync(
        GraphServiceClient client, Func<GraphServiceClient, RequestInformation> build, bool isLink, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var request = build(client);
            GraphWriteGuard.Check(request, options.Root);
            Prefer(request);
            var handler = new NativeResponseHandler();
            request.SetResponseHandler(handler);
            await client.RequestAdapter.SendNoContentAsync(request, errorMapping: null, either.Token);
            using var response = (HttpResponseMessage)handler.Value!;
            return await ReadAsync(response, isLink, either.Token);
        }
        catch (OperationCanceledException why) when (!cancellation.IsCancellationRequested)
        {
            throw new GraphException(GraphTrouble.Temporary, OutOfTime, null, null, why);
        }
        catch (HttpRequestException why)
        {
            throw new GraphException(GraphTrouble.Temporary, why.HttpRequestError.ToString(), null, null, why);
        }
        catch (IOException why)
        {
            throw new GraphException(GraphTrouble.Temporary, "torn", null, null, why);
        }
        catch (JsonException why)
        {
            throw new GraphException(GraphTrouble.Temporary, "brokenJson", null, null, why);
        }
        catch (AuthenticationFailedException why)
        {
            throw NoToken(why);
        }
    }

    private async Task<JsonDocument> ReadAsync(HttpResponseMessage response, bool isLink, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var isJson = response.Content.Headers.ContentType?.MediaType is { } type
            && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
        if (response.IsSuccessStatusCode)
        {
            if (response.StatusCode == HttpStatusCode.NoContent || response.Content.Headers.ContentLength == 0)
            {
                return JsonDocument.Parse("{}");
            }

            // A portal or a proxy answers so, and says 200.
            var document = isJson
                ? await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), default, cancellation)
                : throw new GraphException(GraphTrouble.Temporary, NotJson, status, null, null);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new GraphException(GraphTrouble.Temporary, NotJson, status, null, null);
        }

        if (status is >= 300 and < 400)
        {
            throw new GraphException(GraphTrouble.Temporary, "redirected", status, null, null);
        }

        var (trouble, code) = GraphTroubles.Sort(status, isJson ? await CodesInAsync(response, cancellation) : [], isLink);
        throw new GraphException(trouble, code, status, trouble == GraphTrouble.Temporary ? WaitIn(response) : null, null);
    }

    private static async Task<IReadOnlyList<string>> CodesInAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), default, cancellation);
            return GraphTroubles.CodesIn(document.RootElement);
        }
        catch (JsonException)
        {
            return []; // an empty or broken body says nothing more than the status
        }
    }

    private PartAnswer Judge(JsonElement part)
    {
        var body = GraphJson.Child(part, "body");
        var status = GraphJson.Child(part, "status") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var told) ? told : 0;
        if (status is >= 200 and < 300)
        {
            return body.ValueKind == JsonValueKind.Object
                ? new PartAnswer(body.Clone(), null)
                : new PartAnswer(default, new GraphException(GraphTrouble.Temporary, NotJson, status, null, null));
        }

        var (trouble, code) = GraphTroubles.Sort(status, GraphTroubles.CodesIn(body), isLink: false);
        var wait = trouble == GraphTrouble.Temporary
            && GraphJson.Child(part, "headers") is { ValueKind: JsonValueKind.Object } headers
            && headers.EnumerateObject().FirstOrDefault(header => header.Name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)) is { Value: var value }
            && RetryConditionHeaderValue.TryParse(GraphJson.Text(value), out var asked)
            ? Wait(asked, null)
            : null;
        return new PartAnswer(default, new GraphException(trouble, code, status, wait, null));
    }

    /// <summary>The whole of a batch's body; each part says its preferences itself.</summary>
    private RequestInformation Batch(GraphServiceClient client, IEnumerable<(int Number, Func<GraphServiceClient, RequestInformation> Build)> parts)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("requests");
            foreach (var (number, build) in parts)
            {
                var part = build(client);
                if (part.HttpMethod != Method.GET)
                {
                    throw new InvalidOperationException("A batch only reads.");
                }

                part.PathParameters.TryAdd("baseurl", options.Root);
                json.WriteStartObject();
                json.WriteString("id", Id(number));
                json.WriteString("method", part.HttpMethod.ToString());
                json.WriteString("url", part.URI.AbsoluteUri[options.Root.Length..]);
                json.WriteStartObject("headers");
                json.WriteString("Prefer", string.Join(", ", Preferences));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var request = new RequestInformation { HttpMethod = Method.POST, URI = new Uri($"{options.Root}/$batch") };
        request.SetStreamContent(new MemoryStream(body.WrittenSpan.ToArray()), "application/json");
        return request;
    }

    private static void Prefer(RequestInformation request)
    {
        request.Headers.TryAdd("Accept", "application/json");
        foreach (var preference in Preferences)
        {
            request.Headers.Add("Prefer", preference);
        }
    }

    /// <summary>Whether Graph can be asked at this address: scheme, host, port and the version's path.</summary>
    private bool IsOurs(string link, out Uri address)
    {
        var ours = options.BaseUrl;
        return Uri.TryCreate(link, Verbatim, out address!)
            && !link.AsSpan().ContainsAnyExceptInRange('!', '~')
            && address.Scheme == ours.Scheme && address.IdnHost.Equals(ours.IdnHost, StringComparison.OrdinalIgnoreCase) && address.Port == ours.Port
            && address.UserInfo.Length == 0
            && address.AbsolutePath.StartsWith($"{ours.AbsolutePath.TrimEnd('/')}/", StringComparison.OrdinalIgnoreCase);
    }

    private TimeSpan? WaitIn(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } asked ? Wait(asked, response.Headers.Date) : null;

    // A date is by the clock of who says it.
    private TimeSpan? Wait(RetryConditionHeaderValue asked, DateTimeOffset? saidAt)
    {
        var wait = asked.Delta ?? (asked.Date - (saidAt ?? clock.GetUtcNow()));
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static GraphException NoToken(AuthenticationFailedException why)
    {
        // The issuer refused us (a secret that ended, consent taken back), or it could not be asked.
        var isTemporary = false;
        var code = "noToken";
        for (Exception? inner = why; inner is not null; inner = inner.InnerException)
        {
            isTemporary |= inner is HttpRequestException or IOException or OperationCanceledException
                or Azure.RequestFailedException { Status: 0 or (int)HttpStatusCode.TooManyRequests or >= 500 }
                or Microsoft.Identity.Client.MsalServiceException { StatusCode: (int)HttpStatusCode.TooManyRequests or >= 500 };
            code = inner is Microsoft.Identity.Client.MsalServiceException { ErrorCode: { Length: > 0 } said } ? said : code;
        }

        return new GraphException(isTemporary ? GraphTrouble.Temporary : GraphTrouble.Reconnect, code, null, null, why);
    }

    private static TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(0.5 * Math.Pow(2, tries - 1));

    private static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);

    private MailboxLane LaneOf(Guid tenantId, string mailbox) =>
        lanes.GetOrAdd((tenantId, mailbox.ToUpperInvariant()), _ => new MailboxLane());
}

/// <param name="Body">An object; of no use when <paramref name="Refusal"/> is not null.</param>
internal readonly record struct PartAnswer(JsonElement Body, GraphException? Refusal);
