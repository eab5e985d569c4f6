namespace OutlookCrm.Graph;

/// <summary>What Graph refused, sorted by what to do about it.</summary>
/// <param name="retryAfter">How long Graph asked to wait; null when it did not say.</param>
/// <param name="code">Graph's own word, such as ErrorItemNotFound.</param>
public sealed class GraphException(GraphTrouble trouble, string code, int? status, TimeSpan? retryAfter, Exception? inner)
    : Exception($"Microsoft Graph: {trouble} ({status}, {code}).", inner)
{
    public GraphTrouble Trouble { get; } = trouble;

    public string Code { get; } = code;

    public int? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>There is no such mailbox: mostly its user has left.</summary>
    public bool IsMailboxMissing => Trouble == GraphTrouble.Reconnect && GraphTroubles.IsMissing(Code);
}

public enum GraphTrouble
{
    /// <summary>Busy, slow, unreachable: the same again later.</summary>
    Temporary,

    /// <summary>The app may not, or the mailbox is gone: somebody has to do something.</summary>
    Reconnect,

    /// <summary>The cursor is no longer good: begin anew.</summary>
    Resync,

    /// <summary>This one request or item; the rest goes on.</summary>
    Item,
}
