using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Asks capture to read a thing anew that was taken off a timeline and shall be on it again.</summary>
/// <param name="UserId">Whose mailbox.</param>
/// <param name="ItemId">Graph's immutable id in it.</param>
/// <param name="Kind">Mail or meeting: where Graph has it.</param>
public sealed record CaptureAgain(Guid TenantId, Guid UserId, string ItemId, InteractionKind Kind)
{
    public const string Queue = "capture-again";
}

/// <summary>Asks capture to log the mail that somebody has open, whatever folder it is in.</summary>
/// <param name="UserId">Whose mailbox: the caller's own.</param>
public sealed record CaptureItem(Guid TenantId, Guid UserId, string InternetMessageId)
{
    public const string Queue = "capture-item";
}
