using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>Who waits for whom with a customer, told by the mails that one reader may see.</summary>
internal sealed class ThreadWaits
{
    // Each thread's newest mail: twice its ticks, plus one when it came from the customer.
    private readonly Dictionary<ulong, long> newest = [];

    private readonly IReadOnlyDictionary<ulong, long> noAnswers;

    private ThreadWaits(IReadOnlyDictionary<ulong, long> noAnswers) => this.noAnswers = noAnswers;

    /// <summary>What was written before is told no more. From the start of the day, so that all that is told within it is the same.</summary>
    public static DateTimeOffset TellsFrom(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) - OpenThreads.Horizon;

    public static ThreadWaits Of(TableRow record, Sight sight)
    {
        var waits = new ThreadWaits(NoAnswers.From(record));
        var floor = OpenThreads.CodeOf(TellsFrom(sight.Now));
        foreach (var set in OpenThreads.SetsIn(record))
        {
            if (sight.Of(set.Mailboxes.Span).IsHidden)
            {
                continue;
            }

            var oldest = long.MaxValue;
            for (var i = 0; i < set.Count; i++)
            {
                var (thread, code) = (set.ThreadAt(i), set.CodeAt(i));
                waits.newest[thread] = Math.Max(code, waits.newest.GetValueOrDefault(thread));
                oldest = Math.Min(oldest, code);
            }

            // Of a full set something newer than what is known of a thread may have been left out.
            floor = set.Count == OpenThreads.MaxThreads ? Math.Max(floor, oldest) : floor;
        }

        foreach (var (thread, _) in waits.newest.Where(end => end.Value < floor).ToList())
        {
            waits.newest.Remove(thread);
        }

        return waits;
    }

    /// <summary>For whom somebody waits since this mail; null when a newer one of its thread says so, or nobody waits any more.</summary>
    public WaitsFor? Since(ThreadEnd? mail) =>
        mail is not null && newest.TryGetValue(OpenThreads.IdOf(mail.ThreadId), out var code) && code >> 1 == mail.At.UtcTicks
            ? SideOf(OpenThreads.IdOf(mail.ThreadId), code)
            : null;

    /// <summary>Null when nobody waits.</summary>
    public Waits? Sum() => Sum(newest);

    /// <summary>As <see cref="Sum()"/>, only by the threads that this mailbox takes part in.</summary>
    public Waits? SumOf(TableRow record, Guid mailbox) => Sum(
        OpenThreads.SetsIn(record)
            .Where(set => Mailboxes.From(set.Mailboxes.Span).ToList().Any(one => one.UserId == mailbox))
            .SelectMany(set => Enumerable.Range(0, set.Count).Select(i => set.ThreadAt(i)))
            .Distinct()
            .Where(newest.ContainsKey)
            .Select(thread => KeyValuePair.Create(thread, newest[thread])));

    private Waits? Sum(IEnumerable<KeyValuePair<ulong, long>> ends)
    {
        var sides = ends.ToLookup(end => SideOf(end.Key, end.Value), end => end.Value);
        return sides.All(side => side.Key == WaitsFor.Nobody) ? null : new Waits(Side(WaitsFor.Us), Side(WaitsFor.Them));

        Wait? Side(WaitsFor side) => sides[side].Any()
            ? new Wait(sides[side].Count(), new DateTimeOffset(sides[side].Min() >> 1, TimeSpan.Zero))
            : null;
    }

    private WaitsFor SideOf(ulong thread, long code) =>
        (code & 1) == 0 ? WaitsFor.Them
        : noAnswers.TryGetValue(thread, out var until) && code >> 1 <= until ? WaitsFor.Nobody
        : WaitsFor.Us;
}
