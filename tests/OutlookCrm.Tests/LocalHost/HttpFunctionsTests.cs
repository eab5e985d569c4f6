using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OutlookCrm.Tests.LocalHost;

public sealed class HttpFunctionsTests : IAsyncLifetime
{
    private OutlookCrm.LocalHost.LocalHostApplication host = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        host = await TestHost.StartAsync([typeof(Things)], services => services.AddScoped<PerRequest>(), builder => builder.UseMiddleware<Around>());
        client = host.Client();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/api/things/5", HttpStatusCode.OK)]
    [InlineData("PATCH", "/api/things/5", HttpStatusCode.OK)]
    [InlineData("POST", "/api/things/5", HttpStatusCode.NotFound)] // no such method: no such function
    [InlineData("HEAD", "/api/things/5", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/things/five", HttpStatusCode.NotFound)] // breaks the constraint
    [InlineData("GET", "/things/5", HttpStatusCode.NotFound)] // no prefix
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/NoRouteGiven", HttpStatusCode.OK)] // any method, and the function's name
    [InlineData("GET", "/API/THINGS/5", HttpStatusCode.OK)]
    [InlineData("GET", "/api/things/find", HttpStatusCode.OK)] // a literal wins over a parameter
    public async Task A_route_is_a_prefix_a_template_and_a_method(string method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_wrong_method_is_not_found_without_a_word_about_the_right_one()
    {
        using var response = await client.PostAsync("/api/things/5", null);
        Assert.Empty(response.Content.Headers.Allow);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Parameters_come_from_the_route_then_from_the_query()
    {
        var id = Guid.NewGuid();
        Assert.Equal(
            $"path {id} 7 True null 3",
            await client.GetStringAsync($"/api/bound/path/{id}?count=7&Flag=true&text=query"));
        Assert.Equal($"path {id} 7 False x y 4", await client.GetStringAsync($"/api/bound/path/{id}?count=7&flag=false&given=x%20y&size=4"));
    }

    [Theory]
    [InlineData("/api/bound/t/not-a-guid?count=7&flag=true")]
    [InlineData("/api/bound/t/3f2504e0-4f89-11d3-9a0c-0305e82c3301?count=seven&flag=true")]
    [InlineData("/api/bound/t/3f2504e0-4f89-11d3-9a0c-0305e82c3301?flag=true")]
    public async Task A_value_that_does_not_fit_its_parameter_is_an_error_of_the_function(string path)
    {
        using var response = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task The_rest_of_a_path_may_be_one_parameter() =>
        Assert.Equal("a/b/c.js", await client.GetStringAsync("/api/files/a/b/c.js"));

    [Fact]
    public async Task A_body_is_bound_whatever_the_case_of_its_names()
    {
        using var response = await client.PostAsJsonAsync("/api/body", new { NAME = "Ünïcode ☃", parts = new[] { 1, 2 } });
        Assert.Equal("Ünïcode ☃ 2", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{\"name\":", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("{\"name\":\"n\"}", "text/plain")]
    public async Task A_body_that_cannot_be_bound_never_reaches_the_function(string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var response = await client.PostAsync("/api/body", content);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("void")]
    [InlineData("task")]
    [InlineData("null")]
    public async Task A_function_without_a_result_answers_200_with_nothing(string kind)
    {
        using var response = await client.GetAsync($"/api/empty/{kind}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Results_of_both_kinds_are_written()
    {
        using var result = await client.GetAsync("/api/results/result");
        using var action = await client.GetAsync("/api/results/action");
        Assert.Equal((HttpStatusCode.Created, "{\"name\":\"r\"}"), (result.StatusCode, await result.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.Accepted, "a"), (action.StatusCode, await action.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_result_is_written_after_the_middleware_so_middleware_can_replace_it_and_cannot_catch_its_failure()
    {
        using var replaced = await client.GetAsync("/api/things/5?replace=1");
        Assert.Equal(HttpStatusCode.Gone, replaced.StatusCode);
        Assert.Equal("not started", replaced.Headers.GetValues("Seen").Single());

        using var failed = await client.GetAsync("/api/fails/result?catch=1");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("", await failed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Middleware_catches_what_a_function_throws_and_the_host_what_is_left()
    {
        using var caught = await client.GetAsync("/api/fails/now?catch=1");
        Assert.Equal("caught FormatException", await caught.Content.ReadAsStringAsync());

        foreach (var when in new[] { "now", "later" })
        {
            using var response = await client.GetAsync($"/api/fails/{when}");
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Equal("", await response.Content.ReadAsStringAsync());
            Assert.False(response.Headers.Contains("Half"));
        }
    }

    [Fact]
    public async Task An_answer_that_fails_half_way_does_not_look_whole() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/api/fails/halfway"));

    [Fact]
    public async Task Each_invocation_has_an_instance_a_scope_and_an_id_of_its_own()
    {
        var first = await client.GetFromJsonAsync<string[]>("/api/self");
        var second = await client.GetFromJsonAsync<string[]>("/api/self");
        Assert.Equal("Self", first![0]);
        Assert.Equal("OutlookCrm.Tests.LocalHost.Things.Self", first[1]); // as the worker writes it
        Assert.Equal("httpTrigger", first[2]);
        Assert.Equal(first[3], first[4]); // the middleware's service is the function's
        Assert.NotEqual(first[3], second![3]);
        Assert.NotEqual(first[5], second[5]);
        Assert.NotEqual(first[6], second[6]);
    }

    [Fact]
    public async Task The_function_is_told_when_its_caller_goes_away()
    {
        using var impatient = new CancellationTokenSource();
        var call = client.GetAsync("/api/waits", impatient.Token);
        await Things.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Things.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_disabled_function_is_not_found()
    {
        await using var other = await TestHost.StartAsync(
            [typeof(Things)], services => services.AddScoped<PerRequest>(),
            settings: new Dictionary<string, string?> { ["AzureWebJobs.NoRouteGiven.Disabled"] = "true" });
        using var others = other.Client();
        Assert.Equal(HttpStatusCode.NotFound, (await others.GetAsync("/api/NoRouteGiven")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await others.GetAsync("/api/things/5")).StatusCode);
    }

    [Theory]
    [InlineData("v2/inner", "/v2/inner/things/5")]
    [InlineData("", "/things/5")]
    public async Task The_prefix_is_a_setting(string prefix, string path)
    {
        await using var other = await TestHost.StartAsync(
            [typeof(Things)], services => services.AddScoped<PerRequest>(),
            settings: new Dictionary<string, string?> { ["AzureFunctionsJobHost:extensions:http:routePrefix"] = prefix });
        using var others = other.Client();
        Assert.Equal(HttpStatusCode.OK, (await others.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await others.GetAsync("/api/things/5")).StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_cannot_be_read()
    {
        using var small = new ByteArrayContent(new byte[1024 * 1024]);
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/length?catch=1")
        {
            Content = new ByteArrayContent(new byte[(1024 * 1024) + 1]),
            Headers = { ExpectContinue = true }, // so that the answer is not lost in a body that nobody reads
        };
        using var fits = await client.PostAsync("/api/length", small);
        Assert.Equal("1048576", await fits.Content.ReadAsStringAsync());
        using var patient = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) };
        using var other = new HttpClient(patient) { BaseAddress = host.Address };
        using var refused = await other.SendAsync(large);
        Assert.Equal("caught BadHttpRequestException", await refused.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(9000, 0, HttpStatusCode.RequestUriTooLong)]
    [InlineData(10, 40_000, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    public async Task Over_long_addresses_and_headers_are_refused_before_any_function(int url, int header, HttpStatusCode expected)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/things/5?x={new string('x', url)} HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('x', header)}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {(int)expected}", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_running_request_is_finished_before_the_host_stops()
    {
        var other = await TestHost.StartAsync([typeof(Slow)]);
        using var others = other.Client();
        var call = others.GetStringAsync("/api/slow");
        await Slow.Started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var stopping = other.DisposeAsync();
        Slow.GoOn.SetResult();
        Assert.Equal("done", await call);
        await stopping;
    }

    public sealed class Slow
    {
        public static TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Slow")]
        public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow")] HttpRequest request)
        {
            Started.SetResult();
            await GoOn.Task;
            return TypedResults.Text("done");
        }
    }
}

public sealed class PerRequest
{
    public Guid Id { get; } = Guid.NewGuid();
}

/// <summary>Middleware that does what the query asks: replaces the result or catches what is thrown.</summary>
public sealed class Around : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        context.Items["scoped"] = context.InstanceServices.GetRequiredService<PerRequest>().Id;
        try
        {
            await next(context);
        }
        catch (Exception e) when (http.Request.Query.ContainsKey("catch"))
        {
            context.GetInvocationResult().Value = TypedResults.Text($"caught {e.GetType().Name}", statusCode: 422);
            return;
        }

        if (http.Request.Query.ContainsKey("replace"))
        {
            http.Response.Headers["Seen"] = http.Response.HasStarted ? "started" : "not started";
            context.GetInvocationResult().Value = TypedResults.StatusCode(410);
        }
    }
}

public sealed record Body(string Name, int[] Parts);

public sealed class Things(PerRequest perRequest)
{
    private readonly Guid instance = Guid.NewGuid();

    public static TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Function("GetThing")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:int}")] HttpRequest request, int id) =>
        TypedResults.Ok(id);

    [Function("PatchThing")]
    public IResult Patch([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "things/{id:int}")] HttpRequest request, int id) =>
        TypedResults.Ok(id);

    [Function("FindThing")]
    public IResult Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/find")] HttpRequest request) => TypedResults.Ok();

    [Function("NoRouteGiven")]
    public static Task<IResult> NoRoute([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
        Task.FromResult<IResult>(TypedResults.Ok());

    [Function("Bound")]
    public ValueTask<IResult> Bound(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bound/{text}/{id}")] HttpRequest request,
        string text, Guid id, int count, bool? flag, string? given, int size = 3) =>
        new(TypedResults.Text($"{text} {id} {count} {flag} {given ?? "null"} {size}"));

    [Function("Files")]
    public IResult Files([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string path) =>
        TypedResults.Text(path);

    [Function("Body")]
    public IResult Bind([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request, [Microsoft.Azure.Functions.Worker.Http.FromBody] Body body) =>
        TypedResults.Text($"{body.Name} {body.Parts.Length}");

    [Function("Length")]
    public async Task<IResult> LengthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "length")] HttpRequest request, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, cancellation);
        return TypedResults.Text($"{copy.Length}");
    }

    [Function("Void")]
    public void Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "empty/void")] HttpRequest request)
    {
    }

    [Function("Task")]
    public async Task NothingAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "empty/task")] HttpRequest request) =>
        await Task.Yield();

    [Function("Null")]
    public Task<IResult?> Null([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "empty/null")] HttpRequest request) =>
        Task.FromResult<IResult?>(null);

    [Function("Result")]
    public IResult Result([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/result")] HttpRequest request) =>
        TypedResults.Created("/x", new { Name = "r" });

    [Function("Action")]
    public Task<IActionResult> Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/action")] HttpRequest request) =>
        Task.FromResult<IActionResult>(new ContentResult { Content = "a", StatusCode = 202 });

    [Function("Fails")]
    public async Task<IResult> FailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "fails/{how}")] HttpRequest request, string how, CancellationToken cancellation)
    {
        request.HttpContext.Response.Headers["Half"] = "an answer";
        switch (how)
        {
            case "later":
                await Task.Yield();
                throw new FormatException("later");
            case "halfway":
                await request.HttpContext.Response.WriteAsync(new string('x', 1000), cancellation);
                await request.HttpContext.Response.Body.FlushAsync(cancellation);
                throw new FormatException("half way");
            case "result":
                return new FailingResult();
            default:
                throw new FormatException("now");
        }
    }

    [Function("Self")]
    public IResult Self([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "self")] HttpRequest request, FunctionContext context) =>
        TypedResults.Ok(new[]
        {
            context.FunctionDefinition.Name, context.FunctionDefinition.EntryPoint, context.FunctionDefinition.InputBindings["request"].Type,
            perRequest.Id.ToString(), context.Items["scoped"].ToString(), context.InvocationId, instance.ToString(),
        });

    [Function("Waits")]
    public async Task<IResult> WaitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "waits")] HttpRequest request, CancellationToken cancellation)
    {
        Waiting.SetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return TypedResults.Ok();
        }
        finally
        {
            Cancelled.SetResult();
        }
    }

    private sealed class FailingResult : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => throw new FormatException("while writing");
    }
}
