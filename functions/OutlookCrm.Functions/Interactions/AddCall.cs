using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Keeps that somebody of us and a customer talked on the phone.</summary>
public sealed class AddCall(WrittenDown written)
{
    [Function(nameof(AddCall)), Requires(Role.Member)]
    [Takes(typeof(AddCallRequest))]
    [Answers(201, typeof(Timeline), "The call is kept"), Answers(200, typeof(Timeline), "It was kept before"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/calls")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddCallRequest>(request, cancellation);
        return body.Is(out var call, out var refusal)
            ? await written.AddAsync(
                id, call.Id, call.At, (at, by) => Interaction.Call(call.Id, at, call.Direction, call.Length, call.Text, by), cancellation)
            : refusal;
    }
}
