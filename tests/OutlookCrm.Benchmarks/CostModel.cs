using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using NCrontab;
using OutlookCrm.Capture;

namespace OutlookCrm.Benchmarks;

/// <summary>A price in US dollars.</summary>
/// <param name="Source">Where it was read, and when.</param>
internal sealed record Price(string What, double Usd, string Per, string Source);

/// <summary>What one thing that happens costs in operations, as counted in the sandbox.</summary>
/// <param name="Table">Requests of the table service.</param>
/// <param name="Queue">Requests of the queue service: sent, taken, hidden, deleted.</param>
/// <param name="Messages">Messages that a function was run for.</param>
internal sealed record Operations(string What, double Table, double Queue, double Messages);

/// <summary>How a firm uses it. All of it is assumed, and stands on the cost sheet.</summary>
internal static class Habits
{
    public const double WorkingDays = 21;
    public const double DaysOfMonth = 30;
    public const double HoursADay = 8;

    /// <summary>Of one person, a working day.</summary>
    public const double CardsOpened = 50;
    public const double PaneHoursLookedAt = 3;
    public const double MailsThatCome = 60;
    public const double ThingsWritten = 6;
    public const double PaneFilesFetched = 30;

    /// <summary>The pane asks for news so often while it is looked at (addin/shell/src/renewal.ts).</summary>
    public const double SecondsBetweenNews = 8;

    /// <summary>A card, whoever else is on the mail, and the line at the foot.</summary>
    public const double RequestsPerCard = 3;

    /// <summary>SweepMailboxes.</summary>
    public const double SweepsADay = 96;

    /// <summary>Graph over the internet, for one look at one mailbox.</summary>
    public const double SecondsPerLook = 2;

    /// <summary>Of one logged mail with all that is kept of it.</summary>
    public const double KilobytesPerMail = 4;

    /// <summary>Records of this many months are kept when the month is paid.</summary>
    public const double MonthsOfRecords = 24;
}

/// <summary>What a month costs, from counted operations, assumed habits and published prices.</summary>
internal static class CostModel
{
    /// <summary>512 MB, as infra/functions.bicep asks for.</summary>
    public const double InstanceGigabytes = 0.5;

    /// <summary>Queues that functions listen to.</summary>
    public static readonly int Queues = Triggers<QueueTriggerAttribute>().Count;

    /// <summary>The host takes turns on each by a lock. One is switched off there: infra/functions.bicep.</summary>
    public static readonly int Timers = Triggers<TimerTriggerAttribute>().Count - 1;

    /// <summary>Of a day, beside the sweeps, which are counted by themselves.</summary>
    public static readonly int TimerRuns = Triggers<TimerTriggerAttribute>()
        .Where(timer => timer.Function is not (nameof(PollMailboxes) or nameof(SweepMailboxes)))
        .Sum(timer => RunsADay(timer.Trigger.Schedule));

    public const double FreeGigabyteSeconds = 100_000;
    public const double FreeExecutions = 250_000;

    private const string Functions = "retail prices API as noted by third parties on 2026-09-23 and 2026-09-26";
    private const string Tables = "retail prices API as noted by third parties on 2026-07-22 and 2026-09-22";
    private const string Remembered = "price page, from memory, not read again: check before you rely on it (2026-11-26)";

    public static readonly Price OnDemand = new("program, when it runs", 0.000026, $"GB-second beyond {FreeGigabyteSeconds:0}", Functions);
    public static readonly Price Executions = new("program, each run", 0.40, $"million beyond {FreeExecutions:0}", Functions);
    public static readonly Price ReadyIdle = new("instance kept ready", 0.000004, "GB-second", Functions);
    public static readonly Price ReadyBusy = new("instance kept ready, while it works", 0.000016, "GB-second", Functions);
    public static readonly Price ReadyExecutions = new("instance kept ready, each run", 0.40, "million", Functions);
    public static readonly Price TableRequests = new("tables, a request", 0.00036, "10,000", Tables);
    public static readonly Price TableSpace = new("tables, room", 0.045, "GB and month", Tables);
    public static readonly Price QueueRequests = new("queues, a request", 0.0004, "10,000", Remembered);
    public static readonly Price BlobRequests = new("blobs, renewing a lock", 0.0044, "10,000", Remembered);
    public static readonly Price AlertRule = new("alert rule, every 15 minutes", 0.50, "month", Remembered);
    public static readonly Price AlertSeries = new("alert rule, each further trouble that it tells apart", 0.05, "month", Remembered);

    public static IReadOnlyList<Price> Prices =>
    [
        OnDemand, Executions, ReadyIdle, ReadyBusy, ReadyExecutions, TableRequests, TableSpace, QueueRequests, BlobRequests, AlertRule, AlertSeries,
    ];

    /// <summary>The parts of a month, in US dollars.</summary>
    public static IReadOnlyList<(string Part, double Usd)> Month(int people, bool ready, Counted counted)
    {
        var personDays = people * Habits.WorkingDays;
        var news = personDays * Habits.PaneHoursLookedAt * 3600 / Habits.SecondsBetweenNews;
        var cards = personDays * Habits.CardsOpened;
        var written = personDays * Habits.ThingsWritten;
        var mails = personDays * Habits.MailsThatCome;
        var sweeps = Habits.DaysOfMonth * Habits.SweepsADay;

        var requests = news + (cards * Habits.RequestsPerCard) + written + mails + (personDays * Habits.PaneFilesFetched);
        var runs = (mails * counted.Mail.Messages) + (written * counted.Written.Messages) + (sweeps * (1 + counted.Sweep(people).Messages)) + (Habits.DaysOfMonth * TimerRuns);

        // An instance is paid while anything runs on it, at least a second: of requests that come by chance, this share of the time.
        var workSeconds = Habits.WorkingDays * Habits.HoursADay * 3600;
        var busySeconds = workSeconds * (1 - Math.Exp(-requests / workSeconds));
        var looks = mails + (sweeps * people);
        var behindSeconds = (looks * Habits.SecondsPerLook) + (runs - mails);

        var table = (news * counted.News.Table) + (cards * counted.Card.Table) + (written * counted.Written.Table) + (mails * counted.Mail.Table) + (sweeps * counted.Sweep(people).Table);
        var queue = (written * counted.Written.Queue) + (mails * counted.Mail.Queue) + (sweeps * counted.Sweep(people).Queue)
            // The host, or what scales it, looks at each queue every ten seconds.
            + (Queues * Habits.DaysOfMonth * 86_400 / 10);
        // While an instance is there: the host's lock is of 15 seconds, a timer's of 60, and each is renewed at half of that.
        var locks = (ready ? Habits.DaysOfMonth * 86_400 : workSeconds) * ((1 / 7.5) + (Timers / 30.0));
        var gigabytes = mails * Habits.KilobytesPerMail * Habits.MonthsOfRecords / 1024 / 1024;
        var monthSeconds = Habits.DaysOfMonth * 86_400;

        List<(string, double)> parts =
        [
            ("requests of tables", table / 10_000 * TableRequests.Usd),
            ("room for records", gigabytes * TableSpace.Usd),
            ("requests of queues", queue / 10_000 * QueueRequests.Usd),
            ("locks", locks / 10_000 * BlobRequests.Usd),
            ("alerts", AlertRule.Usd + (3 * AlertSeries.Usd)),
        ];
        if (ready)
        {
            parts.Add(("instance kept ready", InstanceGigabytes * monthSeconds * ReadyIdle.Usd));
            parts.Add(("requests of the pane and of Graph", (InstanceGigabytes * busySeconds * ReadyBusy.Usd) + (requests / 1_000_000 * ReadyExecutions.Usd)));
            parts.Add(("work behind", OnDemandOf(InstanceGigabytes * behindSeconds, runs)));
        }
        else
        {
            parts.Add(("requests and work behind", OnDemandOf(InstanceGigabytes * (busySeconds + behindSeconds), requests + runs)));
        }

        return parts;
    }

    private static List<(string Function, T Trigger)> Triggers<T>()
        where T : Attribute =>
    [
        .. typeof(OutlookCrmServices).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters(), (method, parameter) => (Function: method.DeclaringType!.Name, Trigger: parameter.GetCustomAttribute<T>()!))
            .Where(one => one.Trigger is not null),
    ];

    private static int RunsADay(string schedule)
    {
        var day = new DateTime(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
        return CrontabSchedule.Parse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true }).GetNextOccurrences(day.AddSeconds(-1), day.AddDays(1)).Count();
    }

    private static double OnDemandOf(double gigabyteSeconds, double executions) =>
        (Math.Max(0, gigabyteSeconds - FreeGigabyteSeconds) * OnDemand.Usd) + (Math.Max(0, executions - FreeExecutions) / 1_000_000 * Executions.Usd);
}

/// <param name="SweepOfOne">A sweep over one mailbox in which nothing is new.</param>
/// <param name="SweepOfMore">What each further mailbox adds to it.</param>
internal sealed record Counted(Operations Card, Operations News, Operations Written, Operations Mail, Operations SweepOfOne, Operations SweepOfMore)
{
    public Operations Sweep(int people) => new(
        SweepOfOne.What, SweepOfOne.Table + ((people - 1) * SweepOfMore.Table), SweepOfOne.Queue + ((people - 1) * SweepOfMore.Queue),
        SweepOfOne.Messages + ((people - 1) * SweepOfMore.Messages));
}
