namespace OutlookCrm.Capture;

/// <summary>Who of those that write with a mailbox is most likely a customer. Looks at nothing but its arguments.</summary>
internal static class CorrespondentRanking
{
    /// <summary>A mail that is so much older counts half.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(90);

    /// <summary>
    /// Those with whom it goes both ways, the most likely first: whoever only writes wants something from us, whoever is only written to
    /// has not answered.
    /// </summary>
    public static IEnumerable<CorrespondentRow> Rank(IEnumerable<CorrespondentRow> people, DateTimeOffset now) => people
        .Where(person => person is { Incoming: > 0, Outgoing: > 0 })
        .OrderByDescending(person => Score(person, now))
        .ThenByDescending(person => person.LastAt)
        .ThenBy(person => person.Address.Key, StringComparer.Ordinal);

    // Each pair of question and answer weighs as much as two mails more; nothing is younger than now.
    private static double Score(CorrespondentRow person, DateTimeOffset now)
    {
        var mails = Math.Max(person.Incoming, person.Outgoing) + (2.0 * Math.Min(person.Incoming, person.Outgoing));
        var age = Math.Max(0, (now - person.LastAt) / HalfLife);
        return mails * Math.Pow(0.5, age);
    }
}
