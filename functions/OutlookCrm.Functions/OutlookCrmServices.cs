using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OutlookCrm.Campaigns;
using OutlookCrm.Capture;
using OutlookCrm.Cost;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Health;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Privacy;
using OutlookCrm.Sales;
using OutlookCrm.Search;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm;

/// <summary>The one list of what the product is made of, used by both hosts. A slice adds one line.</summary>
public static class OutlookCrmServices
{
    public static IServiceCollection AddOutlookCrm(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddTelemetry(configuration);
        services.AddHttp(configuration);
        services.AddIdentity(configuration);
        services.AddStorage(configuration);
        services.AddFirm(configuration);
        services.AddGraph(configuration);
        services.AddSearch();
        services.AddInteractions();
        services.AddCustomers();
        services.AddSales();
        services.AddInsights();
        services.AddFeedback();
        services.AddSingleton<Audience>();
        services.AddImport();
        services.AddFollowUps();
        services.AddCapture(configuration);
        services.AddCost(configuration);
        services.AddHealth();
        services.AddPrivacy();
        return services;
    }

    /// <summary>What every invocation passes through, the outermost first.</summary>
    public static IFunctionsWorkerApplicationBuilder UseOutlookCrm(this IFunctionsWorkerApplicationBuilder builder)
    {
        builder.UseMiddleware<TraceMiddleware>();
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<IdentityMiddleware>();
        builder.UseMiddleware<RateLimitMiddleware>();
        builder.UseMiddleware<QueryMiddleware>();
        builder.UseFirm();
        return builder;
    }

    /// <summary>As <see cref="UseOutlookCrm"/>, under a host that counts a failed run, whatever the reason, and keeps what it hears of it.</summary>
    public static IFunctionsWorkerApplicationBuilder UseOutlookCrmInAzure(this IFunctionsWorkerApplicationBuilder builder)
    {
        builder.UseMiddleware<WordlessFailures>();
        builder.UseMiddleware<StoreAwayMiddleware>();
        return builder.UseOutlookCrm();
    }
}
