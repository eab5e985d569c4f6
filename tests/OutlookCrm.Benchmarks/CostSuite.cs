using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// What a firm pays a month: operations counted here, one kind of thing at a time, priced by <see cref="CostModel"/>. With <c>--write FILE</c> the
/// cost sheet is written.
/// </summary>
internal static class CostSuite
{
    private const int Times = 20;

    private static readonly string[] Timers = ["PollMailboxes", "SweepMailboxes", "RenewSubscriptions", "RecountMailboxes", "RefreshInsights", "ForgetOld"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-cost-").FullName;
        try
        {
            var counted = await CountAsync(Path.Combine(folder, "crm.db"));
            foreach (var one in (Operations[])[counted.Card, counted.News, counted.Written, counted.Mail, counted.SweepOfOne, counted.SweepOfMore])
            {
                Figures.Print($"cost.{one.What}.table", one.Table, "requests");
                Figures.Print($"cost.{one.What}.queue", one.Queue, "requests");
            }

            foreach (var (name, people, ready) in Firms)
            {
                Figures.Print($"cost.{name}.usd", CostModel.Month(people, ready, counted).Sum(part => part.Usd), "USD/month");
            }

            if (arguments is ["--write", var file])
            {
                await File.WriteAllTextAsync(file, Sheet(counted));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static readonly (string Name, int People, bool Ready)[] Firms = [("firm1", 1, true), ("firm5", 5, true), ("firm30", 30, true), ("firm5.idle", 5, false)];

    private static async Task<Counted> CountAsync(string file)
    {
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, EmptyMailboxes = true });
        WatchedQueue? queue = null;
        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Urls = ["http://127.0.0.1:0"],
            Settings = new Dictionary<string, string?>(
                [
                    .. ProductSettings.For(sandbox.Addresses).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
                    .. Timers.Select(timer => KeyValuePair.Create($"AzureWebJobs.{timer}.Disabled", (string?)"true")),
                    KeyValuePair.Create("Storage:Kind", (string?)"sqlite"), KeyValuePair.Create("Storage:SqliteFile", (string?)file),
                ]),
            Clock = sandbox.Clock,
            AddServices = (services, configuration) =>
            {
                services.AddOutlookCrm(configuration);
                CaptureRun.Wrap<IWorkQueue>(services, real => queue = new WatchedQueue(real, sandbox.Clock));
            },
            AddLogging = logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error),
        });
        long tables = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == StorageMetrics.MeterName && instrument.Name is not "outlookcrm.storage.rows_read")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref tables, count));
        listener.Start();

        _ = host.Services.GetRequiredService<IWorkQueue>();
        using var mira = new HttpClient { BaseAddress = host.Address };
        SignIn();

        const string kim = "kim@hotel-sonne.example";
        var id = (string)(await PostAsync("/api/customers", new JsonObject { ["name"] = "Kim", ["address"] = kim }))!["id"]!;
        var mailboxes = host.Services.GetRequiredService<CapturedMailboxes>();
        await AppearAsync(SampleFirm.Mira);
        await SweepAsync();
        await SettleAsync();

        string? etag = null;
        var card = await OfAsync("card", async () => etag = (await mira.GetAsync($"/api/card?address={kim}")).Headers.ETag?.ToString());
        var news = await OfAsync("news", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/card?address={kim}");
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            using var answer = await mira.SendAsync(request);
        });
        var written = await OfAsync("written", () => PostAsync($"/api/customers/{id}/notes", new JsonObject { ["id"] = Guid.NewGuid().ToString(), ["text"] = "Wants the oak sample by Friday." }));
        var number = 0;
        var mail = await OfAsync("mail", async () =>
        {
            sandbox.Post.Deliver(
                new Letter($"<{++number}@cost.example>", $"thread {number}", new("Kim", kim), [new("Mira", SampleFirm.Mira.Address)], [], "Offer", sandbox.Post.Now, "Text of it.", null, [], []), "inbox");
            await host.Services.GetRequiredService<CaptureRequests>().LookAsync([new MailboxToLookAt(SampleFirm.TenantId, SampleFirm.Mira.Id)], default);
        });
        var one = await OfAsync("sweep", SweepAsync);
        foreach (var colleague in SampleFirm.Colleagues.Skip(1))
        {
            await AppearAsync(colleague);
        }

        await SweepAsync();
        await SettleAsync();
        var all = await OfAsync("sweep", SweepAsync);
        double others = SampleFirm.Colleagues.Count - 1;
        return new Counted(card, news, written, mail, one, new Operations(
            "sweep.more", (all.Table - one.Table) / others, (all.Queue - one.Queue) / others, Math.Max(0, all.Messages - one.Messages) / others));

        async Task<Operations> OfAsync(string what, Func<Task> run)
        {
            SignIn();
            await run(); // the first finds nothing at hand
            await SettleAsync();
            var (tablesBefore, queueBefore) = (Interlocked.Read(ref tables), queue!.Operations);
            for (var i = 0; i < Times; i++)
            {
                SignIn();
                await run();
                await SettleAsync();
            }

            var ofQueue = (queue!.Operations - queueBefore) / (double)Times;
            return new Operations(what, (Interlocked.Read(ref tables) - tablesBefore) / (double)Times, ofQueue, ofQueue / 3); // sent, taken, deleted
        }

        // The time is moved on: a token of the beginning would have ended.
        void SignIn() => mira.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Issuer.CreateAccessToken(SampleFirm.Mira));

        Task SweepAsync() => host.Services.GetRequiredService<MailboxSweep>().EveryAsync(subscriptions: false, recount: false, default);

        Task AppearAsync(SampleColleague colleague) =>
            mailboxes.AppearAsync(SampleFirm.TenantId, new ColleagueAccount(colleague.Id, colleague.Name, colleague.Address), default);

        // Until no message is left; what is to be done later is done now, by moving the time.
        async Task SettleAsync()
        {
            for (var waiting = Stopwatch.StartNew(); queue!.Left > 0;)
            {
                if (waiting.Elapsed > Patience)
                {
                    throw new TimeoutException($"{queue.Left} messages are left after {Patience}.");
                }

                if (queue.NextAt is { } next)
                {
                    sandbox.Clock.Advance(next - sandbox.Clock.GetUtcNow() + Look);
                }

                await Task.Delay(Look);
            }
        }

        async Task<JsonNode?> PostAsync(string path, JsonObject body)
        {
            using var answer = await mira.PostAsJsonAsync(path, body);
            answer.EnsureSuccessStatusCode();
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        }
    }

    private static string Sheet(Counted counted)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # What a firm pays a month

            Written by `dotnet crm.cs bench cost --write infra/cost.md`: operations counted in the sandbox, habits assumed, prices published. US dollars, without tax.

            | firm | always ready | USD a month |
            | --- | --- | --- |

            """);
        foreach (var (name, people, ready) in Firms)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {people} {(people == 1 ? "person" : "people")} (`cost.{name}.usd`) | {(ready ? "yes" : "no")} | {CostModel.Month(people, ready, counted).Sum(part => part.Usd):0.00} |\n");
        }

        text.Append("\nNot always ready means that the first card after a quiet time takes seconds: how many, only Azure can show.\n\n## Of what it is made\n\n| part |");
        text.AppendJoin("", Firms.Select(firm => $" {firm.Name} |")).Append("\n| --- |").AppendJoin("", Firms.Select(_ => " --- |")).Append('\n');
        var months = Firms.Select(firm => CostModel.Month(firm.People, firm.Ready, counted).ToDictionary(part => part.Part, part => part.Usd)).ToList();
        foreach (var part in months.SelectMany(month => month.Keys).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {part} |").AppendJoin("", months.Select(month => month.TryGetValue(part, out var usd) ? usd.ToString(" 0.000 |", CultureInfo.InvariantCulture) : " |")).Append('\n');
        }

        text.Append("\n## Counted\n\n| what | requests of tables | requests of queues |\n| --- | --- | --- |\n");
        foreach (var (what, one) in ((string, Operations)[])
        [
            ("a card of a customer", counted.Card), ("looking for news of a card, none there", counted.News), ("a note", counted.Written),
            ("a mail that comes and is logged", counted.Mail), ("a sweep over one mailbox, nothing new", counted.SweepOfOne), ("each further mailbox of a sweep", counted.SweepOfMore),
        ])
        {
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {one.Table:0.0} | {one.Queue:0.0} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

            ## Assumed

            | habit | of one person and working day |
            | --- | --- |
            | cards opened, {Habits.RequestsPerCard} requests each | {Habits.CardsOpened} |
            | hours in which the pane is looked at, asking for news every {Habits.SecondsBetweenNews} seconds | {Habits.PaneHoursLookedAt} |
            | mails that come or go, all logged | {Habits.MailsThatCome} |
            | notes, follow-ups and other things written | {Habits.ThingsWritten} |
            | files of the pane fetched | {Habits.PaneFilesFetched} |

            {Habits.WorkingDays} working days of {Habits.HoursADay} hours; a sweep every 15 minutes, day and night, and {CostModel.TimerRuns} runs a day of the other {CostModel.Timers - 1} timers; {CostModel.Queues} queues, each
            looked at every 10 seconds; {Habits.SecondsPerLook} seconds for a look at a mailbox over the internet; every request at
            least a second of an instance of {CostModel.InstanceGigabytes * 1024} MB, as Azure counts; records of {Habits.MonthsOfRecords} months, {Habits.KilobytesPerMail} KB for a logged mail. Telemetry stays below
            what is free, because it ends at 150 MB a day; so does traffic, 100 GB a month. Microsoft Graph costs nothing.

            ## Prices

            | what | USD | for | source |
            | --- | --- | --- | --- |

            """);
        foreach (var price in CostModel.Prices)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {price.What} | {price.Usd:0.0000000} | {price.Per} | {price.Source} |\n");
        }

        text.Append("\nNone of these was read at Microsoft itself: their price pages could not be reached while this was written. Prices differ a little by region.\n");
        return text.ToString();
    }

    /// <summary>Counts what the queue service is asked, and knows what is left to do and when.</summary>
    private sealed class WatchedQueue(IWorkQueue real, TimeProvider clock) : IWorkQueue, IDisposable
    {
        private readonly Lock gate = new();
        private readonly List<DateTimeOffset> later = [];
        private long operations;
        private int left;
        private int working;

        public long Operations => Interlocked.Read(ref operations);

        public int Left
        {
            get
            {
                lock (gate)
                {
                    return left;
                }
            }
        }

        /// <summary>When the next message comes; null while there is something to do now.</summary>
        public DateTimeOffset? NextAt
        {
            get
            {
                lock (gate)
                {
                    later.RemoveAll(at => at <= clock.GetUtcNow());
                    return working == 0 && left > 0 && later.Count == left ? later.Min() : null;
                }
            }
        }

        public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            await real.SendAsync(queue, message, delay, cancellation);
            Interlocked.Increment(ref operations);
            lock (gate)
            {
                left++;
                Later(delay);
            }
        }

        public async Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation)
        {
            var received = await real.ReceiveAsync(queue, max, visibility, cancellation);
            Interlocked.Add(ref operations, received.Count);
            lock (gate)
            {
                working += received.Count;
            }

            return received;
        }

        public async Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation)
        {
            var isDeleted = await real.DeleteAsync(message, cancellation);
            Interlocked.Increment(ref operations);
            lock (gate)
            {
                (left, working) = (left - 1, working - 1);
            }

            return isDeleted;
        }

        public async Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation)
        {
            var hidden = await real.HideAsync(message, visibility, cancellation);
            Interlocked.Increment(ref operations);
            return hidden;
        }

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => real.CountAsync(queue, cancellation);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => real.WaitAsync(queue, atMost, cancellation);

        public void Dispose() => (real as IDisposable)?.Dispose();

        private void Later(TimeSpan? delay)
        {
            if (delay is { } wait && wait > TimeSpan.Zero)
            {
                later.Add(clock.GetUtcNow() + wait);
            }
        }
    }
}
