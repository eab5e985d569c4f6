using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Graph;

/// <summary>
/// A server in Graph's place that answers as a test planned, and the product's client of it. Writes down all that it was asked.
/// </summary>
internal sealed class PlannedGraph : IAsyncDisposable
{
    public const string User = "11d8a3c2-0f5e-4c7b-a1d4-90b6c7e8f101";

    private readonly ConcurrentQueue<SeenRequest> seen = new();
    private readonly ConcurrentQueue<Answer> planned = new();
    private readonly ConcurrentDictionary<Guid, int> tokens = new();
    private readonly WebApplication application;
    private GraphClients? clients;
    private GraphRequests? requests;
    private int inFlight;

    private PlannedGraph(WebApplication application) => this.application = application;

    public delegate Task Answer(HttpContext context);

    /// <param name="Target">Path and query as they came over the line.</param>
    public sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string Path => Uri.UnescapeDataString(Target.Split('?')[0]);

        public string? Query(string name) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://h" + Target).Query)
            .TryGetValue(name, out var value) ? value.ToString() : null;
    }

    public static Guid Tenant { get; } = new("7f1c5a0e-3d0b-4a68-9b57-2c1d5e0f4a11");

    public Uri Address => new(application.Urls.Single());

    /// <summary>The version's address, with which every address of Graph begins.</summary>
    public string Root => $"{Address.AbsoluteUri}v1.0";

    public GraphMailboxes Mailboxes { get; private set; } = null!;

    public GraphFolders Folders { get; private set; } = null!;

    public GraphPlaces Places { get; private set; } = null!;

    public GraphSubscriptions Subscriptions { get; private set; } = null!;

    public GraphReminders Reminders { get; private set; } = null!;

    public GraphDigests Digests { get; private set; } = null!;

    public IReadOnlyList<SeenRequest> Seen => [.. seen];

    /// <summary>How many requests were open at once, at most; a batch counts for its parts, up to four.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>What answers when nothing is planned. Also each part of a batch.</summary>
    public Answer Otherwise { get; set; } = Json(404, Error("ErrorItemNotFound"));

    public static async Task<PlannedGraph> StartAsync(TimeProvider? clock = null, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var graph = new PlannedGraph(builder.Build());
        graph.application.Run(graph.AnswerAsync);
        await graph.application.StartAsync();
        var options = OptionsFor(graph.Root, settings);
        clock ??= TimeProvider.System;
        graph.clients = new GraphClients(options, tenant => new CountingCredential(tenant, graph.tokens), clock);
        graph.requests = new GraphRequests(options, graph.clients, clock);
        graph.Mailboxes = new GraphMailboxes(graph.requests, options);
        graph.Folders = new GraphFolders(graph.requests);
        graph.Places = new GraphPlaces(graph.requests, options);
        graph.Subscriptions = new GraphSubscriptions(graph.requests);
        graph.Reminders = new GraphReminders(graph.requests, options);
        graph.Digests = new GraphDigests(graph.requests, options);
        return graph;
    }

    /// <param name="settings">A setting that is given twice has the later value.</param>
    public static GraphOptions OptionsFor(string root, params (string Name, string Value)[] settings) => GraphOptions.From(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Identity:ClientId"] = Guid.NewGuid().ToString(),
            ["Graph:BaseUrl"] = root,
            ["Graph:Credential"] = "secret",
            ["Graph:Secret"] = "not asked for here",
        })
        .AddInMemoryCollection(settings.Reverse().DistinctBy(setting => setting.Name).Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        .Build());

    public static Answer Json(int status, JsonNode body, params (string Name, string Value)[] headers) => Text(status, body.ToJsonString(), "application/json", headers);

    public static Answer Text(int status, string body, string contentType, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body, context.RequestAborted);
    };

    public static Answer Torn { get; } = context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Begins to answer, and the line breaks.</summary>
    public static Answer TornWithin { get; } = async context =>
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1_000;
        await context.Response.WriteAsync("""{"value":[{"id":"a""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    };

    /// <summary>Begins to answer, and never ends.</summary>
    public static Answer Endless { get; } = async context =>
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"value":[""");
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    public static JsonObject Error(string code, string? inner = null) => new()
    {
        ["error"] = new JsonObject
        {
            ["code"] = code,
            ["message"] = "Words for people.",
            ["innerError"] = inner is null ? new JsonObject { ["request-id"] = "1" } : new JsonObject { ["code"] = inner },
        },
    };

    public static JsonObject Page(IEnumerable<JsonNode> items, string? nextLink = null, string? deltaLink = null)
    {
        var page = new JsonObject { ["value"] = new JsonArray([.. items]) };
        if (nextLink is not null)
        {
            page["@odata.nextLink"] = nextLink;
        }

        if (deltaLink is not null)
        {
            page["@odata.deltaLink"] = deltaLink;
        }

        return page;
    }

    public void Plan(params Answer[] next)
    {
        foreach (var answer in next)
        {
            planned.Enqueue(answer);
        }
    }

    /// <summary>How often a token was asked for, for a tenant.</summary>
    public int TokensFor(Guid tenant) => tokens.GetValueOrDefault(tenant);

    public async ValueTask DisposeAsync()
    {
        requests?.Dispose();
        clients?.Dispose();
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        seen.Enqueue(new SeenRequest(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        var isBatch = context.Request.Path.Value!.EndsWith("/$batch", StringComparison.Ordinal);
        var weight = isBatch ? Math.Min(4, JsonNode.Parse(body)!["requests"]!.AsArray().Count) : 1;
        lock (planned)
        {
            inFlight += weight;
            MostAtOnce = Math.Max(MostAtOnce, inFlight);
        }

        try
        {
            await (planned.TryDequeue(out var plan) ? plan : isBatch ? BatchAsync : Otherwise)(context);
        }
        finally
        {
            lock (planned)
            {
                inFlight -= weight;
            }
        }

        async Task BatchAsync(HttpContext outer)
        {
            var responses = new JsonArray();
            foreach (var part in JsonNode.Parse(body)!["requests"]!.AsArray())
            {
                responses.Insert(0, await PartAsync(part!.AsObject())); // Graph answers in any order
            }

            await Json(200, new JsonObject { ["responses"] = responses })(outer);
        }
    }

    private async Task<JsonObject> PartAsync(JsonObject part)
    {
        var url = (string)part["url"]!;
        var headers = part["headers"]!.AsObject().ToDictionary(header => header.Key, header => (string)header.Value!, StringComparer.OrdinalIgnoreCase);
        seen.Enqueue(new SeenRequest($"part {part["method"]}", "/v1.0" + url, headers, ""));
        var context = new DefaultHttpContext();
        context.Request.Method = (string)part["method"]!;
        context.Request.Path = Uri.UnescapeDataString("/v1.0" + url.Split('?')[0]);
        context.Request.QueryString = url.Contains('?', StringComparison.Ordinal) ? new QueryString(url[url.IndexOf('?', StringComparison.Ordinal)..]) : default;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await Otherwise(context);
        return new JsonObject
        {
            ["id"] = (string)part["id"]!,
            ["status"] = context.Response.StatusCode,
            ["headers"] = new JsonObject(context.Response.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value.ToString()))),
            ["body"] = JsonNode.Parse(answer.ToArray()),
        };
    }

    private sealed class CountingCredential(Guid tenant, ConcurrentDictionary<Guid, int> asked) : TokenCredential
    {
        private readonly Lazy<string> token = new(() =>
            string.Create(CultureInfo.InvariantCulture, $"token-{tenant:N}-{asked.AddOrUpdate(tenant, 1, (_, before) => before + 1)}"));

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(token.Value, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}

/// <summary>A clock on which waiting takes no time: it jumps, and writes down how far. Time limits of a request, half a minute, do not end.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly List<TimeSpan> waits = [];
    private DateTimeOffset now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (gate)
            {
                return [.. waits];
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public void Advance(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == TimeLimit || dueTime == Timeout.InfiniteTimeSpan)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        lock (gate)
        {
            waits.Add(dueTime);
            now += dueTime;
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
