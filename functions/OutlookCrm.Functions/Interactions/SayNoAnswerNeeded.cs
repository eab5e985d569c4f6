using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>"No answer needed", said of a customer's mail. Said again it says the same.</summary>
public sealed class SayNoAnswerNeeded(NoAnswerLines lines)
{
    [Function(nameof(SayNoAnswerNeeded)), Requires(Role.Member)]
    [Says("A customer's mail needs no answer: nobody waits in its thread until they write again. It holds for the firm; answers with the line as it is now")]
    [Answers(200, typeof(Timeline), "It is so"), Answers(404), Answers(409, when: NoAnswerLines.WhenNobodyWaits)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "customers/{id}/timeline/{lineId}/no-answer")] HttpRequest request,
        string id,
        string lineId,
        CancellationToken cancellation) =>
        lines.SayAsync(id, lineId, isSaid: true, cancellation);
}
