using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Says something else of a call. What is left out is cleared, but when it was.</summary>
public sealed class EditCall(WrittenDown written)
{
    [Function(nameof(EditCall)), Requires(Role.Member)]
    [Takes(typeof(EditCallRequest))]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "customers/{id}/calls/{callId}")] HttpRequest request,
        string id,
        string callId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<EditCallRequest>(request, cancellation);
        return body.Is(out var edit, out var refusal)
            ? await written.EditAsync(
                id, callId, InteractionKind.Call, edit.At, call => call.AsCall(edit.Direction, edit.Length, edit.Text), cancellation)
            : refusal;
    }
}
