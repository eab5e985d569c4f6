using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.Tests.Storage;

/// <summary>The emulator as over a bad line: passes each request on to Azurite, except that it does to the next ones what it was told.</summary>
internal sealed class FaultyTableService : IAsyncDisposable
{
    private readonly HttpClient azurite = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentQueue<Fault> faults = new();
    private readonly ConcurrentQueue<string> requests = new();
    private readonly WebApplication application;
    private readonly Uri target;

    private FaultyTableService(string connectionString)
    {
        var settings = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2)).ToDictionary(setting => setting[0], setting => setting[1]);
        target = new Uri(settings["TableEndpoint"]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        application = builder.Build();
        application.Run(HandleAsync);
        ConnectionString = connectionString;
    }

    public delegate Task Fault(HttpContext context, Func<Task<HttpResponseMessage>> pass);

    /// <summary>The account behind this service.</summary>
    public string ConnectionString { get; private set; }

    /// <summary>Method and path of every request since the start.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    /// <summary>What to do to a request that no planned fault is for.</summary>
    public Fault? Otherwise { get; set; }

    public static Fault TornBefore { get; } = (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    public static Fault TornAfter { get; } = async (context, pass) =>
    {
        (await pass()).Dispose();
        context.Abort();
    };

    /// <summary>Does what is asked and answers when the client has given up.</summary>
    public static Fault SlowAfter { get; } = async (context, pass) =>
    {
        (await pass()).Dispose();
        await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    };

    /// <summary>Does what is asked and answers that it does not know.</summary>
    public static Fault FailedAfter { get; } = async (context, pass) =>
    {
        (await pass()).Dispose();
        await Answer(500, "OperationTimedOut")(context, pass);
    };

    /// <summary>Passes the request on unharmed: to plan a fault for a later one.</summary>
    public static Fault None { get; } = async (context, pass) => await CopyAsync(await pass(), context.Response);

    public static async Task<FaultyTableService> StartAsync(string connectionString)
    {
        var service = new FaultyTableService(connectionString);
        await service.application.StartAsync();
        var address = new Uri(service.application.Urls.Single());
        service.ConnectionString = connectionString.Replace(
            service.target.GetLeftPart(UriPartial.Authority), address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        return service;
    }

    /// <summary>An answer of the service's own, without doing anything.</summary>
    public static Fault Answer(int status, string code, params (string Name, string Value)[] headers) => async (context, _) =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            "{\"odata.error\":{\"code\":\"" + code + "\",\"message\":{\"lang\":\"en-US\",\"value\":\"" + code + "\"}}}");
    };

    /// <summary>Does what is asked and spoils the answer's body.</summary>
    public static Fault Spoil(Func<string, string> spoil) => async (context, pass) =>
    {
        using var answer = await pass();
        var body = spoil(await answer.Content.ReadAsStringAsync());
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.WriteAsync(body);
    };

    /// <summary>Answers an empty page that has a next one.</summary>
    public static Fault EmptyPage { get; } = async (context, _) =>
    {
        context.Response.Headers["x-ms-continuation-NextPartitionKey"] = "again";
        context.Response.Headers["x-ms-continuation-NextRowKey"] = "again";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"value":[]}""");
    };

    public void Plan(params Fault[] next)
    {
        foreach (var fault in next)
        {
            faults.Enqueue(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        azurite.Dispose();
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpResponse response)
    {
        using (answer)
        {
            response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive"))
                {
                    response.Headers[name] = values.ToArray();
                }
            }

            await answer.Content.CopyToAsync(response.Body);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var fault = faults.TryDequeue(out var planned) ? planned : Otherwise ?? None;
        await fault(context, () => PassAsync(context.Request, body.ToArray()));
    }

    private async Task<HttpResponseMessage> PassAsync(HttpRequest request, byte[] body)
    {
        // A continuation of our own means "from the start". Azurite also reads the addresses inside a transaction, whose port is ours.
        var query = request.QueryString.Value!.Replace("&NextPartitionKey=again&NextRowKey=again", "", StringComparison.Ordinal);
        var rawPath = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        using var message = new HttpRequestMessage(
            new HttpMethod(request.Method), new Uri($"{target.GetLeftPart(UriPartial.Authority)}{rawPath}{query}"));
        if (body.Length > 0)
        {
            message.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in request.Headers)
        {
            if (name is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Connection")
                && !message.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await azurite.SendAsync(message);
    }
}
