using Microsoft.AspNetCore.Http;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>
/// What a colleague wants remembered of a customer, as HTTP has it: alike for notes and calls. It belongs to the firm, so whoever may write may edit.
/// </summary>
public sealed class WrittenDown(WrittenStore written, InteractionStore interactions, TimeProvider clock, Caller caller)
{
    /// <summary>How far a client's clock may be ahead of ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="id">Made by the client.</param>
    /// <param name="at">When it happened; null is now.</param>
    /// <param name="make">Makes it of its time and its author's name.</param>
    internal async Task<IResult> AddAsync(
        string customerId, Guid id, DateTimeOffset? at, Func<DateTimeOffset, string, Interaction> make, CancellationToken cancellation)
    {
        if (!CustomerId.TryParse(customerId, out var customer))
        {
            return NoSuchCustomer();
        }

        var errors = new FieldErrors();
        errors.RequireNew(id);

        var when = at?.ToUniversalTime() ?? clock.GetUtcNow();
        CheckTime(when, errors);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var outcome = await written.AppendAsync(caller.TenantId, customer, make(when, caller.Name), cancellation);
        return outcome == AppendOutcome.NoSuchCustomer || await ReadAsync(customer, cancellation) is not { } timeline ? NoSuchCustomer()
            : outcome == AppendOutcome.Appended ? Answer.Created(timeline, $"/api/customers/{customer}/timeline")
            : Answer.Ok(timeline);
    }

    /// <param name="at">Another time for it; null leaves it.</param>
    internal async Task<IResult> EditAsync(
        string customerId, string id, InteractionKind kind, DateTimeOffset? at, Func<Interaction, Interaction> edit, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        CheckTime(at ?? Earliest, errors);
        return errors.Any ? Answer.Invalid(errors)
            : CustomerId.TryParse(customerId, out var customer)
            && Guid.TryParse(id, out var guid)
            && await written.EditAsync(
                caller.TenantId, customer, guid, kind, old => edit(old with { At = at?.ToUniversalTime() ?? old.At }), cancellation)
            && await ReadAsync(customer, cancellation) is { } timeline
                ? Answer.Ok(timeline)
                : NoSuch(kind);
    }

    internal async Task<IResult> RemoveAsync(string customerId, string id, InteractionKind kind, CancellationToken cancellation) =>
        CustomerId.TryParse(customerId, out var customer)
        && Guid.TryParse(id, out var guid)
        && await written.RemoveAsync(caller.TenantId, customer, guid, kind, cancellation)
        && await ReadAsync(customer, cancellation) is { } timeline
            ? Answer.Ok(timeline)
            : NoSuch(kind);

    private Task<Timeline?> ReadAsync(CustomerId customer, CancellationToken cancellation) =>
        interactions.ReadAsync(caller, customer, afterKey: null, InteractionStore.FirstPageSize, cancellation);

    private void CheckTime(DateTimeOffset at, FieldErrors errors)
    {
        if (at < Earliest || at > clock.GetUtcNow() + ClockSkew)
        {
            errors.Add("at", "must be from 1990 on and not in the future");
        }
    }

    private static IResult NoSuch(InteractionKind kind) =>
        Answer.NotFound(kind == InteractionKind.Call ? "This customer has no such call." : "This customer has no such note.");

    private static IResult NoSuchCustomer() => Answer.NotFound("No customer has this id.");
}
