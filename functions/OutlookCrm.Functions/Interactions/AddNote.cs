using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Keeps what a colleague wants remembered of a customer.</summary>
public sealed class AddNote(InteractionStore interactions, TimeProvider clock, Caller caller)
{
    /// <summary>How far a client's clock may be ahead of ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Function(nameof(AddNote)), Requires(Role.Member)]
    [Takes(typeof(AddNoteRequest))]
    [Answers(201, typeof(Timeline), "The note is kept"), Answers(200, typeof(Timeline), "It was kept before"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/notes")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddNoteRequest>(request, cancellation);
        if (!body.Is(out var note, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer))
        {
            return NoSuchCustomer();
        }

        var now = clock.GetUtcNow();
        var at = note.At?.ToUniversalTime() ?? now;
        var errors = new FieldErrors();
        if (note.Id == Guid.Empty)
        {
            errors.Add("id", "must be a new GUID");
        }

        if (at < Earliest || at > now + ClockSkew)
        {
            errors.Add("at", "must be from 1990 on and not in the future");
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var outcome = await interactions.AppendAsync(
            caller.TenantId, customer, Interaction.Note(note.Id, at, note.Text, caller.Name), cancellation);
        return outcome == AppendOutcome.NoSuchCustomer
            || await interactions.ReadAsync(caller, customer, afterKey: null, InteractionStore.FirstPageSize, cancellation) is not { } timeline
                ? NoSuchCustomer()
                : outcome == AppendOutcome.Appended
                    ? Answer.Created(timeline, $"/api/customers/{customer}/timeline")
                    : Answer.Ok(timeline);
    }

    private static IResult NoSuchCustomer() => Answer.NotFound("No customer has this id.");
}
