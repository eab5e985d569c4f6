using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Storage.Queues;

public class QueueServiceClient
{
    private const string TokenScope = "https://storage.azure.com/.default";

    private readonly HttpPipeline pipeline;

    public QueueServiceClient(string connectionString)
        : this(connectionString, new QueueClientOptions())
    {
    }

    public QueueServiceClient(string connectionString, QueueClientOptions options)
        : this(ConnectionString.Parse(connectionString), options)
    {
    }

    public QueueServiceClient(Uri serviceUri, StorageSharedKeyCredential credential, QueueClientOptions? options = default)
        : this(serviceUri, (options ?? new QueueClientOptions()).Build(new SharedKeyPolicy(credential)))
    {
    }

    /// <remarks>The credential's token is sent over https only.</remarks>
    public QueueServiceClient(Uri serviceUri, TokenCredential credential, QueueClientOptions? options = default)
        : this(serviceUri, (options ?? new QueueClientOptions()).Build(new BearerTokenAuthenticationPolicy(credential, TokenScope)))
    {
    }

    private QueueServiceClient((Uri Uri, StorageSharedKeyCredential Credential) account, QueueClientOptions options)
        : this(account.Uri, account.Credential, options)
    {
    }

    private QueueServiceClient(Uri serviceUri, HttpPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        Uri = serviceUri;
        this.pipeline = pipeline;
    }

    public virtual Uri Uri { get; }

    public virtual QueueClient GetQueueClient(string queueName) => new(Uri, queueName, pipeline);
}

internal static class ConnectionString
{
    // The emulators' well-known account; the key is public.
    private const string DevelopmentAccount = "devstoreaccount1";
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static (Uri QueueEndpoint, StorageSharedKeyCredential Credential) Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(
                part => part[0],
                part => part.Length == 2 ? part[1] : throw new FormatException("Settings must be of the form \"name=value\"."),
                StringComparer.OrdinalIgnoreCase);
        if (parts.GetValueOrDefault("UseDevelopmentStorage") == "true")
        {
            return (new Uri($"http://127.0.0.1:10001/{DevelopmentAccount}"), new(DevelopmentAccount, DevelopmentKey));
        }

        if (parts.GetValueOrDefault("AccountName") is not { } account || parts.GetValueOrDefault("AccountKey") is not { } key)
        {
            throw new FormatException("No valid combination of account information found: AccountName and AccountKey are needed.");
        }

        var endpoint = parts.GetValueOrDefault("QueueEndpoint")
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol") ?? "https"}://{account}.queue.{parts.GetValueOrDefault("EndpointSuffix") ?? "core.windows.net"}";
        return (new Uri(endpoint), new(account, key));
    }
}
