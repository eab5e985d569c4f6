using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Firm;

public sealed class FirmTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;
    private readonly TestClock clock = new();

    public FirmTests() => store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Who_signs_in_can_be_given_customers_and_the_caller_always()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);

        Assert.Equal([A.Anna.Name], await ColleaguesAsync(anna));
        Assert.Equal([A.Olga.Name], await ColleaguesAsync(olga));
        await Waiting.UntilAsync(async () => (await ColleaguesAsync(ben)).SequenceEqual([A.Anna.Name, A.Ben.Name]));
    }

    [Fact]
    public async Task A_guest_s_home_firm_does_not_become_ours()
    {
        await using var crm = await TestCrm.StartAsync();
        var claims = crm.Issuer.Claims(A.Ben with { Address = "guest@supplier.example" }, crm.Clock.GetUtcNow());
        claims["idp"] = "https://sts.windows.net/dddddddd-0000-4000-8000-000000000000/";
        using var guest = crm.WithToken(crm.Issuer.Sign(claims));
        using var anna = crm.SignIn(A.Anna);
        await ColleaguesAsync(guest);
        await Waiting.UntilAsync(async () => (await ColleaguesAsync(anna)).Contains(A.Ben.Name));

        Assert.IsType<UnknownSender>(await anna.GetFromJsonAsync<SenderCard>("/api/card?address=sales@supplier.example", ContractJson.Options));
    }

    [Fact]
    public async Task One_of_us_is_no_customer_though_never_signed_in()
    {
        await using var crm = await TestCrm.StartAsync(new Dictionary<string, string?> { ["Firm:Domains:0"] = "kern-licht.example" });
        using var olga = crm.SignIn(A.Olga);

        Assert.IsType<ColleagueSender>(await olga.GetFromJsonAsync<SenderCard>("/api/card?address=new@kern-licht.example", ContractJson.Options));
        await Waiting.UntilAsync(async () => await olga.GetFromJsonAsync<SenderCard>("/api/card?address=somebody@nys.example", ContractJson.Options) is ColleagueSender);
    }

    [Fact]
    public async Task With_free_mail_only_the_colleagues_own_addresses_are_colleagues()
    {
        var firm = await SeenAsync(Person("Anna", "anna.kern@gmail.com"));

        Assert.True(firm.IsColleague(Address("Anna.Kern@gmail.com")));
        Assert.False(firm.IsColleague(Address("somebody@gmail.com")));
    }

    [Fact]
    public async Task With_a_domain_of_its_own_all_of_it_is_the_firm()
    {
        var anna = Person("Anna", "anna@kern-licht.example");
        var firm = await SeenAsync(anna);

        Assert.True(firm.IsColleague(Address("new.man@KERN-licht.example")));
        Assert.False(firm.IsColleague(Address("anna@shop.kern-licht.example")));
        Assert.Null(firm.FindByAddress(Address("new.man@kern-licht.example")));
        Assert.Equal("Anna", firm.FindByAddress(Address("anna@kern-licht.example"))?.Name);
        Assert.Equal("Anna", firm.FindById(anna.UserId)?.Name);
    }

    [Fact]
    public async Task A_sign_in_name_that_is_no_address_harms_nothing()
    {
        var firm = await SeenAsync(Person("Kiosk", "kiosk"), Person("Robot", null));

        Assert.Equal(["Kiosk", "Robot"], firm.All.Select(colleague => colleague.Name));
    }

    [Fact]
    public async Task Asking_a_hundred_times_at_once_reads_once_and_again_behind_the_request_after_a_minute()
    {
        var directory = new FirmDirectory(store, new FirmOptions([]), clock);
        using var counts = new StorageCounts(store);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () => await directory.OfAsync(Tenant, default))));
        clock.Advance(TimeSpan.FromSeconds(59));
        await directory.OfAsync(Tenant, default);
        Assert.Equal(1, counts.RangeReads(Tables.Colleagues));

        clock.Advance(TimeSpan.FromSeconds(1));
        var old = await directory.OfAsync(Tenant, default);
        await Waiting.UntilAsync(async () => !ReferenceEquals(old, await directory.OfAsync(Tenant, default)));
        Assert.Equal(2, counts.RangeReads(Tables.Colleagues));
    }

    [Fact]
    public async Task Nobody_waits_for_a_slow_renewal_until_what_is_known_is_too_old()
    {
        var slow = new FailingStore(store);
        var directory = new FirmDirectory(slow, new FirmOptions([]), clock);
        var old = await directory.OfAsync(Tenant, default);
        slow.Gate = new TaskCompletionSource();

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Same(old, await directory.OfAsync(Tenant, default));

        clock.Advance(TimeSpan.FromMinutes(3));
        var waiting = directory.OfAsync(Tenant, default).AsTask();
        Assert.False(waiting.IsCompleted);
        slow.Gate.SetResult();
        Assert.NotSame(old, await waiting);
    }

    [Fact]
    public async Task What_was_forgotten_is_not_brought_back_by_a_renewal_that_began_before()
    {
        var slow = new FailingStore(store);
        var directory = new FirmDirectory(slow, new FirmOptions([]), clock);
        await directory.OfAsync(Tenant, default);
        slow.Gate = new TaskCompletionSource();
        clock.Advance(TimeSpan.FromMinutes(2));
        await directory.OfAsync(Tenant, default);
        await Waiting.UntilAsync(() => slow.Waiting > 0);

        directory.Forget(Tenant);
        var gate = slow.Gate;
        slow.Gate = null;
        var fresh = await directory.OfAsync(Tenant, default);
        gate.SetResult();

        await Waiting.UntilAsync(() => slow.Waiting == 0);
        Assert.Same(fresh, await directory.OfAsync(Tenant, default));
    }

    [Fact]
    public async Task Nothing_is_seen_of_a_mailbox_that_nobody_knows()
    {
        var directory = new FirmDirectory(store, new FirmOptions([]), clock);

        Assert.Equal(MailboxVisibility.OnlyMe, (await directory.OfAsync(Tenant, default)).VisibilityOf(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_failed_read_is_not_remembered()
    {
        var failing = new FailingStore(store) { IsDown = true };
        var directory = new FirmDirectory(failing, new FirmOptions(["kern-licht.example"]), clock);

        await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await directory.OfAsync(Tenant, default));
        failing.IsDown = false;

        Assert.True((await directory.OfAsync(Tenant, default)).IsColleague(Address("a@kern-licht.example")));
    }

    [Fact]
    public async Task A_colleague_is_written_once_a_day_and_keeps_the_first()
    {
        var book = new ColleagueBook(store, new FirmDirectory(store, new FirmOptions([]), clock), clock, NullLogger<ColleagueBook>.Instance);
        await book.StartAsync(default);
        using var counts = new StorageCounts(store);
        var anna = Person("Anna", "anna@kern-licht.example");

        for (var i = 0; i < 100; i++)
        {
            book.Seen(anna);
        }

        // A write is counted when its outcome is told, a moment after the row can be read.
        await Waiting.UntilAsync(async () => await RowAsync(anna) is not null && counts.Writes(Tables.Colleagues) > 0);
        Assert.Equal(1, counts.Writes(Tables.Colleagues));

        clock.Advance(TimeSpan.FromDays(2));
        book.Seen(anna with { Name = "Anna Kern" });
        await Waiting.UntilAsync(async () => (await RowAsync(anna))!.Name == "Anna Kern");
        await book.StopAsync(default);

        Assert.Equal((new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 4)), ((await RowAsync(anna))!.FirstSeenOn, (await RowAsync(anna))!.LastSeenOn));
    }

    [Fact]
    public async Task Who_could_not_be_written_is_written_with_a_later_request()
    {
        var failing = new FailingStore(store) { IsDown = true };
        var book = new ColleagueBook(failing, new FirmDirectory(store, new FirmOptions([]), clock), clock, NullLogger<ColleagueBook>.Instance);
        await book.StartAsync(default);
        var anna = Person("Anna", "anna@kern-licht.example");

        book.Seen(anna);
        await Waiting.UntilAsync(() => failing.Refused > 0);
        failing.IsDown = false;

        await Waiting.UntilAsync(async () =>
        {
            book.Seen(anna);
            return await RowAsync(anna) is not null;
        });
        await book.StopAsync(default);
    }

    [Theory]
    [InlineData("gmail.com", "anybody")]
    [InlineData("not a domain", "mail domain")]
    [InlineData("", "mail domain")]
    public void A_wrong_own_domain_stops_the_start(string domain, string why)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Firm:Domains:0", "kern-licht.example"), new("Firm:Domains:1", domain)]).Build();

        var fault = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddFirm(settings));

        Assert.Contains("Firm:Domains:1", fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    private async Task<OwnFirm> SeenAsync(params Caller[] callers)
    {
        var directory = new FirmDirectory(store, new FirmOptions([]), clock);
        var book = new ColleagueBook(store, directory, clock, NullLogger<ColleagueBook>.Instance);
        await book.StartAsync(default);
        foreach (var caller in callers)
        {
            book.Seen(caller);
        }

        await Waiting.UntilAsync(async () => (await directory.OfAsync(Tenant, default)).All.Count == callers.Length);
        await book.StopAsync(default);
        return await directory.OfAsync(Tenant, default);
    }

    private async Task<ColleagueRow?> RowAsync(Caller caller) =>
        await store.FindAsync(Tables.Colleagues, TableKeys.Colleagues(Tenant), TableKeys.Colleague(caller.UserId), default) is { } row
            ? ColleagueRow.From(row)
            : null;

    private static async Task<List<string>> ColleaguesAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<ColleagueList>("/api/colleagues", ContractJson.Options))!.Colleagues.Select(c => c.Name)];

    private static Caller Person(string name, string? address) => new(Tenant, Guid.NewGuid(), name, address, Role.Member);

    private static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException("no address", nameof(text));

    /// <summary>A store that can be told to be out of reach, or to answer later.</summary>
    private sealed class FailingStore(ITableStore inner) : ITableStore
    {
        private int refused;
        private int waiting;

        public bool IsDown { get; set; }

        public int Refused => refused;

        /// <summary>What ranges wait for; null for nothing.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public int Waiting => waiting;

        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            Up().FindAsync(table, partitionKey, rowKey, cancellation);

        public async Task<TableRange> RangeAsync(
            string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation)
        {
            if (Gate is { } gate)
            {
                Interlocked.Increment(ref waiting);
                await gate.Task;
                Interlocked.Decrement(ref waiting);
            }

            return await Up().RangeAsync(table, partitionKey, range, maxRows, cancellation);
        }

        public Task<TransactionOutcome> TransactAsync(string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation) =>
            Up().TransactAsync(table, partitionKey, changes, cancellation);

        private ITableStore Up()
        {
            if (IsDown)
            {
                Interlocked.Increment(ref refused);
                throw new TableStoreUnavailableException("down");
            }

            return inner;
        }
    }
}
