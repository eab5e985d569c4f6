using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>
/// The product, as it ships, beside a pretend Microsoft 365, in this process and in one time that can be moved. The product can be killed and
/// started again over the same file. Nothing runs by itself unless a test wants timers: <see cref="LookAsync"/> asks, <see cref="SettleAsync"/> waits.
/// </summary>
/// <example>
/// <code>
/// await using var world = await CaptureWorld.StartAsync();
/// var kim = await world.GivenCustomerAsync("kim@hotel-sonne.example");
/// world.Deliver(A letter from Kim to Mira);
/// await world.LookAsync(SampleFirm.Mira);
/// Assert.Single(await world.TimelineAsync(kim));
/// </code>
/// </example>
public sealed class CaptureWorld : IAsyncDisposable
{
    /// <summary>Monday, 2 March 2026, 09:00 UTC.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<string> Timers =
    [
        .. typeof(CaptureRequests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>() is not null))
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name),
    ];

    private const int MaxStill = 50; // looks without anything happening

    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-capture-").FullName;
    private readonly TestLogs sandboxLogs;
    private readonly IReadOnlyDictionary<string, string?> settings;
    private readonly bool timers;
    private LocalHostApplication? host;
    private int letters;

    private CaptureWorld(SandboxApplication sandbox, TestLogs sandboxLogs, IReadOnlyDictionary<string, string?> settings, bool timers)
    {
        Sandbox = sandbox;
        this.sandboxLogs = sandboxLogs;
        this.settings = settings;
        this.timers = timers;
    }

    public SandboxApplication Sandbox { get; }

    public SandboxClock Clock => Sandbox.Clock;

    /// <summary>Of the product as it runs now.</summary>
    public IServiceProvider Services => Host.Services;

    public Uri Address => Host.Address;

    /// <summary>All that was logged by whatever process.</summary>
    public TestLogs Logs { get; } = new();

    public Guid Tenant => SampleFirm.TenantId;

    internal Life Life { get; private set; } = new();

    /// <summary>The store itself, to be counted and read.</summary>
    internal ITableStore Tables => ((MortalStore)Services.GetRequiredService<ITableStore>()).Real;

    private LocalHostApplication Host => host ?? throw new InvalidOperationException("The product does not run.");

    private string File => Path.Combine(folder, "crm.db");

    /// <param name="settings">That differ from the world's own.</param>
    /// <param name="timers">Whether what the product does by the clock runs by itself; else only what a test runs or asks for.</param>
    /// <param name="notified">Whether the product tells the sandbox where it wants to be told of new mail.</param>
    /// <param name="time">Null begins at <see cref="Monday"/> and runs.</param>
    public static async Task<CaptureWorld> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, bool timers = false, bool notified = false, TimeProvider? time = null)
    {
        var sandboxLogs = new TestLogs();
        var sandbox = await SandboxApplication.StartAsync(
            new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, EmptyMailboxes = true, AddLogging = logging => logging.AddProvider(sandboxLogs) },
            time ?? new RunningFrom(Monday));
        var all = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>());
        if (notified)
        {
            // By way of the sandbox, whose address stays when the product is started again.
            all["Capture:NotificationUrl"] = new Uri(sandbox.Addresses.BackChannel, "/api/graph/notifications").AbsoluteUri;
        }

        var world = new CaptureWorld(sandbox, sandboxLogs, all, timers);
        await world.StartProductAsync();
        return world;
    }

    public async Task StartProductAsync()
    {
        var all = new Dictionary<string, string?>(ProductSettings.For(Sandbox.Addresses))
        {
            ["Storage:Kind"] = "sqlite",
            ["Storage:SqliteFile"] = File,
            ["LocalHost:DrainTime"] = "00:00:00",
        };
        foreach (var timer in Timers.Where(_ => !timers))
        {
            all[$"AzureWebJobs.{timer}.Disabled"] = "true";
        }

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var life = Life = new Life();
        host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Settings = all,
            Clock = Clock,
            AddServices = (services, configuration) =>
            {
                services.AddOutlookCrm(configuration);
                Wrap<ITableStore>(services, real => new MortalStore(real, life));
                Wrap<IWorkQueue>(services, real => new MortalQueue(real, life));
            },
            AddLogging = logging => logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Information),
        });
        Sandbox.Product = host.Address;
    }

    /// <summary>The process is gone: nothing more of it is written, and what it had begun is never ended.</summary>
    public async Task KillAsync()
    {
        Life.End();
        await Host.DisposeAsync();
        host = null;
    }

    /// <summary>Kills it, and starts it when what the killed one held is free again.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        Clock.Advance(MailboxLease.Length + TimeSpan.FromSeconds(1));
        await StartProductAsync();
    }

    /// <summary>A colleague's mailbox is logged from so many months ago on.</summary>
    public async Task GivenMailboxAsync(SampleColleague colleague, int monthsBack = 12, IReadOnlyList<string>? folders = null)
    {
        var mailboxes = Services.GetRequiredService<CapturedMailboxes>();
        await mailboxes.AppearAsync(Tenant, new ColleagueAccount(colleague.Id, colleague.Name, colleague.Address), default);
        await mailboxes.ChangeAsync(
            Tenant,
            colleague.Id,
            row => row with
            {
                Since = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime).AddMonths(-monthsBack),
                Folders = folders ?? row.Folders,
            },
            default);
    }

    /// <summary>What was written with the address before is searched when this returns: nothing of that runs beside what a test does next.</summary>
    /// <returns>The customer's id.</returns>
    public async Task<string> GivenCustomerAsync(string address, string? name = null)
    {
        using var mira = SignIn(SampleFirm.Mira);
        using var answer = await mira.PostAsJsonAsync("/api/customers", new { name = name ?? address.Split('@')[0], address });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await SearchedAsync();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
    }

    /// <inheritdoc cref="GivenCustomerAsync"/>
    public async Task GivenAddressAsync(string customer, string address)
    {
        using var mira = SignIn(SampleFirm.Mira);
        using var answer = await mira.PostAsJsonAsync($"/api/customers/{customer}/addresses", new { address });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await SearchedAsync();
    }

    /// <summary>A colleague wants somebody left out of what is logged from their mailbox.</summary>
    public async Task GivenUnwantedAsync(SampleColleague colleague, string address)
    {
        Assert.True(BlockTarget.TryParse(address, out var target));
        Assert.True(await Services.GetRequiredService<BlockLists>().AddAsync(Tenant, colleague.Id, target, colleague.Name, default));
    }

    public HttpClient SignIn(SampleColleague colleague)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sandbox.Issuer.CreateAccessToken(colleague));
        return client;
    }

    /// <summary>A letter, written now.</summary>
    public Letter Letter(string from, string to, string subject = "Offer", Func<Letter, Letter>? change = null)
    {
        var number = Interlocked.Increment(ref letters);
        var letter = new Letter(
            $"<{number}@test.example>", $"thread {number}", Somebody(from), [.. to.Split(' ').Select(Somebody)], [], subject, Sandbox.Post.Now,
            "Text of it.", null, [], []);
        return change?.Invoke(letter) ?? letter;

        static Correspondent Somebody(string address) => new(address.Split('@')[0], address);
    }

    /// <summary>It arrives with everybody of us to whom it is addressed.</summary>
    public Letter Deliver(Letter letter, string folder = "inbox")
    {
        Sandbox.Post.Deliver(letter, folder);
        return letter;
    }

    public Mailbox MailboxOf(SampleColleague colleague) => Sandbox.MailboxOf(colleague);

    /// <summary>Looks at mailboxes until nothing is left to do.</summary>
    public Task LookAsync(params SampleColleague[] colleagues) => LookAsync(patience: null, colleagues);

    public async Task LookAsync(TimeSpan? patience, SampleColleague[] colleagues)
    {
        await AskAsync(colleagues);
        await SettleAsync(patience);
    }

    public Task AskAsync(params SampleColleague[] colleagues) => Services.GetRequiredService<CaptureRequests>().LookAsync(
        [.. colleagues.Select(colleague => new MailboxToLookAt(Tenant, colleague.Id))], default);

    /// <summary>Waits until no message is left; moves the time to the next one that is to come later.</summary>
    /// <param name="patience">In real time.</param>
    /// <param name="until">Ends the waiting too.</param>
    public async Task SettleAsync(TimeSpan? patience = null, Task? until = null)
    {
        var waiting = Stopwatch.StartNew();
        var still = 0;
        (long Count, long Tries, int Steps) last = default;
        while (until is not { IsCompleted: true })
        {
            var (count, tries, nextAt, working) = await MessagesAsync();
            if (count == 0)
            {
                return;
            }

            Assert.True(
                waiting.Elapsed < (patience ?? TimeSpan.FromMinutes(3)),
                $"{count} messages are left: {string.Join("; ", Logs.Lines.TakeLast(5))}. The sandbox: {string.Join("; ", sandboxLogs.Lines.TakeLast(3))}");
            var now = (count, tries, Life.Steps);
            still = now == last ? still + 1 : 0;
            last = now;
            if (nextAt - Clock.GetUtcNow() is var wait && wait > TimeSpan.Zero && !working)
            {
                Clock.Advance(wait);
            }
            else if (working && still > MaxStill)
            {
                // Whoever works waits for Graph; or is dead, and what it held is free in a while.
                Clock.Advance(TimeSpan.FromSeconds(1));
                still -= MaxStill / 5;
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Returns when the product was killed as planned, or has nothing left to do.</summary>
    internal async Task UntilKilledAsync()
    {
        for (var waiting = Stopwatch.StartNew(); waiting.Elapsed < TimeSpan.FromMinutes(1) && !Life.IsOver && (await MessagesAsync()).Count > 0;)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>All lines of a customer's timeline, newest first, as a colleague sees it.</summary>
    public async Task<IReadOnlyList<JsonObject>> TimelineAsync(string customer, SampleColleague? seenBy = null)
    {
        using var colleague = SignIn(seenBy ?? SampleFirm.Mira);
        var lines = new List<JsonObject>();
        for (string? after = null; ;)
        {
            var page = (await colleague.GetFromJsonAsync<JsonObject>(
                $"/api/customers/{customer}/timeline?size=100{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"))!;
            lines.AddRange(page["lines"]!.AsArray().Select(line => line!.AsObject()));
            if ((after = (string?)page["next"]) is null)
            {
                return lines;
            }
        }
    }

    /// <summary>The subjects on a timeline, newest first.</summary>
    public async Task<IReadOnlyList<string?>> SubjectsAsync(string customer) =>
        [.. (await TimelineAsync(customer)).Select(line => (string?)line["title"])];

    internal async Task<MailboxStatus> StatusAsync(SampleColleague colleague) =>
        (await Services.GetRequiredService<MailboxStatuses>().ListAsync(Tenant, default)).Single(status => status.UserId == colleague.Id);

    internal async Task<IReadOnlyList<FolderCursor>> CursorsAsync(SampleColleague colleague) =>
        [.. (await Tables.RangeAsync(OutlookCrm.Storage.Tables.Mailboxes, TableKeys.Mailboxes(Tenant), TableKeys.MailboxCursors(colleague.Id), 100, default)).Select(FolderCursor.Read)];

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private Task SearchedAsync()
    {
        var queue = Services.GetRequiredService<IWorkQueue>();
        return Waiting.UntilAsync(async () => await queue.CountAsync(CaptureRequests.HistoryQueue, default) == 0);
    }

    /// <summary>Of the queues of capture, of follow-ups and of erasures: how many messages, how often they were tried, when the next can be taken, whether one is being worked on.</summary>
    private async Task<(long Count, long Tries, DateTimeOffset NextAt, bool Working)> MessagesAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT count(*), coalesce(sum(dequeue_count + receipt), 0), coalesce(min(visible_at), 0), coalesce(max(dequeue_count), 0)
            FROM work_messages WHERE (queue LIKE 'capture-%' OR queue LIKE 'follow-up-%' OR queue = 'erasures') AND queue NOT LIKE '%-poison'
            """;
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1), new DateTimeOffset(reader.GetInt64(2), TimeSpan.Zero), reader.GetInt64(3) > 0);
    }

    private static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var real = services.Last(service => service.ServiceType == typeof(T));
        services.RemoveAll<T>();
        services.AddSingleton(provider => wrap((T)real.ImplementationFactory!(provider)));
    }

    /// <summary>The real time, as if it had begun on another day.</summary>
    private sealed class RunningFrom(DateTimeOffset start) : TimeProvider
    {
        private readonly DateTimeOffset began = System.GetUtcNow();

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => start + (System.GetUtcNow() - began);
    }
}
