namespace OutlookCrm;

/// <summary>
/// Times that were written before somebody set the clock back lie ahead. Taken at their word they would hold everything up until the clock is there
/// again: a year, when it was a year wrong.
/// </summary>
internal static class ClockSteps
{
    /// <summary>How far the clocks of several processes may differ.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>True when this was at least so long ago, or lies so far ahead that the clock was set back since.</summary>
    public static bool IsOver(this DateTimeOffset at, TimeSpan length, DateTimeOffset now) => now - at >= length || IsOfAnotherClock(at, now);

    /// <summary>True when this is still to come, and no further ahead than it can have been set.</summary>
    public static bool IsAhead(this DateTimeOffset at, TimeSpan longest, DateTimeOffset now) => at > now && at - now <= longest + Slack;

    /// <summary>True for a time that has been and yet lies ahead.</summary>
    public static bool IsOfAnotherClock(this DateTimeOffset at, DateTimeOffset now) => at - now > Slack;
}
