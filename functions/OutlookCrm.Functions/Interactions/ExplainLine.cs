using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>"Why is this here?"</summary>
public sealed class ExplainLine(CapturedLines lines)
{
    [Function(nameof(ExplainLine)), Requires(Role.Reader)]
    [Says("Why a mail or meeting is on a timeline: by whose address, out of whose mailboxes, who is on it, what may be done about it")]
    [Answers(200, typeof(WhyHere)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/timeline/{lineId}")] HttpRequest request,
        string id,
        string lineId,
        CancellationToken cancellation) =>
        await lines.FindAsync(id, lineId, cancellation) is { } line
            ? Answer.Ok(await lines.ExplainAsync(line, cancellation))
            : Answer.NotFound(CapturedLines.NotFound);
}
