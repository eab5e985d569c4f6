using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OutlookCrm.Health;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.LocalHost;
using OutlookCrm.Tests.Pane;

namespace OutlookCrm.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task Anybody_may_ask_and_learns_nothing_of_the_firm()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        await CreateAsync(anna, "Kim Customer");
        using var nobody = crm.WithToken(null);

        var live = await nobody.GetFromJsonAsync<JsonObject>("/api/health/live");
        var (status, report, text) = await ReadyAsync(nobody);

        Assert.Equal("good", (string?)live!["state"]);
        Assert.Equal(text, await nobody.GetStringAsync("/api/health")); // both in one
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Records can be read and written.", Words(report, "records"));
        Assert.Equal("No work was given up.", Words(report, "failedWork"));
        Assert.Equal("Not connected to Microsoft 365: no mail is logged. Graph:Credential is not set, or Graph:Enabled is false.", Words(report, "capture"));
        foreach (var secret in new[] { "Kim", "Anna", "bergdesign", A.Firm.ToString(), A.Firm.ToString("N"), "crm.db", Path.GetTempPath() })
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Given_up_work_is_told_until_it_is_gone_and_many_who_ask_at_once_cost_one_look()
    {
        await using var crm = await TestCrm.StartAsync();
        using var nobody = crm.WithToken(null);
        var queue = crm.Services.GetRequiredService<IWorkQueue>();
        await queue.SendAsync("capture-work-poison", "what nobody could do", null, default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadyAsync(nobody)));
        Assert.All(answers, answer => Assert.StartsWith("Some work failed five times", Words(answer.Report, "failedWork"), StringComparison.Ordinal));
        Assert.DoesNotContain("nobody could do", answers[0].Text, StringComparison.Ordinal);

        await queue.DeleteAsync(Assert.Single(await queue.ReceiveAsync("capture-work-poison", 1, TimeSpan.FromMinutes(1), default)), default);
        Assert.StartsWith("Some work", Words((await ReadyAsync(nobody)).Report, "failedWork"), StringComparison.Ordinal); // as looked at
        crm.Clock.Advance(HealthLook.Fresh);
        Assert.Equal("No work was given up.", Words((await ReadyAsync(nobody)).Report, "failedWork"));
        Assert.DoesNotContain("Filler", await crm.DumpAsync(Tables.Schedules), StringComparison.Ordinal); // nothing of looking stays
    }

    [Fact]
    public async Task A_full_disk_is_said_loses_nothing_and_needs_no_hands_when_there_is_room_again()
    {
        await using var crm = await TestCrm.StartAsync(
            new Dictionary<string, string?> { ["Storage:SqliteMaxMegabytes"] = "1" }, [typeof(NeedsRoom)]);
        using var anna = crm.SignIn(A.Anna);
        using var nobody = crm.WithToken(null);
        var tables = crm.Services.GetRequiredService<ITableStore>();
        var queue = crm.Services.GetRequiredService<IWorkQueue>();
        var kim = await CreateAsync(anna, "Kim Customer");
        await queue.SendAsync(NeedsRoom.Queue, "work", delay: TimeSpan.FromMinutes(2), default);
        var acknowledged = new List<string>();
        var full = await Assert.ThrowsAsync<TableStoreUnavailableException>(async () =>
        {
            while (true)
            {
                var key = $"{acknowledged.Count:D5}";
                await tables.InsertAsync(Tables.Search, new TableRow("filler", key, new Dictionary<string, object> { ["X"] = new byte[8 * 1024] }), default);
                acknowledged.Add(key);
            }
        });
        Assert.Equal(StoreTrouble.Full, full.Trouble);

        var (status, report, _) = await ReadyAsync(nobody);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("There is no room left for more records. What was saved before is kept; it is tried again by itself.", Words(report, "records"));
        using var refused = await anna.PostAsJsonAsync($"/api/customers/{kim}/notes", new { id = Guid.NewGuid(), text = new string('x', 4_000) });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(["5"], refused.Headers.GetValues("Retry-After"));
        Assert.Equal("There is no room left for more records. Try again in a moment.", (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]);

        // Work that needs room is tried for longer than its five lives, and not given up.
        await UntilAsync(crm, () => NeedsRoom.Tries >= 8);
        Assert.Equal(0, await queue.CountAsync(NeedsRoom.Queue + "-poison", default));
        Assert.Equal(acknowledged.Count, (await tables.RangeAsync(Tables.Search, "filler", new RowKeyRange("", null), 1_000, default)).Count);

        var freed = 0;
        foreach (var key in acknowledged.Take(60))
        {
            try
            {
                await tables.DeleteAsync(Tables.Search, "filler", key, etag: null, default);
                freed++;
            }
            catch (TableStoreUnavailableException)
            {
                // To take a row out of a full file its pages may have to be laid out anew, which needs room too; another row's may not.
            }
        }

        Assert.True(freed >= 20, $"{freed} rows went.");

        crm.Clock.Advance(HealthLook.Fresh);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(nobody)).Status);
        using var saved = await anna.PostAsJsonAsync($"/api/customers/{kim}/notes", new { id = Guid.NewGuid(), text = new string('x', 4_000) });
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
        await UntilAsync(crm, () => NeedsRoom.Done == 1);
    }

    [Fact]
    public async Task A_locked_file_is_said_and_is_well_again_when_it_is_free()
    {
        await using var crm = await TestCrm.StartAsync(new Dictionary<string, string?> { ["Storage:SqliteBusyTimeout"] = "00:00:00.050" });
        using var anna = crm.SignIn(A.Anna);
        using var nobody = crm.WithToken(null);
        var kim = await CreateAsync(anna, "Kim Customer");
        var note = new { id = Guid.NewGuid(), text = "Called." };
        await using (var other = new SqliteConnection($"Data Source={crm.Services.GetRequiredService<IOptions<StorageOptions>>().Value.SqliteFile};Pooling=False"))
        {
            await other.OpenAsync();
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync();

            var (status, report, _) = await ReadyAsync(nobody);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.StartsWith("Another program holds the records.", Words(report, "records"), StringComparison.Ordinal);
            using var both = await nobody.GetAsync("/api/health");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, both.StatusCode);
            using var live = await nobody.GetAsync("/api/health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            using var refused = await anna.PostAsJsonAsync($"/api/customers/{kim}/notes", note);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            using var read = await anna.GetAsync($"/api/customers/{kim}"); // reading goes on
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        crm.Clock.Advance(HealthLook.Fresh);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(nobody)).Status);
        using var saved = await anna.PostAsJsonAsync($"/api/customers/{kim}/notes", note);
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
    }

    [Fact]
    public async Task A_clock_that_is_set_is_told_for_an_hour_and_people_go_on_working()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        using var nobody = crm.WithToken(null);
        await CreateAsync(anna, "Before");
        Assert.Null(Words((await ReadyAsync(nobody)).Report, "clock"));

        foreach (var (by, words) in new[] { (400, "forward"), (-400, "back") })
        {
            crm.Clock.SetBy(TimeSpan.FromDays(by));
            crm.Clock.Advance(HealthLook.Fresh);
            Assert.Contains(words, Words((await ReadyAsync(nobody)).Report, "clock"), StringComparison.Ordinal);
            await CreateAsync(anna, $"While it was {words}");
        }

        crm.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(Words((await ReadyAsync(nobody)).Report, "clock"));
    }

    [Fact]
    public async Task An_owner_sees_health_and_how_long_what_is_kept_and_nobody_else_does()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);

        var health = (await anna.GetFromJsonAsync<JsonObject>("/api/firm/health"))!;
        using var refused = await ben.GetAsync("/api/firm/health");

        Assert.Equal((30, 12), ((int)health["receiptDays"]!, (int)health["correspondentMonths"]!));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task The_page_sets_off_what_is_not_well()
    {
        var report = new HealthReport(
            HealthState.Warning,
            [new HealthPart(HealthOf.Records, HealthState.Good, "Fine."), new HealthPart(HealthOf.Capture, HealthState.Warning, "Late.")]);
        var body = await Drawn.BodyAsync(new FirmHealth(Drawn.Now, report, 5, 4, 40, 3, Drawn.Now.AddDays(2), 30, 30, 12, new MonthCost(CostState.NotInAzure, [], AsOf: null)));

        Assert.Equal("Logging. Late.", Assert.Single(body.QuerySelectorAll(".problem")).TextContent.Trim());
        Assert.Contains("4 of 5 were looked at lately.", body.TextContent, StringComparison.Ordinal);
        Assert.Contains("30 days", body.TextContent, StringComparison.Ordinal);
        Assert.Contains("12 months", body.TextContent, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonObject Report, string Text)> ReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/health/ready");
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, JsonNode.Parse(text)!.AsObject(), text);
    }

    private static string? Words(JsonObject report, string part) =>
        (string?)report["parts"]!.AsArray().SingleOrDefault(one => (string?)one!["of"] == part)?["words"];

    private static async Task<string> CreateAsync(HttpClient client, string name)
    {
        using var answer = await client.PostAsJsonAsync("/api/customers", new { name, kind = "organisation" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
    }

    private static Task UntilAsync(TestCrm crm, Func<bool> isSo) =>
        Waiting.WhileTimePassesAsync(crm.Clock, () => Task.FromResult(isSo()), TimeSpan.FromSeconds(5));

    /// <summary>Work that writes a row for which there is no room on a full disk.</summary>
    public sealed class NeedsRoom(ITableStore tables)
    {
        public const string Queue = "needs-room";

        private static int tries;
        private static int done;

        public static int Tries => Volatile.Read(ref tries);

        public static int Done => Volatile.Read(ref done);

        [Function(nameof(NeedsRoom))]
        public async Task RunAsync([QueueTrigger(Queue)] string message, CancellationToken cancellation)
        {
            Interlocked.Increment(ref tries);
            await tables.PutAsync(Tables.Search, new TableRow("needs-room", message, new Dictionary<string, object> { ["X"] = new byte[60 * 1024] }), cancellation);
            Interlocked.Increment(ref done);
        }
    }
}
