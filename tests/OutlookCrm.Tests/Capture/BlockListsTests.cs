using OutlookCrm.Capture;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

/// <summary>Block lists and erased people, over a real store.</summary>
public sealed class BlockListsTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly Guid User = Mailbox.UserId;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;
    private readonly TestClock clock = new();
    private readonly BlockLists lists;
    private readonly ErasedPeople erased;

    public BlockListsTests()
    {
        store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(30));
        lists = new BlockLists(store, clock);
        erased = new ErasedPeople(store, clock);
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Kim.Sommer@Hotel-Sonne.example", "Kim.Sommer@hotel-sonne.example", false)]
    [InlineData(" hotel-sonne.example ", "hotel-sonne.example", true)]
    [InlineData("@HOTEL-SONNE.example", "hotel-sonne.example", true)]
    [InlineData("*@hotel-sonne.example", "hotel-sonne.example", true)]
    [InlineData("*.hotel-sonne.example", "hotel-sonne.example", true)]
    [InlineData("xn--mller-kva.example", "müller.example", true)]
    [InlineData("büro@MÜLLER.example", "büro@müller.example", false)]
    [InlineData("*me*@hotel-sonne.example", "*me*@hotel-sonne.example", false)]
    public void An_entry_is_an_address_or_a_whole_domain(string written, string shown, bool isDomain)
    {
        Assert.True(BlockTarget.TryParse(written, out var target));
        Assert.Equal((shown, isDomain), (target.Text, target.Address is null));
        Assert.True(BlockTarget.TryParse(target.Text, out var again));
        Assert.Equal(target, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("@")]
    [InlineData("*@")]
    [InlineData("com")]
    [InlineData("kim@")]
    [InlineData("kim sommer")]
    [InlineData("*.com")]
    [InlineData("hotel-sonne.example, zimmer.example")]
    [InlineData("\ud800.example")]
    public void Anything_else_is_no_entry(string? written) => Assert.False(BlockTarget.TryParse(written, out _));

    [Theory]
    [InlineData("hotel-sonne.example", "a@hotel-sonne.example", true)]
    [InlineData("hotel-sonne.example", "a@deep.mail.hotel-sonne.example", true)]
    [InlineData("hotel-sonne.example", "a@my-hotel-sonne.example", false)]
    [InlineData("mail.hotel-sonne.example", "a@hotel-sonne.example", false)]
    [InlineData("müller.example", "a@xn--mller-kva.example", true)]
    [InlineData("kim@hotel-sonne.example", "KIM@Hotel-Sonne.example", true)]
    [InlineData("kim@hotel-sonne.example", "kim@mail.hotel-sonne.example", false)]
    [InlineData("kim@hotel-sonne.example", "kim+a@hotel-sonne.example", false)]
    public void A_domain_covers_what_is_below_it_and_an_address_itself(string entry, string address, bool isCovered)
    {
        Assert.True(BlockTarget.TryParse(entry, out var target));
        Assert.Equal(isCovered, target.Covers(Address(address)));
    }

    [Fact]
    public async Task What_is_added_twice_stands_once_with_its_first_time_and_goes_with_one_remove()
    {
        Assert.True(await AddAsync("hotel-sonne.example"));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await AddAsync("@Hotel-Sonne.example"));
        await AddAsync("kim@zimmer.example");

        Assert.Equal(
            [("kim@zimmer.example", clock.GetUtcNow()), ("hotel-sonne.example", clock.GetUtcNow().AddDays(-1))],
            (await lists.ReadAsync(Tenant, User, default)).People.Select(entry => (entry.Target.Text, entry.AddedAt)));

        Assert.True(await RemoveAsync("HOTEL-SONNE.example"));
        Assert.False(await RemoveAsync("hotel-sonne.example"));
        Assert.Equal(["kim@zimmer.example"], (await lists.ReadAsync(Tenant, User, default)).People.Select(entry => entry.Target.Text));
    }

    [Fact]
    public async Task Each_mailbox_has_its_own_list_and_the_firm_another()
    {
        Assert.True(BlockTarget.TryParse("zimmer.example", out var zimmer));
        await lists.AddAsync(Tenant, userId: null, zimmer, "Anna", default);
        await AddAsync("kim@zimmer.example");

        Assert.Equal("Anna", Assert.Single((await lists.ReadAsync(Tenant, userId: null, default)).People).By);
        Assert.Equal("kim@zimmer.example", Assert.Single((await lists.ReadAsync(Tenant, User, default)).People).Target.Text);
        Assert.Empty((await lists.ReadAsync(Tenant, Guid.NewGuid(), default)).People);
        Assert.Empty((await lists.ReadAsync(Guid.NewGuid(), User, default)).People);
    }

    [Fact]
    public async Task Excluded_mails_and_threads_are_read_with_the_list_and_can_be_taken_back()
    {
        await AddAsync("kim@zimmer.example");
        await lists.PutUndoneAsync(Tenant, User, Undone(UndoneKind.Thing, "m1"), default);
        await lists.PutUndoneAsync(Tenant, User, Undone(UndoneKind.Thing, "m1"), default);
        await lists.PutUndoneAsync(Tenant, User, Undone(UndoneKind.Thread, "t1") with { Threads = ["t2"] }, default);
        await lists.PutUndoneAsync(Tenant, User, Undone(UndoneKind.OnlyMine, "m2"), default);

        var read = await lists.ReadAsync(Tenant, User, default);
        Assert.Equal(
            (1, true, true, true, false, false),
            (read.People.Count, read.Excluded.HasItem("m1"), read.Excluded.HasThread("t1"), read.Excluded.HasThread("t2"), read.Excluded.HasItem("t1"), read.Excluded.HasItem("m2")));
        Assert.Equal(["m2"], read.OnlyMine);

        // Taken back, the rules know no more of it, though the row is there until all was asked for again.
        var thread = (await lists.FindUndoneAsync(Tenant, User, TableKeys.ExcludedThread("t1"), default))!;
        Assert.True(await lists.LiftUndoneAsync(Tenant, User, thread, default));
        Assert.False(await lists.LiftUndoneAsync(Tenant, User, thread, default)); // somebody else did
        Assert.False((await lists.ReadAsync(Tenant, User, default)).Excluded.HasThread("t2"));
        Assert.NotNull((await lists.FindUndoneAsync(Tenant, User, thread.RowKey, default))!.LiftedAt);
        await lists.RemoveUndoneAsync(Tenant, User, thread.RowKey, thread.ETag, default); // of the version before: stays
        Assert.NotNull(await lists.FindUndoneAsync(Tenant, User, thread.RowKey, default));
    }

    private static UndoneThing Undone(UndoneKind what, string id) => new(
        what, id, OutlookCrm.Pane.InteractionKind.Mail, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [], [], []);

    [Fact]
    public async Task A_full_list_takes_no_more_but_says_yes_to_what_it_has_and_is_read_whole()
    {
        for (var i = 0; i < BlockLists.MaxEntries; i++)
        {
            Assert.True(BlockTarget.TryParse($"d{i}.example", out var target));
            Assert.True(i > 3 ? await PutAsync(target) : await lists.AddAsync(Tenant, User, target, "Anna", default));
        }

        await Task.WhenAll(Enumerable.Range(0, 1_500).Select(i => lists.PutUndoneAsync(Tenant, User, Undone(UndoneKind.Thing, $"{i:x32}"), default)));

        Assert.False(await AddAsync("one-more.example"));
        Assert.True(await AddAsync("d7.example"));
        var read = await lists.ReadAsync(Tenant, User, default);
        Assert.Equal((BlockLists.MaxEntries, true), (read.People.Count, read.Excluded.HasItem($"{1_499:x32}")));
    }

    [Fact]
    public async Task Who_was_erased_is_known_by_any_spelling_and_nothing_else_is_kept()
    {
        await erased.AddAsync(Tenant, Address("Büro@Müller.example"), default);
        var at = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromDays(1));
        await erased.AddAsync(Tenant, Address("büro@xn--mller-kva.example"), default);

        var all = await erased.ReadAsync(Tenant, default);
        Assert.True(all.Has(Address("BÜRO@MÜLLER.example")));
        Assert.False(all.Has(Kim));
        Assert.Equal(at, await erased.FindAsync(Tenant, Address("büro@müller.example"), default));
        Assert.Null(await erased.FindAsync(Tenant, Kim, default));
        Assert.False((await erased.ReadAsync(Guid.NewGuid(), default)).Has(Address("büro@müller.example")));
        var rows = await store.RangeAsync(Tables.Tombstones, TableKeys.Tombstones(Tenant), new RowKeyRange("", Before: null), 10, default);
        Assert.DoesNotContain(rows, row => row.RowKey.Contains("ller", StringComparison.Ordinal) || row.Properties.Values.OfType<string>().Any());
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task A_hundred_erased_at_once_have_one_salt_and_all_are_known()
    {
        var people = Enumerable.Range(0, 100).Select(i => Address($"p{i}@fair.example")).ToList();

        await Task.WhenAll(people.Select(who => Task.Run(() => erased.AddAsync(Tenant, who, default))));

        var all = await erased.ReadAsync(Tenant, default);
        Assert.All(people, who => Assert.True(all.Has(who)));
    }

    [Fact]
    public async Task Who_wants_to_come_back_is_no_longer_erased()
    {
        await erased.AddAsync(Tenant, Kim, default);
        await erased.AddAsync(Tenant, Lee, default);

        Assert.True(await erased.LiftAsync(Tenant, Kim, default));
        Assert.False(await erased.LiftAsync(Tenant, Kim, default));

        var all = await erased.ReadAsync(Tenant, default);
        Assert.Equal((false, true), (all.Has(Kim), all.Has(Lee)));
    }

    private async Task<bool> AddAsync(string text) =>
        BlockTarget.TryParse(text, out var target) && await lists.AddAsync(Tenant, User, target, "Anna", default);

    private async Task<bool> RemoveAsync(string text) =>
        BlockTarget.TryParse(text, out var target) && await lists.RemoveAsync(Tenant, User, target, default);

    // As AddAsync does, without reading the list each time.
    private async Task<bool> PutAsync(BlockTarget target) => (await store.InsertAsync(
        Tables.Blocks,
        new TableRow(TableKeys.Blocks(Tenant, User), target.RowKey, new Dictionary<string, object> { ["What"] = target.Text, ["AddedAt"] = clock.GetUtcNow() }),
        default)).IsWritten;
}
