using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <param name="Kind">Null for a lifecycle notification.</param>
internal sealed record Notification(Subscription Subscription, Uri Url, ChangeKind? Kind, ItemChange? Change, LifecycleEvent? Lifecycle)
{
    /// <summary>How late it sets out.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>
/// Carries notifications to their endpoints, behind everything else: many at a time, again and again for up to four hours when an endpoint
/// does not take them (graph-docs concepts/change-notifications-delivery-webhooks.md). A slow endpoint gets them later, a very slow one none.
/// </summary>
internal sealed class NotificationSender : BackgroundService
{
    private const int MostInOnePost = 100;
    private const int MostPostsAtOnce = 4; // to one endpoint

    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(4);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NoHurry = TimeSpan.FromHours(1);

    private readonly TimeProvider clock;
    private readonly IServiceProvider services;
    private readonly Lock queueing = new();
    private readonly List<Waiting> waiting = [];
    private readonly Dictionary<Uri, Endpoint> endpoints = [];
    private readonly SemaphoreSlim awake = new(0);
    private readonly HttpClient client;

    /// <param name="certificate">The sandbox's own, behind which a product may stand as well.</param>
    public NotificationSender(TimeProvider clock, IServiceProvider services, X509Certificate2 certificate)
    {
        this.clock = clock;
        this.services = services;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, errors) => errors == SslPolicyErrors.None || certificate.Equals(shown),
            },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How many wait, for an endpoint or for their time.</summary>
    public int WaitingCount
    {
        get
        {
            lock (queueing)
            {
                return waiting.Count + endpoints.Values.Sum(endpoint => endpoint.OnTheWay);
            }
        }
    }

    public void Add(Notification notification)
    {
        var now = clock.GetUtcNow();
        lock (queueing)
        {
            var endpoint = EndpointOf(notification.Url);
            if (endpoint.Health.IsDropping(now))
            {
                return;
            }

            waiting.Add(new Waiting(notification, now) { DueAt = now + notification.Delay + endpoint.Health.Delay(now) });
        }

        Wake();
    }

    public void Wake() => awake.Release();

    /// <summary>Asks an endpoint whether it wants to be told: the handshake. Null when it does; otherwise why not.</summary>
    public async Task<string?> ValidateAsync(Uri url, CancellationToken cancellation)
    {
        // As the real one looks: with all that must be decoded.
        var token = $"Validation: Testing client application reachability for subscription Request-Id: {Guid.NewGuid()} & <markup>";
        using var limit = new CancellationTokenSource(TimeLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"{url.AbsoluteUri}{(url.Query.Length > 0 ? '&' : '?')}validationToken={Uri.EscapeDataString(token)}"))
        {
            Content = new ByteArrayContent([]) { Headers = { ContentType = MediaTypeHeaderValue.Parse("text/plain; charset=utf-8") } },
        };
        try
        {
            using var answer = await client.SendAsync(request, either.Token);
            return answer.StatusCode != System.Net.HttpStatusCode.OK ? $"HTTP status code is '{answer.StatusCode}'."
                : answer.Content.Headers.ContentType?.MediaType != "text/plain" ? "The answer is not text/plain."
                : await answer.Content.ReadAsStringAsync(either.Token) != token ? "The answer is not the decoded validation token."
                : null;
        }
        catch (HttpRequestException failure)
        {
            return $"The endpoint does not answer: {failure.HttpRequestError}.";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "The request timed out.";
        }
    }

    public override void Dispose()
    {
        client.Dispose();
        awake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = SendDue(stoppingToken);
            using var timer = new CancellationTokenSource(next, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stoppingToken);
            try
            {
                await awake.WaitAsync(either.Token);
                while (awake.Wait(0, CancellationToken.None))
                {
                    // Woken many times for one look.
                }
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                continue; // something is due
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>In how long the next is due.</returns>
    private TimeSpan SendDue(CancellationToken stopping)
    {
        var subscriptions = services.GetRequiredService<Subscriptions>();
        var now = clock.GetUtcNow();
        lock (queueing)
        {
            waiting.RemoveAll(one => now - one.Since > KeptFor || (one.Notification.Lifecycle is null && subscriptions.MayReceive(one.Notification.Subscription.Id) is null));
            var due = waiting.Where(one => one.DueAt <= now && (one.Notification.Lifecycle is not null || subscriptions.MayReceive(one.Notification.Subscription.Id) == true))
                .GroupBy(one => one.Notification.Url).ToList();
            foreach (var group in due)
            {
                var endpoint = EndpointOf(group.Key);
                foreach (var post in group.Chunk(MostInOnePost).Take(MostPostsAtOnce - endpoint.Posts))
                {
                    endpoint.Posts++;
                    endpoint.OnTheWay += post.Length;
                    var posted = post.ToHashSet();
                    waiting.RemoveAll(posted.Contains);
                    _ = SendAsync(endpoint, group.Key, post, stopping);
                }
            }

            var nextAt = waiting.Where(one => one.DueAt > now).Select(one => (DateTimeOffset?)one.DueAt).Min();
            return nextAt is { } at ? at - now : NoHurry;
        }
    }

    private async Task SendAsync(Endpoint endpoint, Uri url, Waiting[] post, CancellationToken stopping)
    {
        await Task.Yield(); // the queue is held
        var watch = Stopwatch.StartNew();
        var isTaken = await TrySendAsync(url, post, stopping);
        lock (queueing)
        {
            var now = clock.GetUtcNow();
            endpoint.Posts--;
            endpoint.OnTheWay -= post.Length;
            endpoint.Health.Note(now, watch.Elapsed);
            if (!isTaken)
            {
                foreach (var one in post)
                {
                    one.DueAt = now + Min(FirstRetry * Math.Pow(2, Math.Min(one.Attempts++, 10)), LongestRetry);
                }

                waiting.AddRange(post);
            }
        }

        Wake();
    }

    private async Task<bool> TrySendAsync(Uri url, Waiting[] post, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(TimeLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        using var content = new ByteArrayContent(NotificationJson.Write(post.Select(one => one.Notification)))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } },
        };
        try
        {
            using var answer = await client.PostAsync(url, content, either.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private Endpoint EndpointOf(Uri url)
    {
        if (!endpoints.TryGetValue(url, out var endpoint))
        {
            endpoints[url] = endpoint = new Endpoint();
        }

        return endpoint;
    }

    // No record: two that say the same are two.
    private sealed class Waiting(Notification notification, DateTimeOffset since)
    {
        public Notification Notification { get; } = notification;

        public DateTimeOffset Since { get; } = since;

        public DateTimeOffset DueAt { get; set; }

        public int Attempts { get; set; }
    }

    private sealed class Endpoint
    {
        public EndpointHealth Health { get; } = new();

        public int Posts { get; set; }

        public int OnTheWay { get; set; }
    }
}

/// <summary>
/// How an endpoint has kept up in the last ten minutes. The documentation changed twice; this is its strictest: above 10 % answers over three
/// seconds, ten minutes later; above 15 % over ten seconds, dropped for ten minutes.
/// </summary>
internal sealed class EndpointHealth
{
    private const int LeastAnswers = 100; // before anything is concluded
    private const double SlowShare = 0.10;
    private const double DropShare = 0.15;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    private readonly Queue<(DateTimeOffset At, TimeSpan Took)> answers = [];

    public void Note(DateTimeOffset at, TimeSpan took)
    {
        answers.Enqueue((at, took));
        Forget(at);
    }

    public TimeSpan Delay(DateTimeOffset now) => Share(now, Slow) > SlowShare ? Window : TimeSpan.Zero;

    public bool IsDropping(DateTimeOffset now) => Share(now, NotificationSender.TimeLimit) > DropShare;

    private double Share(DateTimeOffset now, TimeSpan longerThan)
    {
        Forget(now);
        return answers.Count < LeastAnswers ? 0 : answers.Count(answer => answer.Took >= longerThan) / (double)answers.Count;
    }

    private void Forget(DateTimeOffset now)
    {
        while (answers.TryPeek(out var oldest) && now - oldest.At > Window)
        {
            answers.Dequeue();
        }
    }
}

internal static class NotificationJson
{
    public static byte[] Write(IEnumerable<Notification> notifications)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("value");
            foreach (var notification in notifications)
            {
                Write(json, notification);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Notification notification)
    {
        var subscription = notification.Subscription;
        json.WriteStartObject();
        json.WriteString("subscriptionId", subscription.Id);
        json.WriteString("subscriptionExpirationDateTime", subscription.ExpiresAt);
        json.WriteString("clientState", subscription.ClientState);
        json.WriteString("tenantId", SampleFirm.TenantId);
        if (notification.Lifecycle is { } what)
        {
            json.WriteString("lifecycleEvent", what switch
            {
                LifecycleEvent.Missed => "missed",
                LifecycleEvent.SubscriptionRemoved => "subscriptionRemoved",
                _ => "reauthorizationRequired",
            });
        }
        else
        {
            var change = notification.Change!;
            var (collection, type) = change.Item == ItemKind.Message ? ("Messages", "Message") : ("Events", "Event");
            var id = subscription.ImmutableIds ? change.ImmutableId : change.Id;
            var resource = $"Users/{subscription.Mailbox.Owner.Id}/{collection}/{id}";
            json.WriteString("changeType", SubscriptionEndpoints.Word(notification.Kind!.Value));
            json.WriteString("resource", resource);
            json.WriteStartObject("resourceData");
            json.WriteString("@odata.type", $"#Microsoft.Graph.{type}");
            json.WriteString("@odata.id", resource);
            json.WriteString("@odata.etag", $"W/\"{JsonWriting.ChangeKey(change.ImmutableId, change.Version)}\"");
            json.WriteString("id", id);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
