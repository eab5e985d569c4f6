using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Customers;

namespace OutlookCrm.Tests.Capture;

/// <summary>Each thing of a mailbox counts once: whatever crashes, however often Graph tells of it, in whatever time zone it is read.</summary>
public sealed class CaptureReceiptsTests
{
    private static readonly Guid Ben = A.Ben.Id;
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Zones =
        ["Europe/Berlin", "America/Los_Angeles", "America/New_York", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Adelaide", "Pacific/Apia", "Pacific/Marquesas", "UTC"];

    private static readonly string Partition = TableKeys.Mailboxes(A.Firm);

    [Fact]
    public void A_worker_may_die_at_any_call_and_every_page_is_counted_once()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        for (var call = 1; call < 60; call++)
        {
            var steps = new Stepping(seed: call, new TestClock());
            var store = new SteppedStore(steps);
            var receipts = new CaptureReceipts(store);
            steps.DieAt(call);
            _ = ReadThreePagesAsync(store, receipts);
            steps.Run();

            steps.Pause();
            var second = ReadThreePagesAsync(store, receipts);
            Assert.True(second.IsCompletedSuccessfully, $"call {call}");
            var receipt = Read(receipts);
            Assert.True(receipt is { Taken: 6, HistoryTaken: 0 }, $"call {call}: {receipt.Taken} taken");
            Assert.Equal(3, receipt.Skipped[IgnoreReason.MailingList]);
            Assert.Equal(3, receipt.Listed.Count);
        }
    }

    [Fact]
    public void Workers_that_race_for_a_mailbox_count_every_page_once()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        for (var seed = 0; seed < 400; seed++)
        {
            var steps = new Stepping(seed, new TestClock()) { DeathsPerThousand = seed % 2 == 0 ? 0 : 20 };
            var store = new SteppedStore(steps);
            var receipts = new CaptureReceipts(store);
            for (var worker = 0; worker < 3; worker++)
            {
                _ = ReadThreePagesAsync(store, receipts);
            }

            // And somebody has one thing looked at again, which is in the way of the receipt alone.
            var again = receipts.CommitAsync(A.Firm, Ben, new PageReceipt(PageKind.Again, Now, [Taken("asked for")], []), [], default);
            steps.Run();
            var last = ReadThreePagesAsync(store, receipts);

            Assert.True(last.IsCompletedSuccessfully, $"seed {seed}");
            Assert.InRange(Read(receipts).Taken, again.IsCompletedSuccessfully ? 7 : 6, 7);
            Assert.Equal(3, Read(receipts).Skipped[IgnoreReason.MailingList]);
        }
    }

    [Fact]
    public async Task A_cursor_that_another_worker_moved_is_refused_with_its_receipt()
    {
        var (store, receipts) = Idle();
        await store.InsertAsync(Tables.Mailboxes, Cursor(0), default);
        var outcome = await receipts.CommitAsync(
            A.Firm, Ben, new PageReceipt(PageKind.Live, Now, [Taken("1")], []), [new TableChange.Replace(Cursor(1), "an older version")], default);

        Assert.Equal((WriteResult.Changed, 0), (outcome.Result, outcome.FailedIndex));
        Assert.Equal(0, Read(receipts).Taken);
    }

    [Fact]
    public async Task What_Graph_tells_again_because_it_was_read_or_flagged_counts_once()
    {
        var (_, receipts) = Idle();
        for (var i = 0; i < 3; i++)
        {
            await AddAsync(receipts, PageKind.Live, Now.AddMinutes(i), [Taken("mail")], [Skipped("newsletter", IgnoreReason.MailingList)]);
        }

        var receipt = Read(receipts);
        Assert.Equal((1, 1), (receipt.Taken, receipt.Skipped[IgnoreReason.MailingList]));
        Assert.Equal(Now, receipt.LastTakenAt);
    }

    [Fact]
    public async Task What_is_older_than_all_that_is_known_is_no_news()
    {
        var (_, receipts) = Idle();
        var old = new TakenItem("flagged in spring", Now.AddYears(-1));
        await AddAsync(receipts, PageKind.Live, Now, [old], []);
        await AddAsync(receipts, PageKind.Live, Now, [.. Enumerable.Range(0, CaptureReceipts.MaxKnown).Select(i => Taken($"mail {i}"))], []);
        await AddAsync(receipts, PageKind.Live, Now, [old], []);

        Assert.Equal(CaptureReceipts.MaxKnown + 1, Read(receipts).Taken);
    }

    [Fact]
    public async Task The_first_day_does_not_count_years_of_history_as_today()
    {
        var (_, receipts) = Idle();
        await AddAsync(receipts, PageKind.Live, Now, [Taken("new"), Taken("old and flagged today")], [Skipped("ad", IgnoreReason.MailingList)]);
        for (var page = 0; page < 30; page++)
        {
            await AddAsync(
                receipts,
                PageKind.History,
                Now.AddMinutes(page),
                [.. Enumerable.Range(0, 100).Select(i => new TakenItem($"{page} {i}", Now.AddDays(-page))), Taken("old and flagged today")],
                [Skipped($"old ad {page}", IgnoreReason.MailingList), Skipped("ad", IgnoreReason.MailingList)]);
        }

        var receipt = Read(receipts);
        Assert.Equal((2, 1), (receipt.Taken, receipt.Skipped[IgnoreReason.MailingList]));
        Assert.Equal((3_000, 30), (receipt.HistoryTaken, receipt.HistorySkipped[IgnoreReason.MailingList]));
        Assert.Equal(Now.AddMinutes(29), receipt.LastTakenAt);
    }

    [Fact]
    public async Task What_was_skipped_and_is_taken_after_all_is_not_called_skipped_any_more()
    {
        var (_, receipts) = Idle();
        await AddAsync(receipts, PageKind.Live, Now, [], [Skipped("first mail", IgnoreReason.UnknownPeople), Skipped("other", IgnoreReason.UnknownPeople)]);
        await AddAsync(receipts, PageKind.Again, Now.AddHours(1), [Taken("first mail"), Taken("one that nobody told of")], []);

        var receipt = Read(receipts);
        Assert.Equal((2, 1), (receipt.Taken, receipt.Skipped[IgnoreReason.UnknownPeople]));
        Assert.Equal("other", Assert.Single(receipt.Listed).ItemId);
    }

    [Fact]
    public async Task What_was_skipped_before_midnight_and_is_taken_after_it_counts_on_one_day_only()
    {
        var (_, receipts) = Idle();
        var (evening, morning) = (new DateTimeOffset(2026, 3, 2, 23, 50, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 3, 0, 10, 0, TimeSpan.Zero));
        await AddAsync(receipts, PageKind.Live, evening, [], [Skipped("wanted", IgnoreReason.UnknownPeople, evening), Skipped("other", IgnoreReason.UnknownPeople, evening)]);
        await AddAsync(receipts, PageKind.Again, morning, [new("wanted", evening)], []);

        Assert.Equal(1, Read(receipts).Skipped[IgnoreReason.UnknownPeople]);
        Assert.Equal("other", Assert.Single(Read(receipts).Listed).ItemId);
        var next = await receipts.ReadAsync(A.Firm, Ben, Now.Date.AddDays(1), Now.Date.AddDays(2), default);
        Assert.Equal((0, 1, 0), (next.Taken, next.Older, next.Skipped.Count)); // it came the evening before

        // Both were one and the same day to somebody west of London.
        var there = await receipts.ReadAsync(A.Firm, Ben, Now.Date.AddHours(8), Now.Date.AddHours(32), default);
        Assert.Equal((1, 0, 1), (there.Taken, there.Older, there.Skipped[IgnoreReason.UnknownPeople]));
    }

    [Fact]
    public async Task What_is_looked_up_later_counts_on_the_day_it_came_and_else_apart_from_it()
    {
        var (_, receipts) = Idle();
        await AddAsync(receipts, PageKind.Live, Now, [Taken("new"), new("read again today", Now.AddDays(-9))], []);
        for (var page = 0; page < 3; page++)
        {
            await AddAsync(
                receipts,
                PageKind.Again,
                Now.AddHours(page),
                [new($"{page} of last week", Now.AddDays(-7)), new($"{page} of the evening before", Now.Date.AddMinutes(-1)), new($"{page} of this morning", Now.AddHours(-2)), new($"{page} a meeting next week", Now.AddDays(7))],
                []);
        }

        Assert.Equal((5, 9, 0), Read(receipts) is var day ? (day.Taken, day.Older, day.HistoryTaken) : default);
        Assert.Equal((8, 6), await InAsync("Asia/Tokyo")); // where the evening before was this morning
        Assert.Equal((2, 12), await InAsync("America/Los_Angeles")); // and where this morning was last night

        async Task<(int Taken, int Older)> InAsync(string zoneId)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
            var day = DayOf(Now, zone);
            var there = await receipts.ReadAsync(A.Firm, Ben, StartOf(day, zone), StartOf(day.AddDays(1), zone), default);
            return (there.Taken, there.Older);
        }
    }

    [Fact]
    public void What_is_looked_up_later_is_older_wherever_it_came_on_another_day_than_it_was_looked_up()
    {
        // The days on which Berlin's clocks go forward and back, of 23 and of 25 hours.
        var things =
            from lookedUp in Gen.Choose(0, 3 * 24 * 60)
            from away in Gen.OneOf(Gen.Choose(-27 * 60, 27 * 60), Gen.Choose(-60, 60), Gen.Choose(-90 * 24 * 60, 90 * 24 * 60))
            select (LookedUp: lookedUp, CameAt: lookedUp + away);
        var readings = from day in Gen.Elements(new DateOnly(2026, 3, 29), new DateOnly(2026, 10, 25)) from zone in Gen.Elements(Zones) select (day, zone);
        Prop.ForAll(things.ListOf(60).ToArbitrary(), readings.ToArbitrary(), (all, reading) =>
        {
            var (_, receipts) = Idle();
            var begin = new DateTimeOffset(reading.day.AddDays(-1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            var zone = TimeZoneInfo.FindSystemTimeZoneById(reading.zone);
            var (taken, older) = (0, 0);
            foreach (var (number, thing) in all.Index())
            {
                var (at, cameAt) = (begin.AddMinutes(thing.LookedUp), begin.AddMinutes(thing.CameAt));
                Assert.True(AddAsync(receipts, PageKind.Again, at, [new($"{number}", cameAt)], []).IsCompletedSuccessfully);
                var isToday = DayOf(at, zone) == reading.day;
                (taken, older) = (taken + (isToday && DayOf(cameAt, zone) == reading.day ? 1 : 0), older + (isToday && DayOf(cameAt, zone) != reading.day ? 1 : 0));
            }

            var receipt = receipts.ReadAsync(A.Firm, Ben, StartOf(reading.day, zone), StartOf(reading.day.AddDays(1), zone), default).GetAwaiter().GetResult();
            return receipt.Taken == taken && receipt.Older == older;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_day_that_was_begun_while_days_in_UTC_decided_keeps_what_it_says_and_goes_on()
    {
        var (store, receipts) = Idle();
        var day = new TableRow(
            Partition, TableKeys.ReceiptDay(Ben, new DateOnly(2026, 3, 2)), new Dictionary<string, object> { ["Taken"] = "28:3 36:1", ["Older"] = "36:5" });
        await store.InsertAsync(Tables.Mailboxes, day, default);
        Assert.Equal((4, 5), Read(receipts) is var before ? (before.Taken, before.Older) : default);

        await AddAsync(receipts, PageKind.Again, Now, [new("this morning's", Now.AddHours(-2)), new("last week's", Now.AddDays(-7))], []);

        Assert.Equal((5, 6), Read(receipts) is var after ? (after.Taken, after.Older) : default);
    }

    [Fact]
    public void Today_is_right_wherever_it_is_read()
    {
        var pages = Gen.Choose(0, 3 * 24 * 60).Select(minute => new DateTimeOffset(2026, 3, 28, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute)).ListOf(40);
        Prop.ForAll(pages.ToArbitrary(), Gen.Elements(Zones).ToArbitrary(), (instants, zoneId) =>
        {
            var (_, receipts) = Idle();
            var number = 0;
            foreach (var at in instants)
            {
                Assert.True(AddAsync(receipts, PageKind.Live, at, [new($"t{++number}", at)], [Skipped($"s{number}", IgnoreReason.Automatic, at)]).IsCompletedSuccessfully);
            }

            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
            var day = new DateOnly(2026, 3, 29); // the day on which Berlin's clocks go forward
            var expected = instants.Count(at => DayOf(at, zone) == day);
            var receipt = receipts.ReadAsync(A.Firm, Ben, StartOf(day, zone), StartOf(day.AddDays(1), zone), default).GetAwaiter().GetResult();
            return receipt.Taken == expected && receipt.Skipped.GetValueOrDefault(IgnoreReason.Automatic) == expected && receipt.Listed.Count == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Nothing_is_kept_of_what_is_private_erased_or_decided()
    {
        var (store, receipts) = Idle();
        IgnoreReason[] unlisted =
        [
            IgnoreReason.Private, IgnoreReason.Erased, IgnoreReason.NotThisItem, IgnoreReason.NotThisThread,
            IgnoreReason.ColleaguesOnly, IgnoreReason.OwnAppointment, IgnoreReason.Draft,
        ];
        await AddAsync(receipts, PageKind.Live, Now, [], [.. Enum.GetValues<IgnoreReason>().Select(reason => Skipped($"AAMk-{reason}", reason))]);

        var receipt = Read(receipts);
        Assert.All(Enum.GetValues<IgnoreReason>(), reason => Assert.Equal(1, receipt.Skipped[reason]));
        Assert.Equal(Enum.GetValues<IgnoreReason>().Except(unlisted).Order(), receipt.Listed.Select(item => item.Reason).Order());
        var kept = string.Join('\n', store.All.SelectMany(one => one.Row.Properties.Values).OfType<string>());
        Assert.All(unlisted, reason => Assert.DoesNotContain($"AAMk-{reason}", kept, StringComparison.Ordinal));
        Assert.Contains("kim@stranger.example", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_one_reason_do_not_hide_the_one_that_somebody_looks_for()
    {
        var (_, receipts) = Idle();
        await AddAsync(receipts, PageKind.Live, Now, [], [Skipped("the one", IgnoreReason.UnknownPeople, Now.AddDays(-2))]);
        await AddAsync(receipts, PageKind.Live, Now, [], [.. Enumerable.Range(0, 500).Select(i => Skipped($"{i}", IgnoreReason.MailingList, Now.AddMinutes(i)))]);

        var receipt = Read(receipts);
        Assert.Equal(CaptureReceipts.MaxListed, receipt.Listed.Count);
        Assert.Contains(receipt.Listed, item => item.ItemId == "the one");
        Assert.Equal("499", receipt.Listed[0].ItemId);
    }

    [Fact]
    public async Task A_day_of_the_longest_ids_and_addresses_still_fits_its_row()
    {
        await using var crm = await TestCrm.StartAsync();
        var receipts = new CaptureReceipts(crm.Services.GetService(typeof(ITableStore)) as ITableStore ?? throw new InvalidOperationException());
        Assert.True(MailAddress.TryParse($"{new string('ü', 60)}@{string.Join('.', Enumerable.Repeat(new string('ä', 20), 6))}.example", out var longest));
        const int LookedUp = 60; // more different ones than are told apart
        for (var quarter = 0; quarter < 96; quarter++)
        {
            var at = new DateTimeOffset(2026, 3, 2, quarter / 4, quarter % 4 * 15, 0, TimeSpan.Zero);
            await receipts.CommitAsync(
                A.Firm,
                Ben,
                new PageReceipt(PageKind.Live, at, [new($"taken {quarter}", at)], [.. Enum.GetValues<IgnoreReason>().SelectMany(reason =>
                    Enumerable.Range(0, 9).Select(i => new SkippedItem($"{new string('\ud83d', i)}{new string('é', 380)}{reason} {quarter} {i}", IsMeeting: true, at, reason, longest)))]),
                [],
                default);
            await AddAsync(
                receipts, PageKind.Again, at, [.. Enumerable.Range(1, LookedUp).Select(i => new TakenItem($"looked up {quarter} {i}", at.AddMinutes(-15 * i)))], []);
        }

        var receipt = await receipts.ReadAsync(A.Firm, Ben, Now.Date, Now.Date.AddDays(1), default);
        Assert.Equal(96 * (1 + LookedUp), receipt.Taken + receipt.Older);
        Assert.All(Enum.GetValues<IgnoreReason>(), reason => Assert.Equal(96 * 9, receipt.Skipped[reason]));
        Assert.InRange(receipt.Listed.Count, 5, CaptureReceipts.MaxListed);
    }

    [Fact]
    public async Task Receipts_are_kept_for_thirty_days()
    {
        var (store, receipts) = Idle();
        for (var day = 0; day < 40; day++)
        {
            await AddAsync(receipts, PageKind.Live, Now.AddDays(day), [new($"{day}", Now.AddDays(day))], []);
        }

        await receipts.ForgetOldAsync(A.Firm, Ben, Now.AddDays(39), default);
        await receipts.ForgetOldAsync(A.Firm, Ben, Now.AddDays(39), default);

        Assert.Equal(CaptureReceipts.DaysKept, store.All.Count(one => one.Row.RowKey.StartsWith(TableKeys.Receipt(Ben) + "|", StringComparison.Ordinal)));
        Assert.Equal(1, (await receipts.ReadAsync(A.Firm, Ben, Now.AddDays(39).Date, Now.AddDays(40).Date, default)).Taken);
        Assert.Equal(Now.AddDays(39), Read(receipts).LastTakenAt);
    }

    /// <summary>As a worker does: where the cursor stands, the page there, then cursor and receipt together.</summary>
    private static async Task ReadThreePagesAsync(SteppedStore store, CaptureReceipts receipts)
    {
        while (true)
        {
            var cursor = await store.FindAsync(Tables.Mailboxes, Partition, "f", default);
            var at = cursor is null ? 0 : (int)cursor.Properties["Page"];
            if (at == 3)
            {
                return;
            }

            var page = new PageReceipt(
                PageKind.Live, Now.AddMinutes(at), [Taken($"{at} a"), Taken($"{at} b")], [Skipped($"{at} c", IgnoreReason.MailingList)]);
            TableChange move = cursor is null ? new TableChange.Insert(Cursor(1)) : new TableChange.Replace(Cursor(at + 1), cursor.ETag!);
            await receipts.CommitAsync(A.Firm, Ben, page, [move], default);
        }
    }

    private static TableRow Cursor(int page) => new(Partition, "f", new Dictionary<string, object> { ["Page"] = page });

    private static (SteppedStore Store, CaptureReceipts Receipts) Idle()
    {
        var steps = new Stepping(seed: 1, new TestClock());
        steps.Pause();
        var store = new SteppedStore(steps);
        return (store, new CaptureReceipts(store));
    }

    private static Task<TransactionOutcome> AddAsync(
        CaptureReceipts receipts, PageKind kind, DateTimeOffset at, IReadOnlyList<TakenItem> taken, IReadOnlyList<SkippedItem> skipped) =>
        receipts.CommitAsync(A.Firm, Ben, new PageReceipt(kind, at, taken, skipped), [], default);

    private static MailboxReceipt Read(CaptureReceipts receipts) =>
        receipts.ReadAsync(A.Firm, Ben, Now.Date, Now.Date.AddDays(1), default).GetAwaiter().GetResult();

    private static TakenItem Taken(string id) => new(id, Now);

    private static SkippedItem Skipped(string id, IgnoreReason reason, DateTimeOffset? at = null)
    {
        Assert.True(MailAddress.TryParse("kim@stranger.example", out var kim));
        return new SkippedItem(id, IsMeeting: false, at ?? Now, reason, kim);
    }

    private static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
