using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>For whoever asks without saying for what: who is answered knows that the process lives, and reads whether it can do its work.</summary>
public sealed class GetHealth(HealthLook health)
{
    [Function(nameof(GetHealth)), Anonymous("Says whether the product can work, in words that name no firm, person, file or number; looked at once in five seconds.")]
    [Says("Whether the process answers and the product can do its work, part by part")]
    [Answers(200, typeof(HealthReport), "It can, perhaps with warnings"), Answers(503, typeof(HealthReport), "It cannot")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        Answer.Health(await health.NowAsync());
}
