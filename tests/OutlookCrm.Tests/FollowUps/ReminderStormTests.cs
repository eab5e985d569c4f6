using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Tests.Capture;
using Xunit.Abstractions;

namespace OutlookCrm.Tests.FollowUps;

/// <summary>
/// Follow-ups planned, moved and completed on both sides in random order, with crashes, throttling, lost answers and lost delta tokens; the same
/// actions at every run. A few hundred by default; as many as the environment's CRM_REMINDERS says.
/// </summary>
public sealed class ReminderStormTests(ITestOutputHelper output)
{
    private const int Usual = 200;
    private const int Rounds = 12;
    private const int Seed = 20_261_126;

    private static readonly int Count =
        int.TryParse(Environment.GetEnvironmentVariable("CRM_REMINDERS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : Usual;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(Count > Usual ? 60 : 5);

    [Fact]
    public async Task After_a_storm_records_and_Outlook_agree_and_nothing_is_there_twice_or_left_behind()
    {
        await using var world = await CaptureWorld.StartAsync();
        var outlook = new OutlookSide(world);
        var random = new Random(Seed);
        var customers = new List<CustomerId>();
        for (var i = 0; i < 1 + (Count / 40); i++)
        {
            customers.Add(CustomerId.Parse(await world.GivenCustomerAsync($"kim@hotel-{i}.example")));
        }

        var foreign = new List<(SampleColleague Colleague, CalendarEvent Event, TodoTask Task)>();
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
            var mailbox = world.MailboxOf(colleague);
            var now = world.Clock.GetUtcNow();
            foreign.Add((
                colleague,
                mailbox.Calendar.Add(new Meeting($"own of {colleague.Name}", new Correspondent(colleague.Name, colleague.Address), [], "Own", "", "", now, now.AddHours(1), "UTC"))!,
                mailbox.Tasks.Add(mailbox.Tasks.Default, new TodoTask("Own"), now)));
        }

        await outlook.RemindByAsync(SampleFirm.Tomasz, SinkKind.Task);
        world.Sandbox.Faults.Plan = new FaultPlan { Seed = Seed, RefuseEvery = 12, Torn = 0.02, EmptyPages = 0.05, Replays = 0.2, Doubles = 0.2 };
        var all = new List<FollowUp>();
        for (var round = 1; round <= Rounds; round++)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 60)));
            while (all.Count < Count * round / Rounds)
            {
                all.Add(await outlook.PlanAsync(
                    customers[all.Count / 40], $"Promise {all.Count}", SampleFirm.Colleagues[random.Next(SampleFirm.Colleagues.Count)],
                    OutlookSide.Thursday.AddDays(random.Next(60)), random.Next(2) == 0 ? null : new TimeOnly(random.Next(24), 15 * random.Next(4))));
            }

            // Plain chance: none, some and both sides of one follow-up.
            for (var more = Count / 4; more > 0; more--)
            {
                await ActHereAsync(outlook, all[random.Next(all.Count)], random, world.Clock.GetUtcNow());
                ActThere(world, outlook, random);
            }

            switch (random.Next(4))
            {
                case 0:
                    world.Sandbox.DeltaTokens.ExpireAll(random.Next(2) == 0 ? DeltaRefusal.Gone : DeltaRefusal.SyncStateNotFound);
                    break;
                case 1:
                    await outlook.RemindByAsync(SampleFirm.Amara, random.Next(2) == 0 ? SinkKind.Task : SinkKind.CalendarEvent);
                    break;
            }

            await world.AskAsync([.. SampleFirm.Colleagues]);
            world.Life.EndAfter(random.Next(1, Count), isDone: random.Next(2) == 0);
            await world.SettleAsync(Patience, until: world.Life.Ended);
            await world.RestartAsync();
        }

        // Whoever's wishes changed sees them with the next change of each.
        world.Sandbox.Faults.Plan = world.Sandbox.Faults.Plan with { RefuseEvery = 40, Torn = 0 };
        await world.LookAsync(Patience, [.. SampleFirm.Colleagues]);
        foreach (var f in all)
        {
            await outlook.ChangeAsync(f, now => now);
        }

        await world.LookAsync(Patience, [.. SampleFirm.Colleagues]);
        await outlook.AssertAgreedAsync(all);
        outlook.AssertOnlyOursWasWritten();
        foreach (var (colleague, kept, task) in foreign)
        {
            Assert.Equal((kept.Version, task.Version), (world.MailboxOf(colleague).Calendar.Find(kept.Id)?.Version, world.MailboxOf(colleague).Tasks.Find(task.Id)?.Version));
        }

        var ended = new List<FollowUp>();
        foreach (var f in all)
        {
            ended.Add(await outlook.NowAsync(f));
        }

        output.WriteLine($"{all.Count} follow-ups, {world.Sandbox.Writes.All.Count} writes, {world.Sandbox.Traffic.Requests} requests, {world.Sandbox.Traffic.Refused} refused.");
        Assert.All(Enum.GetValues<FollowUpState>(), state => Assert.Contains(ended, f => f.State == state));
        Assert.Contains(ended, f => f.History.Any(line => line.What.Contains("came later", StringComparison.Ordinal)));
    }

    private static Task<FollowUp> ActHereAsync(OutlookSide outlook, FollowUp f, Random random, DateTimeOffset now)
    {
        var (what, days, someone) = (random.Next(8), random.Next(1, 30), SampleFirm.Colleagues[random.Next(SampleFirm.Colleagues.Count)]);
        return outlook.ChangeAsync(f, found => what switch
        {
            0 => found.Complete("Somebody", now),
            1 => found.Reopen("Somebody", now),
            2 => found.Delete("Somebody", now),
            3 => found with { OwnerId = someone.Id, OwnerName = someone.Name },
            4 => found with { Note = $"{found.Note}." },
            _ => found with { DueOn = OutlookSide.Thursday.AddDays(days), DueTime = days % 2 == 0 ? null : new TimeOnly(days % 24, 30) },
        });
    }

    private static void ActThere(CaptureWorld world, OutlookSide outlook, Random random)
    {
        var colleague = SampleFirm.Colleagues[random.Next(SampleFirm.Colleagues.Count)];
        var (what, days) = (random.Next(4), random.Next(1, 9));
        if (outlook.EventsOf(colleague) is { Count: > 0 } events)
        {
            var kept = events[random.Next(events.Count)];
            if (what == 0)
            {
                world.MailboxOf(colleague).Calendar.Remove(kept.Id);
            }
            else
            {
                outlook.ChangeEvent(colleague, kept, meeting => what == 1
                    ? meeting with { Subject = $"{meeting.Subject}!" }
                    : meeting with { StartAt = meeting.StartAt.AddDays(days), EndAt = meeting.EndAt.AddDays(days) });
            }
        }

        if (outlook.TasksOf(colleague) is { Count: > 0 } tasks)
        {
            var task = tasks[random.Next(tasks.Count)];
            if (what == 0)
            {
                world.MailboxOf(colleague).Tasks.Remove(task.Id);
            }
            else
            {
                outlook.ChangeTask(colleague, task, now => what switch
                {
                    1 => now with { Status = TodoTask.Completed },
                    2 => now with { Title = $"{now.Title}!" },
                    _ => now with { DueOn = now.DueOn?.AddDays(days) },
                });
            }
        }
    }
}
