namespace OutlookCrm.Sandbox.Graph;

/// <summary>What goes wrong with Graph, and how often. Shares are from 0 to 1. None of it touches the small Outlook.</summary>
public sealed record FaultPlan
{
    public static readonly FaultPlan None = new();

    /// <summary>The same seed and the same number of requests give the same faults.</summary>
    public int Seed { get; init; }

    /// <summary>Every so many answers is a refusal, 429 and 503 in turn; null for none.</summary>
    public int? RefuseEvery { get; init; }

    /// <summary>What a 429 asks to wait, and every second 503.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Which share of the answers comes late.</summary>
    public double Slow { get; init; }

    /// <summary>How late, in real time.</summary>
    public TimeSpan SlowBy { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Which share breaks off in the middle.</summary>
    public double Torn { get; init; }

    /// <summary>Which share of a delta's pages is empty and goes on all the same.</summary>
    public double EmptyPages { get; init; }

    /// <summary>Which share of a delta's pages begins with what was told before.</summary>
    public double Replays { get; init; }

    /// <summary>Which share of a delta's items is told twice on the page.</summary>
    public double Doubles { get; init; }

    /// <summary>Subjects of messages that cannot be shown: whatever page has one is refused as a whole, and so is the message itself.</summary>
    public IReadOnlyList<string> Poisoned { get; init; } = [];

    /// <summary>Addresses of colleagues whose mailbox is not there, as of somebody who left.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    public double NotificationsLost { get; init; }

    public double NotificationsDoubled { get; init; }

    /// <summary>Which share comes up to two seconds late, and so after others.</summary>
    public double NotificationsShuffled { get; init; }
}

/// <summary>Throws the dice of the plan.</summary>
public sealed class Faults
{
    private static readonly TimeSpan MostLate = TimeSpan.FromSeconds(2);

    private readonly Lock throwing = new();
    private readonly Dictionary<string, ulong> thrown = [];
    private FaultPlan plan = FaultPlan.None;

    /// <summary>Setting it begins the dice anew.</summary>
    public FaultPlan Plan
    {
        get
        {
            lock (throwing)
            {
                return plan;
            }
        }

        set
        {
            lock (throwing)
            {
                plan = value;
                thrown.Clear();
            }
        }
    }

    /// <summary>What befalls one caller's requests.</summary>
    internal CallerFaults For(HttpContext context) => new(this, GraphCaller.Of(context).IsOutlook ? FaultPlan.None : Plan);

    internal NotificationFaults OfNotification()
    {
        var current = Plan;
        return new NotificationFaults(
            Happens(nameof(FaultPlan.NotificationsLost), current.NotificationsLost),
            Happens(nameof(FaultPlan.NotificationsDoubled), current.NotificationsDoubled),
            Happens(nameof(FaultPlan.NotificationsShuffled), current.NotificationsShuffled) ? MostLate * Throw("delay") : TimeSpan.Zero);
    }

    internal bool Happens(string what, double share) => share > 0 && Throw(what) < share;

    /// <summary>Counts up, from 1.</summary>
    internal ulong Count(string what)
    {
        lock (throwing)
        {
            return thrown[what] = thrown.GetValueOrDefault(what) + 1;
        }
    }

    // SplitMix64 over seed, kind and number: as good as a random generator for each kind, and the same at every run.
    private double Throw(string what)
    {
        var mixed = Count(what);
        lock (throwing)
        {
            mixed += (ulong)plan.Seed << 32;
        }

        foreach (var letter in what)
        {
            mixed = (mixed * 31) + letter;
        }

        mixed += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) / (double)(1UL << 53);
    }
}

internal readonly record struct NotificationFaults(bool IsLost, bool IsDoubled, TimeSpan Delay);

internal readonly record struct CallerFaults(Faults Faults, FaultPlan Plan)
{
    private const string Refusals = "refusals";

    /// <exception cref="GraphError">This request is refused.</exception>
    public async Task BeforeAsync(CancellationToken cancellation)
    {
        if (Plan.RefuseEvery is { } every && Faults.Count(Refusals) is var number && number % (ulong)every == 0)
        {
            var turn = number / (ulong)every;
            throw turn % 2 == 1
                ? GraphThrottle.TooMany("Application is over its RequestRate limit.", Plan.RetryAfter)
                : new GraphError(StatusCodes.Status503ServiceUnavailable, "ServiceNotAvailable", "The service is temporarily unavailable.")
                {
                    RetryAfter = turn % 4 == 0 ? Plan.RetryAfter : null,
                };
        }

        if (Faults.Happens(nameof(FaultPlan.Slow), Plan.Slow))
        {
            await Task.Delay(Plan.SlowBy, TimeProvider.System, cancellation);
        }
    }

    /// <exception cref="GraphError">One of them cannot be shown.</exception>
    public void Show(params ReadOnlySpan<Mail.MailboxMessage> messages)
    {
        foreach (var message in messages)
        {
            if (Plan.Poisoned.Contains(message.Letter.Subject))
            {
                throw new GraphError(StatusCodes.Status400BadRequest, "ErrorCorruptData", "The data of an item in the store are corrupt.");
            }
        }
    }

    public bool IsTorn() => Faults.Happens(nameof(FaultPlan.Torn), Plan.Torn);

    public bool IsEmptyPage() => Faults.Happens(nameof(FaultPlan.EmptyPages), Plan.EmptyPages);

    /// <summary>Tells again up to half a page.</summary>
    public DeltaState Replay(DeltaState state, int size) => Faults.Happens(nameof(FaultPlan.Replays), Plan.Replays)
        ? state with { Told = Math.Max(0, state.Told - (size / 2)), Since = Math.Max(0, state.Since - (size / 2)) }
        : state;

    public IEnumerable<T> Double<T>(IEnumerable<T> items)
    {
        if (Plan.Doubles == 0)
        {
            return items;
        }

        var (faults, share) = (Faults, Plan.Doubles);
        var once = items.ToList();
        return [.. once, .. once.Where(_ => faults.Happens(nameof(FaultPlan.Doubles), share))];
    }
}
