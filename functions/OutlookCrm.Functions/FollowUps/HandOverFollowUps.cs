using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>Gives all open follow-ups of somebody who left to a colleague; they go one by one behind the answer.</summary>
public sealed class HandOverFollowUps(MissingMailboxes missing, PeopleWhoLeftPage page, IWorkQueue queue, Caller caller)
{
    [Function(nameof(HandOverFollowUps)), Requires(Role.Owner)]
    [Says("Hand all open follow-ups of somebody who left to a colleague")]
    [Takes(typeof(HandOverFollowUpsRequest))]
    [Answers(200, typeof(PeopleWhoLeft), "Who is left"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "firm/left/{userId}/hand-over")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<HandOverFollowUpsRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!Guid.TryParse(userId, out var from) || !(await missing.ListAsync(caller.TenantId, cancellation)).ContainsKey(from))
        {
            return Answer.NotFound("Nobody who left has this id.");
        }

        var rest = await page.MakeAsync(caller, without: from, cancellation);
        if (!Guid.TryParse(asked.OwnerId, out var to) || rest.Colleagues.FirstOrDefault(one => Guid.Parse(one.Id) == to) is not { } owner)
        {
            var errors = new FieldErrors();
            errors.Add("ownerId", "must be the id of a colleague whose mailbox is there");
            return Answer.Invalid(errors);
        }

        await queue.SendAsync(
            HandOverNextFollowUps.Queue, JsonSerializer.Serialize(new FollowUpsToHandOver(caller.TenantId, from, to, owner.Name, caller.Name)), delay: null, cancellation);
        return Answer.Ok(rest);
    }
}
