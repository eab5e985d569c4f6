using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>For what restarts a process that hangs: looks at nothing else.</summary>
public static class GetLiveness
{
    [Function(nameof(GetLiveness)), Anonymous("It says that there is somebody, and nothing more.")]
    [Says("Whether the process answers")]
    [Answers(200, typeof(HealthReport))]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        Answer.Ok(new HealthReport(HealthState.Good, []));
}
