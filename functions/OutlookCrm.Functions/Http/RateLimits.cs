using System.Diagnostics.Metrics;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>Settings under <c>Limits:</c>, checked when the process starts: how much one process does for one person and for one firm.</summary>
/// <param name="UserPerMinute"><c>Limits:UserPerMinute</c>: requests of one person in the long run: 1 to 10,000,000, 6,000 unless set.</param>
/// <param name="UserBurst"><c>Limits:UserBurst</c>: and at once: 1 to 10,000,000, 1,000 unless set.</param>
/// <param name="FirmPerMinute"><c>Limits:FirmPerMinute</c>: of all people of a firm: 1 to 10,000,000, 60,000 unless set.</param>
/// <param name="FirmBurst"><c>Limits:FirmBurst</c>: and at once: 1 to 10,000,000, 5,000 unless set.</param>
internal sealed record RateLimitOptions(int UserPerMinute, int UserBurst, int FirmPerMinute, int FirmBurst)
{
    public const string Section = "Limits";
    private const int Most = 10_000_000;

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static RateLimitOptions From(IConfiguration configuration) => new(
        Number(configuration, nameof(UserPerMinute), 6_000),
        Number(configuration, nameof(UserBurst), 1_000),
        Number(configuration, nameof(FirmPerMinute), 60_000),
        Number(configuration, nameof(FirmBurst), 5_000));

    private static int Number(IConfiguration configuration, string name, int usual) =>
        configuration[$"{Section}:{name}"] is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most ? number
        : throw new InvalidOperationException($"{Section}:{name} must be a whole number from 1 to {Most}, not \"{text}\".");
}

/// <summary>
/// A bucket of requests for each person and for each firm, in this process. What anybody may call has none: it costs little, is known in
/// advance or carries a secret of its own.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    public const string MeterName = "OutlookCrm.Limits";

    private readonly PartitionedRateLimiter<Caller> ofUsers;
    private readonly PartitionedRateLimiter<Caller> ofFirms;
    private readonly Meter meter;
    private readonly Counter<long> refused;

    public RateLimits(RateLimitOptions options)
    {
        ofUsers = PartitionedRateLimiter.Create<Caller, (Guid, Guid)>(caller => RateLimitPartition.GetTokenBucketLimiter(
            (caller.TenantId, caller.UserId), _ => Bucket(options.UserPerMinute, options.UserBurst)));
        ofFirms = PartitionedRateLimiter.Create<Caller, Guid>(caller => RateLimitPartition.GetTokenBucketLimiter(
            caller.TenantId, _ => Bucket(options.FirmPerMinute, options.FirmBurst)));
        meter = new Meter(MeterName, version: null, tags: null, scope: this);
        refused = meter.CreateCounter<long>("outlookcrm.requests.refused", "{request}", "Requests that were too many: by whose limit, user or firm.");
    }

    /// <summary>Null when the request may go on; else whose limit it is, and how long to wait.</summary>
    public (bool IsFirms, TimeSpan Wait)? Take(Caller caller)
    {
        using var users = ofUsers.AttemptAcquire(caller);
        if (!users.IsAcquired)
        {
            return Refuse(isFirms: false, users);
        }

        using var firms = ofFirms.AttemptAcquire(caller);
        return firms.IsAcquired ? null : Refuse(isFirms: true, firms);
    }

    public void Dispose()
    {
        ofUsers.Dispose();
        ofFirms.Dispose();
        meter.Dispose();
    }

    /// <summary>In the long run exactly <paramref name="perMinute"/>, whether or not sixty divides it.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int perMinute, int burst)
    {
        var tokens = Math.Max(1, perMinute / 60);
        return new()
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * tokens / perMinute,
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }

    private (bool IsFirms, TimeSpan Wait) Refuse(bool isFirms, RateLimitLease lease)
    {
        refused.Add(1, new KeyValuePair<string, object?>("limit", isFirms ? "firm" : "user"));
        return (isFirms, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }
}
