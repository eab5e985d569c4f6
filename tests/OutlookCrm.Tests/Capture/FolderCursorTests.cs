using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Capture;

namespace OutlookCrm.Tests.Capture;

/// <summary>What is still to be read of a folder: nothing may fall between two ranges.</summary>
public sealed class FolderCursorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly Guid User = Guid.NewGuid();

    [Fact]
    public void Halves_of_halves_come_down_to_single_seconds_and_leave_none_out() =>
        Prop.ForAll(Gen.Choose(1, 500).ToArbitrary(), seconds =>
        {
            var whole = PageRange.Of(PageRangeKind.History, Start, Start.AddSeconds(seconds));

            var leaves = Leaves(whole).ToList();

            Assert.Equal(Enumerable.Range(0, seconds).Select(i => Start.AddSeconds(seconds - 1 - i)), leaves.Select(leaf => leaf.From));
            Assert.All(leaves, leaf => Assert.Equal(leaf.From.AddSeconds(1), leaf.Before));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_range_of_a_year_is_halved_few_times_until_one_second_is_left()
    {
        var bad = Start.AddDays(100).AddSeconds(17);
        var range = PageRange.Of(PageRangeKind.History, Start, Start.AddYears(1));
        var halvings = 0;
        while (range.Halves() is { Count: > 0 } halves)
        {
            range = halves.Single(half => half.From <= bad && bad < half.Before);
            halvings++;
        }

        Assert.Equal(bad, range.From);
        Assert.InRange(halvings, 20, 27);
    }

    [Fact]
    public void What_is_left_after_a_broken_link_begins_with_the_second_that_was_reached()
    {
        var range = PageRange.Of(PageRangeKind.Recount, Start, Start.AddDays(30)) with { Link = "https://graph/next", Reached = Start.AddDays(12) };

        var rest = range.Rest();

        Assert.Equal(Start.AddDays(12).AddSeconds(1), rest.Before);
        Assert.Equal((Start, null, PageRangeKind.Recount), (rest.From, rest.Link, rest.Kind));
        Assert.Equal(range.Before, (range with { Reached = range.Before }).Rest().Before); // never more than was asked for
    }

    [Fact]
    public void A_cursor_comes_back_from_its_row_as_it_was() =>
        Prop.ForAll(Cursors().ToArbitrary(), cursor =>
        {
            var back = FolderCursor.Read(cursor.ToTableRow(Tenant, User));

            Assert.Equal(cursor with { Ranges = [] }, back with { Ranges = [] });
            Assert.Equal(cursor.Ranges, back.Ranges);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_anchor_after_an_expired_link_leaves_the_gap_to_plain_pages_and_keeps_what_was_open()
    {
        var open = PageRange.Of(PageRangeKind.History, Start.AddYears(-1), Start.AddMonths(-6));
        var cursor = Cursor() with { Link = "old", Given = 300, GoodAt = Start.AddHours(-5), Ranges = [open] };

        var anchored = cursor.Anchored(Start.AddHours(-1), until: null, missedFrom: Start.AddDays(-1), Start);

        Assert.Equal((null, 0, Start.AddHours(-1)), (anchored.Link, anchored.Given, anchored.From));
        Assert.Equal([PageRange.Of(PageRangeKind.History, Start.AddDays(-1), Start), open], anchored.Ranges);
    }

    [Fact]
    public void A_later_start_drops_the_history_before_it_only()
    {
        var cursor = Cursor() with
        {
            Ranges =
            [
                PageRange.Of(PageRangeKind.History, Start.AddDays(-10), Start),
                PageRange.Of(PageRangeKind.History, Start.AddDays(-400), Start.AddDays(-90)),
                PageRange.Of(PageRangeKind.History, Start.AddDays(-800), Start.AddDays(-500)),
            ],
        };
        var day = DateOnly.FromDateTime(Start.AddDays(-200).Date);
        var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

        var shortened = cursor.Shortened(day, start);

        Assert.Equal(day, shortened.Since);
        Assert.Equal(
            [(Start.AddDays(-10), Start), (start, Start.AddDays(-90))],
            shortened.Ranges.Select(range => (range.From, range.Before)));
    }

    private static IEnumerable<PageRange> Leaves(PageRange range) =>
        range.Halves() is { Count: > 0 } halves ? halves.SelectMany(Leaves) : [range];

    private static FolderCursor Cursor() => new("AAMk", null, Start, null, 0, null, new DateOnly(2025, 1, 1), 0, []);

    private static Gen<FolderCursor> Cursors() =>
        from folder in Gen.Elements("calendar", "AAMkAD=_-", "a/b#c?d|e!f", "ÄÖ 文")
        from link in Gen.Elements(null, "https://graph.microsoft.com/v1.0/x?$deltatoken=a%2Fb&c=d e")
        from until in Gen.Elements((DateTimeOffset?)null, Start.AddYears(1))
        from goodAt in Gen.Elements((DateTimeOffset?)null, Start.AddTicks(7))
        from counts in Gen.Choose(0, 100_000).Two()
        from ranges in Ranges().ListOf()
        select new FolderCursor(folder, link, Start, until, counts.Item1, goodAt, new DateOnly(2024, 12, 31), counts.Item2, [.. ranges]);

    private static Gen<PageRange> Ranges() =>
        from kind in Gen.Elements(PageRangeKind.History, PageRangeKind.Recount)
        from length in Gen.Choose(1, 1_000_000)
        from reached in Gen.Choose(0, 1_000)
        from link in Gen.Elements(null, "https://graph/$skip=10\ufffdü")
        select PageRange.Of(kind, Start, Start.AddSeconds(length)) with { Reached = Start.AddTicks(reached), Link = link };
}
