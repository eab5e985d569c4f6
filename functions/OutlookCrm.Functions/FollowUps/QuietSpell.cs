namespace OutlookCrm.FollowUps;

/// <summary>A customer's silence that is worth a word: longer than somebody wished, or than theirs usually are.</summary>
/// <param name="LastOn">Null when there never was contact.</param>
/// <param name="EveryDays">What somebody wished; null when nobody did.</param>
/// <param name="UsualDays">The median from one conversation to the next; null when a wish goes before.</param>
internal sealed record QuietSpell(DateOnly? LastOn, int Days, int? EveryDays, int? UsualDays)
{
    /// <summary>Contact that comes no later than this belongs to the same conversation: an answer is no rhythm.</summary>
    internal const int ConversationDays = 7;

    /// <summary>From one conversation to the next; of fewer nobody knows what is usual.</summary>
    internal const int GapsNeeded = 3;

    private const int MaxGaps = 12;
    private const int QuietAfter = 2;
    private const int LostAfter = 4; // from then on it is no rhythm that is broken

    /// <summary>How far the silence is beyond what was to be expected; at least 1.</summary>
    public double Ratio => (double)Days / (EveryDays ?? UsualDays!.Value);

    /// <param name="contactDays">In any order; days to come too.</param>
    /// <param name="knownSince">When the customer was added.</param>
    /// <param name="everyDays">How often contact is wished for; null for no wish.</param>
    /// <returns>Null when there is nothing to say.</returns>
    public static QuietSpell? Of(IEnumerable<DateOnly> contactDays, DateOnly knownSince, int? everyDays, DateOnly today)
    {
        var days = contactDays.Distinct().OrderDescending().ToList();
        if (days is [var latest, ..] && latest > today)
        {
            return null; // they will meet
        }

        DateOnly? last = days is [var newest, ..] ? newest : null;
        var silence = today.DayNumber - (last ?? knownSince).DayNumber;
        return everyDays is { } wished ? (silence >= wished ? new QuietSpell(last, silence, wished, UsualDays: null) : null)
            : UsualOf(days) is { } usual && silence > QuietAfter * usual && silence <= LostAfter * usual ? new QuietSpell(last, silence, EveryDays: null, usual)
            : null;
    }

    private static int? UsualOf(List<DateOnly> newestFirst)
    {
        var begins = newestFirst
            .Where((day, i) => i == newestFirst.Count - 1 || day.DayNumber - newestFirst[i + 1].DayNumber > ConversationDays)
            .Take(MaxGaps + 1)
            .ToList();
        var gaps = begins.Zip(begins.Skip(1), (later, earlier) => later.DayNumber - earlier.DayNumber).Order().ToList();
        return gaps.Count < GapsNeeded ? null : gaps[gaps.Count / 2];
    }
}
