using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables;

/// <summary>The account: where it is, and the pipeline that signs and retries. Shared by a service client and its table clients.</summary>
internal sealed class TableConnection
{
    private const string DevelopmentAccount = "devstoreaccount1";

    // The emulator's key, the same for everybody: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly HttpPipeline pipeline;
    private readonly string version;

    private TableConnection(Uri endpoint, string accountName, HttpPipelinePolicy authentication, TableClientOptions? options)
    {
        options ??= new TableClientOptions();
        Endpoint = endpoint;
        AccountName = accountName;
        version = options.Version == TableClientOptions.ServiceVersion.V2019_02_02 ? "2019-02-02" : "2020-12-06";
        var pipelineOptions = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new ErrorParser() };
        pipelineOptions.PerRetryPolicies.Add(authentication);
        pipeline = HttpPipelineBuilder.Build(pipelineOptions);
    }

    public Uri Endpoint { get; }

    public string AccountName { get; }

    public static TableConnection From(string connectionString, TableClientOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = Settings(connectionString);
        if (settings.TryGetValue("UseDevelopmentStorage", out var development) && bool.Parse(development))
        {
            return From(
                new Uri($"http://127.0.0.1:10002/{DevelopmentAccount}"),
                new TableSharedKeyCredential(DevelopmentAccount, DevelopmentKey), options);
        }

        if (!settings.TryGetValue("AccountName", out var account) || !settings.TryGetValue("AccountKey", out var key))
        {
            throw new FormatException("The connection string must have AccountName and AccountKey.");
        }

        var endpoint = settings.TryGetValue("TableEndpoint", out var given)
            ? given
            : $"{settings.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.table."
                + settings.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return From(new Uri(endpoint), new TableSharedKeyCredential(account, key), options);
    }

    public static TableConnection From(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, credential.AccountName, new SharedKeyLitePolicy(credential), options);
    }

    public static TableConnection From(Uri endpoint, TokenCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(
            endpoint, endpoint.Host.Split('.')[0],
            new BearerTokenAuthenticationPolicy(credential, "https://storage.azure.com/.default"), options);
    }

    /// <param name="pathAndQuery">Below the account's address, escaped.</param>
    public HttpMessage Message(RequestMethod method, string pathAndQuery)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{pathAndQuery}"));
        message.Request.Headers.SetValue("x-ms-version", version);
        message.Request.Headers.SetValue("DataServiceVersion", "3.0");
        message.Request.Headers.SetValue("Accept", "application/json;odata=minimalmetadata");
        return message;
    }

    /// <summary>
    /// Sends, retrying as the options say, and throws for any status that is neither 2xx nor one of <paramref name="alsoFine"/>. The answer is
    /// buffered: it outlives the message.
    /// </summary>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellation, params int[] alsoFine)
    {
        await pipeline.SendAsync(message, cancellation);
        var response = message.Response;
        return response.Status is >= 200 and < 300 || alsoFine.Contains(response.Status)
            ? response
            : throw new RequestFailedException(response);
    }

    public static RequestContent Content(Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        return RequestContent.Create(body.ToArray());
    }

    private static Dictionary<string, string> Settings(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var sign = setting.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
            {
                throw new FormatException("The connection string must be settings of the form name=value with semicolons between them.");
            }

            settings[setting[..sign]] = setting[(sign + 1)..];
        }

        return settings;
    }

    /// <summary>Signs each try anew: the date is part of what is signed.</summary>
    private sealed class SharedKeyLitePolicy(TableSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
            var resource = $"/{credential.AccountName}{message.Request.Uri.ToUri().AbsolutePath}";
            message.Request.Headers.SetValue("x-ms-date", date);
            message.Request.Headers.SetValue(
                "Authorization", $"SharedKeyLite {credential.AccountName}:{credential.Sign($"{date}\n{resource}")}");
        }
    }

    /// <summary>Reads <c>{"odata.error":{"code":…,"message":{"value":…}}}</c>.</summary>
    internal sealed class ErrorParser : RequestFailedDetailsParser
    {
        public override bool TryParse(
            Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
        {
            data = null;
            error = null;
            if (response.ContentStream is not { Length: > 0 })
            {
                return false;
            }

            try
            {
                using var json = JsonDocument.Parse(response.Content.ToMemory());
                if (json.RootElement.ValueKind == JsonValueKind.Object
                    && json.RootElement.TryGetProperty("odata.error", out var details)
                    && details.TryGetProperty("code", out var code)
                    && details.TryGetProperty("message", out var message)
                    && message.TryGetProperty("value", out var value))
                {
                    error = new ResponseError(code.GetString(), value.GetString());
                    return true;
                }
            }
            catch (JsonException)
            {
                // Some gateways answer in HTML or XML: the status says enough.
            }

            return false;
        }
    }
}
