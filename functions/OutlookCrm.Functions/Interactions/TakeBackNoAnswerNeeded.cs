using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Takes back <see cref="SayNoAnswerNeeded"/>, whoever said it. Of a later mail of the thread it stays said.</summary>
public sealed class TakeBackNoAnswerNeeded(NoAnswerLines lines)
{
    [Function(nameof(TakeBackNoAnswerNeeded)), Requires(Role.Member)]
    [Says("Take back that a customer's mail needs no answer; answers with the line as it is now")]
    [Answers(200, typeof(Timeline), "It is so"), Answers(404), Answers(409, when: NoAnswerLines.WhenNobodyWaits)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/timeline/{lineId}/no-answer")] HttpRequest request,
        string id,
        string lineId,
        CancellationToken cancellation) =>
        lines.SayAsync(id, lineId, isSaid: false, cancellation);
}
