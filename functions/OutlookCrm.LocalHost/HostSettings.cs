using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.LocalHost;

/// <summary>
/// What the Azure host takes from host.json, and what only this host needs. host.json is read below
/// <c>AzureFunctionsJobHost:</c>, so the environment overrides it by the names that Azure uses.
/// </summary>
internal sealed record HostSettings
{
    private const string HostJson = "AzureFunctionsJobHost:";
    private const string Queues = HostJson + "extensions:queues:";

    /// <summary>Put before every HTTP route; empty is none.</summary>
    public required string RoutePrefix { get; init; }

    /// <summary>A queue or timer function is cancelled after this.</summary>
    public required TimeSpan FunctionTimeout { get; init; }

    /// <summary>How many messages are taken at once.</summary>
    public required int QueueBatchSize { get; init; }

    /// <summary>The next batch is taken when no more than this many messages of one function are being worked on.</summary>
    public required int QueueNewBatchThreshold { get; init; }

    /// <summary>A message that failed this often goes to the poison queue.</summary>
    public required int QueueMaxDequeueCount { get; init; }

    /// <summary>How long a message that failed waits for its next try.</summary>
    public required TimeSpan QueueRetryDelay { get; init; }

    /// <summary>The longest wait between two looks at an empty queue.</summary>
    public required TimeSpan QueueMaxPollingInterval { get; init; }

    /// <summary>How long a taken message stays hidden unless renewed: how soon a killed host's work is done by the next one.</summary>
    public required TimeSpan QueueLease { get; init; }

    /// <summary>The zone in which timers' schedules are meant. Azure's Flex Consumption knows UTC only.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>How long running work may go on after the host was told to stop.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>How long a request may take: its heads to arrive, and from then on until it is answered.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    public required long MaxBodyBytes { get; init; }

    /// <summary>Method, path and query of a request, together.</summary>
    public required int MaxRequestLineBytes { get; init; }

    public required int MaxHeaderBytes { get; init; }

    public static HostSettings Read(IConfiguration configuration)
    {
        var batchSize = Number(configuration, Queues + "batchSize", 16, 1, 32);
        var encoding = configuration[Queues + "messageEncoding"];
        if (encoding is not null && !encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"{Queues}messageEncoding is '{encoding}'; our queues hold base64.");
        }

        return new HostSettings
        {
            RoutePrefix = (configuration[HostJson + "extensions:http:routePrefix"] ?? "api").Trim('/'),
            FunctionTimeout = Length(configuration, HostJson + "functionTimeout", "00:05:00", "00:00:01", "1.00:00:00"),
            QueueBatchSize = batchSize,
            QueueNewBatchThreshold = Number(configuration, Queues + "newBatchThreshold", batchSize / 2, 0, 32),
            QueueMaxDequeueCount = Number(configuration, Queues + "maxDequeueCount", 5, 1, 100),
            QueueRetryDelay = Length(configuration, Queues + "visibilityTimeout", "00:00:00", "00:00:00", "7.00:00:00"),
            QueueMaxPollingInterval = Length(configuration, Queues + "maxPollingInterval", "00:01:00", "00:00:00.1", "00:10:00"),
            QueueLease = Length(configuration, "LocalHost:QueueLease", "00:01:00", "00:00:01", "01:00:00"),
            TimeZone = Zone(configuration, "WEBSITE_TIME_ZONE"),
            DrainTime = Length(configuration, "LocalHost:DrainTime", "00:00:08", "00:00:00", "00:10:00"),
            RequestTimeout = Length(configuration, "LocalHost:RequestTimeout", "00:05:00", "00:00:01", "00:10:00"),
            MaxBodyBytes = Number(configuration, "LocalHost:MaxBodyBytes", 1024 * 1024, 1024, 100 * 1024 * 1024),
            MaxRequestLineBytes = Number(configuration, "LocalHost:MaxRequestLineBytes", 8 * 1024, 1024, 64 * 1024),
            MaxHeaderBytes = Number(configuration, "LocalHost:MaxHeaderBytes", 32 * 1024, 1024, 256 * 1024),
        };
    }

    private static int Number(IConfiguration configuration, string name, int usual, int least, int most)
    {
        if (configuration[name] is not { } text)
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidOperationException($"{name} is '{text}'; it must be a whole number from {least} to {most}.");
    }

    private static TimeSpan Length(IConfiguration configuration, string name, string usual, string least, string most)
    {
        var text = configuration[name] ?? usual;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var length)
            && length >= TimeSpan.Parse(least, CultureInfo.InvariantCulture)
            && length <= TimeSpan.Parse(most, CultureInfo.InvariantCulture)
                ? length
                : throw new InvalidOperationException($"{name} is '{text}'; it must be a time span from {least} to {most}.");
    }

    private static TimeZoneInfo Zone(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } id)
        {
            return TimeZoneInfo.Utc;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
            ? zone
            : throw new InvalidOperationException($"{name} is '{id}', which is neither an IANA nor a Windows time zone.");
    }
}
