using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>For load balancers, alerts, and whoever asks what is wrong. Late logging is a warning: people can still work.</summary>
public sealed class GetReadiness(HealthLook health)
{
    [Function(nameof(GetReadiness)), Anonymous("Says whether the product can work, in words that name no firm, person, file or number; looked at once in five seconds.")]
    [Says("Whether the product can do its work, part by part")]
    [Answers(200, typeof(HealthReport), "It can, perhaps with warnings"), Answers(503, typeof(HealthReport), "It cannot")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request) =>
        Answer.Health(await health.NowAsync());
}
