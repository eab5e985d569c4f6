using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Tests.Telemetry;

/// <summary>What Azure's host hears of a run that failed: it would keep the words of any exception.</summary>
public sealed class WordlessFailuresTests : IAsyncLifetime
{
    private const string Secret = "kim.secret@example.com";

    private readonly ConcurrentQueue<Exception> heard = new();
    private TestCrm crm = null!;

    public async Task InitializeAsync() => crm = await TestCrm.StartAsync(
        alsoFunctionsOf: [typeof(Breaks)],
        middleware: builder => builder.Use(next => async context =>
        {
            try
            {
                await next(context);
            }
            catch (Exception e)
            {
                heard.Enqueue(e);
                throw;
            }
        }).UseOutlookCrmInAzure());

    public async Task DisposeAsync() => await crm.DisposeAsync();

    [Fact]
    public async Task Work_in_the_background_fails_without_words_and_is_tried_and_put_aside_as_ever()
    {
        var queue = crm.Services.GetRequiredService<IWorkQueue>();
        string[] bodies = [$$"""{"address":"{{Secret}}"}""", $$"""{"count":"{{Secret}}"}"""]; // the second does not bind
        foreach (var body in bodies)
        {
            await queue.SendAsync(Breaks.Queue, body, null, default);
        }

        await Waiting.UntilAsync(async () =>
        {
            crm.Clock.Advance(TimeSpan.FromSeconds(5)); // on to the next try
            return await queue.CountAsync(PoisonQueue.Of(Breaks.Queue), default) == 2 && await queue.CountAsync(Breaks.Queue, default) == 0;
        });

        var kept = await queue.ReceiveAsync(PoisonQueue.Of(Breaks.Queue), 2, TimeSpan.FromMinutes(1), default);
        Assert.Equal(bodies.Order(StringComparer.Ordinal), kept.Select(message => message.Body).Order(StringComparer.Ordinal));
        Assert.Equal(10, heard.Count);
        Assert.Equal(5, heard.Count(e => e.Message == "System.FormatException < OutlookCrm.Storage.TableStoreUnavailableException"));
        Assert.Equal(5, heard.Count(e => e.Message.Contains("System.Text.Json.JsonException", StringComparison.Ordinal)));
        Assert.Equal(5, heard.Count(e => e.ToString().Contains($"{nameof(Breaks)}.{nameof(Breaks.Work)}", StringComparison.Ordinal))); // where
        AssertWordless();
        Assert.Contains(crm.Logs.Lines, line => line.Contains("Function WorkThatBreaks", StringComparison.Ordinal) && line.Contains("System.FormatException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_breaks_is_answered_500_and_half_an_answer_breaks_off_without_words()
    {
        using var client = crm.WithToken(null);

        using var answer = await client.GetAsync("/api/breaks");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("kim.secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(heard); // it has its answer

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/api/breaks?late=true"));
        Assert.Equal("System.FormatException < OutlookCrm.Storage.TableStoreUnavailableException", Assert.Single(heard).Message);
        AssertWordless();
    }

    private void AssertWordless()
    {
        Assert.All(heard, e =>
        {
            Assert.IsType<FunctionFailedException>(e);
            Assert.DoesNotContain("kim.secret", e.ToString(), StringComparison.Ordinal);
            Assert.Null(e.InnerException);
            Assert.Empty(e.Data);
        });
        Assert.DoesNotContain(crm.Logs.Lines, line => line.Contains("kim.secret", StringComparison.Ordinal));
    }

    public sealed record Message(string? Address, int Count);

    public static class Breaks
    {
        public const string Queue = "breaks";

        [Function("WorkThatBreaks")]
        public static Task Work([QueueTrigger(Queue)] Message message) => throw Failed(message.Address);

        [Function("AskThatBreaks"), Anonymous("Only the test has it.")]
        public static async Task<IResult> Ask(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "breaks")] HttpRequest request)
        {
            if (request.Query.ContainsKey("late"))
            {
                await request.HttpContext.Response.WriteAsync("half");
                await request.HttpContext.Response.Body.FlushAsync();
            }

            throw Failed(Secret);
        }

        private static FormatException Failed(string? words) =>
            new($"{words} is no address", new TableStoreUnavailableException($"{words} could not be read")) { Data = { ["address"] = words } };
    }
}
