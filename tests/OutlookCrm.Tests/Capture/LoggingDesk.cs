using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>The product with people at it who look at what is logged; what the worker would write, a test writes.</summary>
internal sealed class LoggingDesk : IAsyncDisposable
{
    private readonly SentWork work = new();

    private LoggingDesk()
    {
    }

    public TestCrm Crm { get; private set; } = null!;

    /// <summary>What was asked of the worker, which does not run.</summary>
    public IReadOnlyList<string> AskedFor => [.. work.Sent];

    public DateTimeOffset Now => Crm.Clock.GetUtcNow();

    public CaptureReceipts Receipts => new(Tables);

    public ITableStore Tables => Crm.Services.GetRequiredService<ITableStore>();

    /// <param name="isConnected">Whether the product is told how to reach Microsoft 365; nobody asks it here.</param>
    public static async Task<LoggingDesk> OpenAsync(bool isConnected = true)
    {
        var desk = new LoggingDesk();
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobs.PollMailboxes.Disabled"] = "true",
            ["AzureWebJobs.SweepMailboxes.Disabled"] = "true",
            ["Graph:Credential"] = isConnected ? "secret" : null,
            ["Graph:Secret"] = "unused",
        };
        desk.Crm = await TestCrm.StartAsync(settings, services: services =>
        {
            services.RemoveAll<IWorkQueue>();
            services.AddSingleton<IWorkQueue>(desk.work);
        });
        return desk;
    }

    public static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));

    /// <summary>Sends as somebody, in their time zone; nothing needs to succeed.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Json, string Text)> AskAsync(
        TestPerson who, HttpMethod method, string path, object? body = null, string? etag = null, string? zone = null, string accept = "application/json")
    {
        using var client = Crm.SignIn(who);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        if (zone is not null)
        {
            request.Headers.Add("Time-Zone", zone);
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, accept == "application/json" && text.Length > 0 ? JsonNode.Parse(text) : null, text);
    }

    /// <summary>Sends as somebody, and it succeeds.</summary>
    public async Task<JsonNode> DoneAsync(
        TestPerson who, HttpMethod method, string path, object? body = null, string? etag = null, string? zone = null)
    {
        var (status, json, text) = await AskAsync(who, method, path, body, etag, zone);
        var fault = Crm.Logs.Lines.LastOrDefault(line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {status} {text} {fault}");
        return json!;
    }

    public Task<JsonNode> GetAsync(TestPerson who, string path, string? zone = null) => DoneAsync(who, HttpMethod.Get, path, zone: zone);

    /// <summary>A customer, made by Anna.</summary>
    public async Task<string> CustomerAsync(string address) =>
        (string)(await DoneAsync(A.Anna, HttpMethod.Post, "/api/customers", new { name = "Kim Sommer", address }))["id"]!;

    public Task SkipAsync(TestPerson whose, string itemId, IgnoreReason reason, string? address = null, DateTimeOffset? at = null) =>
        Receipts.CommitAsync(
            whose.Tenant,
            whose.Id,
            new PageReceipt(
                PageKind.Live,
                at ?? Now,
                [],
                [new SkippedItem(itemId, IsMeeting: false, at ?? Now, reason, address is null ? null : Address(address))]),
            [],
            default);

    public Task TakeAsync(TestPerson whose, string itemId, DateTimeOffset? at = null) => Receipts.CommitAsync(
        whose.Tenant, whose.Id, new PageReceipt(PageKind.Live, at ?? Now, [new TakenItem(itemId, at ?? Now)], []), [], default);

    public Task StatusAsync(Guid tenant, MailboxStatus status) => Tables.PutAsync(OutlookCrm.Storage.Tables.Mailboxes, status.ToTableRow(tenant), default);

    /// <summary>Mails between a mailbox and somebody, one an hour up to now.</summary>
    public Task CorrespondAsync(TestPerson whose, string address, int incoming, int outgoing, TimeSpan ago = default, string name = "")
    {
        var who = new Correspondent(Address(address), name);
        return new Correspondents(Tables).CountAsync(
            whose.Tenant,
            whose.Id,
            [
                .. Enumerable.Range(0, incoming).Select(i => new CorrespondentMail($"{address} in {i}", who, Direction.Incoming, Now - ago - TimeSpan.FromHours(i))),
                .. Enumerable.Range(0, outgoing).Select(i => new CorrespondentMail($"{address} out {i}", who, Direction.Outgoing, Now - ago - TimeSpan.FromHours(i))),
            ],
            default);
    }

    public ValueTask DisposeAsync() => Crm.DisposeAsync();

    private sealed class SentWork : IWorkQueue
    {
        public ConcurrentQueue<string> Sent { get; } = [];

        public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            Sent.Enqueue($"{queue} {message}");
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<WorkMessage>>([]);

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => Task.FromResult(true);

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) => Task.FromResult<WorkMessage?>(message);

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => Task.FromResult(0L);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);
    }
}
