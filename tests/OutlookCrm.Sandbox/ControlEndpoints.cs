using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Issuer;

namespace OutlookCrm.Sandbox;

/// <summary>
/// What a person or a test may do to the pretend Microsoft 365 as a whole: move its time, make it fail, take permissions away. Only what runs
/// on this machine can ask. Tests in the same process use the same things on <see cref="SandboxApplication"/>.
/// </summary>
/// <remarks>
/// <code>
/// GET  /sandbox/clock                       { now, ahead }
/// POST /sandbox/clock                       { "advance": "01:30:00" } or { "to": "2026-12-24T18:00:00Z" }; forward only
/// GET  /sandbox/faults                      what goes wrong now
/// PUT  /sandbox/faults                      { "refuseEvery": 10, "slow": 0.05, "torn": 0.01, "replays": 0.2, … }: see FaultPlan; what is not named does not happen
/// POST /sandbox/delta/expire                { "refusal": "gone" | "syncStateNotFound" }: every delta token given so far is no longer good
/// PUT  /sandbox/app                         { "roles": ["Mail.Read"], "mailboxes": ["mira@birnbaum.example"] }: what the administrator grants; without mailboxes, all
/// GET  /sandbox/subscriptions               those there are, and how many notifications wait
/// POST /sandbox/subscriptions/lifecycle     { "event": "missed" | "subscriptionRemoved" | "reauthorizationRequired", "id": one; all without it }
/// GET  /sandbox/traffic                     how often the product has asked Graph, was refused, and how many items it got
/// GET  /sandbox/writes                      everything that the product has asked Graph to write
/// </code>
/// </remarks>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        var sandbox = routes.MapGroup("/sandbox");
        sandbox.MapGet("/clock", Show);
        sandbox.MapPost("/clock", (ClockChange change, SandboxClock clock) =>
        {
            var by = change.Advance ?? (change.To - clock.GetUtcNow());
            if (by is null || by < TimeSpan.Zero)
            {
                return Results.Problem("advance is a time span, to a moment; neither leads back.", statusCode: StatusCodes.Status400BadRequest);
            }

            clock.Advance(by.Value);
            return Results.Ok(Show(clock));
        });
        sandbox.MapGet("/faults", (Faults faults) => faults.Plan);
        sandbox.MapPut("/faults", (FaultPlan plan, Faults faults) =>
        {
            faults.Plan = plan;
            return plan;
        });
        sandbox.MapPost("/delta/expire", (DeltaExpiry expiry, DeltaTokens tokens) =>
        {
            tokens.ExpireAll(expiry.Refusal);
            return Results.NoContent();
        });
        sandbox.MapPut("/app", (Granted granted, AppRegistration app) =>
        {
            app.Roles = granted.Roles;
            app.Mailboxes = granted.Mailboxes;
            return Results.NoContent();
        });
        sandbox.MapGet("/subscriptions", (Subscriptions subscriptions, NotificationSender sender) => new
        {
            subscriptions = subscriptions.All.Select(one => new { one.Id, one.Resource, one.NotificationUrl, one.ExpiresAt, one.IsPaused }),
            waiting = sender.WaitingCount,
        });
        sandbox.MapPost("/subscriptions/lifecycle", (LifecycleRequest request, Subscriptions subscriptions) =>
            (request.Id is { } id ? [id] : subscriptions.All.Select(one => one.Id).ToList()) is var ids && ids.Count(one => subscriptions.TellLifecycle(one, request.Event)) is var told
                && told > 0
                ? Results.Ok(new { told })
                : Results.Problem("There is no such subscription that wants to be told.", statusCode: StatusCodes.Status404NotFound));
        sandbox.MapGet("/traffic", (GraphTraffic traffic) => traffic);
        sandbox.MapGet("/writes", (GraphWrites writes) => writes.All);
    }

    private static object Show(SandboxClock clock) => new { now = clock.GetUtcNow(), ahead = clock.Ahead };

    private sealed record ClockChange(TimeSpan? Advance, DateTimeOffset? To);

    private sealed record DeltaExpiry(DeltaRefusal Refusal = DeltaRefusal.Gone);

    private sealed record Granted(IReadOnlyList<string> Roles, IReadOnlyList<string>? Mailboxes);

    private sealed record LifecycleRequest(LifecycleEvent Event, Guid? Id);
}
