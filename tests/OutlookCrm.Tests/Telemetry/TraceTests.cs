using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Telemetry;

/// <summary>One id finds in the log whatever a request set off.</summary>
public sealed class TraceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = $"00-{Trace}-00f067aa0ba902b7-01";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Queued_work_and_what_that_queues_log_under_the_trace_of_the_request(bool isAzure)
    {
        await using var crm = await StartAsync(isAzure);
        using var client = crm.WithToken(null);
        using var answer = await client.SendAsync(Ask("/api/traced", Parent));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        await Waiting.UntilAsync(() => Logged(crm, "second hand").Any());
        foreach (var said in new[] { "asked", "first hand", "second hand" })
        {
            Assert.Equal(Trace, Assert.Single(Logged(crm, said)));
        }
    }

    [Fact]
    public async Task Without_a_trace_from_outside_each_request_has_one_of_its_own()
    {
        await using var crm = await StartAsync(isAzure: false);
        using var client = crm.WithToken(null);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.SendAsync(Ask("/api/traced", null));
        }

        await Waiting.UntilAsync(() => Logged(crm, "second hand").Count() == 2);
        Assert.Equal(2, Logged(crm, "asked").Distinct().Count());
        Assert.Equal(Logged(crm, "asked").Order(StringComparer.Ordinal), Logged(crm, "second hand").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-kim@example.com")]
    [InlineData("kim@example.com")]
    [InlineData("")]
    public async Task A_trace_that_is_not_well_formed_is_not_taken_over(string hostile)
    {
        await using var crm = await StartAsync(isAzure: false);
        using var client = crm.WithToken(null);
        using var answer = await client.SendAsync(Ask("/api/broken", hostile));
        var trace = (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["traceId"];
        Assert.Equal(32, trace?.Length);
        Assert.NotEqual(Trace, trace);
        Assert.DoesNotContain("kim@example.com", string.Join('\n', crm.Logs.Lines.Where(line => line.Contains("OutlookCrm.", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_broke_is_said_with_the_id_under_which_the_log_has_it()
    {
        await using var crm = await StartAsync(isAzure: false);
        using var client = crm.WithToken(null);
        using var json = await client.SendAsync(Ask("/api/broken", Parent));
        Assert.Equal(HttpStatusCode.InternalServerError, json.StatusCode);
        Assert.Equal(Trace, (string?)JsonNode.Parse(await json.Content.ReadAsStringAsync())!["traceId"]);
        Assert.Contains(Trace, Logged(crm, nameof(InvalidTimeZoneException)));

        var asked = Ask("/api/broken", Parent);
        asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var page = await client.SendAsync(asked);
        Assert.Contains("Reference for your administrator: 4bf92f35<", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_caller_can_mend_names_no_trace()
    {
        await using var crm = await StartAsync(isAzure: false);
        using var client = crm.WithToken(null);
        using var answer = await client.SendAsync(Ask("/api/search", Parent));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Null(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["traceId"]);
    }

    [Fact]
    public void A_stamp_adds_one_property_and_is_read_back()
    {
        using var span = new Activity("test").Start();
        var stamped = MessageTrace.Stamp("""{"TenantId":"a","Text":"}{\"traceparent\":"}""");
        Assert.Equal(span.TraceId, MessageTrace.Find(stamped)?.TraceId);
        var read = JsonNode.Parse(stamped)!.AsObject();
        Assert.Equal(["traceparent", "TenantId", "Text"], read.Select(property => property.Key));
        Assert.Equal("}{\"traceparent\":", (string?)read["Text"]);

        using var later = new Activity("later").Start();
        Assert.Equal(stamped, MessageTrace.Stamp(stamped)); // a copy stays what it is a copy of
    }

    [Fact]
    public void What_is_no_object_or_would_be_too_long_stays_as_it_is()
    {
        using var span = new Activity("test").Start();
        foreach (var message in new[] { "", "work", "{", "{}", "[{\"a\":1}]", $"{{\"a\":\"{new string('x', WorkQueueLimits.MaxMessageBytes - 8)}\"}}" })
        {
            Assert.Equal(message, MessageTrace.Stamp(message));
            Assert.Null(MessageTrace.Find(message));
        }
    }

    [Fact]
    public void The_longest_message_that_can_be_stamped_is_as_long_as_one_may_be()
    {
        using var span = new Activity("test").Start();
        var longest = Enumerable.Range(0, 200)
            .Select(shorter => $"{{\"a\":\"{new string('x', WorkQueueLimits.MaxMessageBytes - 8 - shorter)}\"}}")
            .Select(MessageTrace.Stamp)
            .First(message => MessageTrace.Find(message) is not null);
        Assert.Equal(WorkQueueLimits.MaxMessageBytes, WorkQueueLimits.BytesOf(longest));
    }

    private static HttpRequestMessage Ask(string path, string? traceparent)
    {
        var request = new HttpRequestMessage(path == "/api/traced" ? HttpMethod.Post : HttpMethod.Get, path);
        if (traceparent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceparent);
        }

        return request;
    }

    private static IEnumerable<string> Logged(TestCrm crm, string text) =>
        crm.Logs.Traced.Where(one => one.Line.Contains(text, StringComparison.Ordinal)).Select(one => one.TraceId);

    private Task<TestCrm> StartAsync(bool isAzure) => TestCrm.StartAsync(
        alsoFunctionsOf: [typeof(TracedWork)],
        services: services =>
        {
            if (isAzure)
            {
                services.AddSingleton<IWorkQueue>(provider =>
                    new AzureWorkQueue(new QueueServiceClient(azurite.ConnectionString), provider.GetRequiredService<TimeProvider>()));
            }
        });

    public sealed record Work(int Hand);

    public sealed class TracedWork(IWorkQueue queue, ILogger<TracedWork> log)
    {
        private const string Queue = "traced-work";

        [Function("AskTraced"), Anonymous("of the test")]
        public async Task<IResult> AskAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "traced")] HttpRequest request)
        {
            log.LogInformation("asked");
            await queue.SendAsync(Queue, "{\"hand\":1}", null, request.HttpContext.RequestAborted);
            return Results.NoContent();
        }

        [Function("AskBroken"), Anonymous("of the test")]
        public IResult Break([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request) =>
            throw new InvalidTimeZoneException("kim@example.com");

        [Function("WorkTraced")]
        public async Task WorkAsync([QueueTrigger(Queue)] Work work, CancellationToken cancellation)
        {
            log.LogInformation("{Hand} hand", work.Hand == 1 ? "first" : "second");
            if (work.Hand == 1)
            {
                await queue.SendAsync(Queue, "{\"hand\":2}", null, cancellation);
            }
        }
    }
}
