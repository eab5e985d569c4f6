using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>What every table store does, whatever it is made of. Each test has a table of its own.</summary>
public abstract class TableStoreContract
{
    private const string P = "partition";

    private readonly string table = "t" + Guid.NewGuid().ToString("N");

    protected string TableName => table;

    internal abstract ITableStore Store { get; }

    [Fact]
    public async Task A_row_comes_back_as_it_was_written()
    {
        var row = Row("a", ("Name", "Anna"), ("Visits", 3));

        var written = await Store.InsertAsync(table, row, default);
        var found = await Store.FindAsync(table, P, "a", default);

        Assert.Equal(WriteResult.Written, written.Result);
        AssertSame(row, found);
        Assert.Equal(written.ETag, found!.ETag);
    }

    [Fact]
    public async Task Nothing_is_found_where_nothing_was_written()
    {
        Assert.Null(await Store.FindAsync(table, P, "a", default));
        Assert.Empty(await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default));
        Assert.Equal(WriteResult.Absent, await Store.DeleteAsync(table, P, "a", null, default));

        await Store.InsertAsync(table, Row("b"), default);

        Assert.Null(await Store.FindAsync(table, P, "a", default));
        Assert.Null(await Store.FindAsync(table, "other", "b", default));
        Assert.Empty(await Store.RangeAsync(table, "other", new RowKeyRange("", null), 10, default));
    }

    [Fact]
    public async Task A_row_leads_to_rows_of_another_table_to_nowhere_or_to_what_is_not_there()
    {
        var other = "u" + table;
        await Store.InsertAsync(table, Row("a", ("To", "there")), default);
        foreach (var key in new[] { "x", "y", "z" })
        {
            await Store.InsertAsync(other, new TableRow("there", key, new Dictionary<string, object>()), default);
        }

        var (row, range) = await FollowAsync("a", row => new RangeAsk(other, (string)row.Properties["To"], new RowKeyRange("y", null), 10));
        Assert.Equal("a", row!.RowKey);
        Assert.Equal(["y", "z"], range!.Select(found => found.RowKey));

        (row, range) = await FollowAsync("a", _ => null);
        Assert.Equal(("a", null), (row!.RowKey, range));

        (_, range) = await FollowAsync("a", _ => new RangeAsk(other + "x", "there", new RowKeyRange("", null), 10));
        Assert.Empty(range!);

        Assert.Equal((null, null), await FollowAsync("b", _ => throw new InvalidOperationException("There is no such row.")));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => FollowAsync("a", _ => new RangeAsk(other, "there", new RowKeyRange("", null), TableLimits.MaxRangeRows + 1)));

        Task<(TableRow? Row, TableRange? Range)> FollowAsync(string key, Func<TableRow, RangeAsk?> where) =>
            Store.FollowAsync(table, P, key, where, default);
    }

    [Fact]
    public async Task A_second_insert_changes_nothing()
    {
        await Store.InsertAsync(table, Row("a", ("By", "first")), default);

        var second = await Store.InsertAsync(table, Row("a", ("By", "second")), default);

        Assert.Equal(new WriteOutcome(WriteResult.AlreadyExists, null), second);
        Assert.Equal("first", (await Store.FindAsync(table, P, "a", default))!.Properties["By"]);
    }

    [Fact]
    public async Task Replacing_takes_the_version_that_was_read_and_leaves_nothing_of_the_old_row()
    {
        var first = await Store.InsertAsync(table, Row("a", ("Old", 1), ("Both", 1)), default);

        var second = await Store.ReplaceAsync(table, Row("a", ("Both", 2)), first.ETag!, default);
        var stale = await Store.ReplaceAsync(table, Row("a", ("Both", 3)), first.ETag!, default);

        Assert.True(second.IsWritten);
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal(new WriteOutcome(WriteResult.Changed, null), stale);
        var found = await Store.FindAsync(table, P, "a", default);
        AssertSame(Row("a", ("Both", 2)), found);
        Assert.Equal(second.ETag, found!.ETag);
    }

    [Fact]
    public async Task An_absent_row_cannot_be_replaced()
    {
        var first = await Store.InsertAsync(table, Row("a"), default);
        await Store.DeleteAsync(table, P, "a", null, default);

        Assert.Equal(WriteResult.Absent, (await Store.ReplaceAsync(table, Row("a"), first.ETag!, default)).Result);
        Assert.Null(await Store.FindAsync(table, P, "a", default));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("W/\"nonsense\"")]
    [InlineData("0000000000000000")]
    [InlineData("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")]
    [InlineData("\u00e9\r\nIf-Match: *")]
    public async Task An_etag_that_was_never_given_out_matches_nothing(string etag)
    {
        await Store.InsertAsync(table, Row("a", ("N", 1)), default);

        Assert.Equal(WriteResult.Changed, (await Store.ReplaceAsync(table, Row("a", ("N", 2)), etag, default)).Result);
        Assert.Equal(WriteResult.Changed, await Store.DeleteAsync(table, P, "a", etag, default));
        Assert.Equal(WriteResult.Absent, (await Store.ReplaceAsync(table, Row("b"), etag, default)).Result);
        Assert.Equal(WriteResult.Absent, await Store.DeleteAsync(table, P, "b", etag, default));
        var inTransaction = await Store.TransactAsync(
            table, P, [new TableChange.Insert(Row("c")), new TableChange.Replace(Row("a", ("N", 2)), etag)], default);
        Assert.Equal((WriteResult.Changed, 1), (inTransaction.Result, inTransaction.FailedIndex));
        Assert.Equal(1, (await Store.FindAsync(table, P, "a", default))!.Properties["N"]);
        Assert.Null(await Store.FindAsync(table, P, "c", default));
    }

    [Fact]
    public async Task An_etag_is_not_used_again_when_a_row_is_deleted_and_made_again()
    {
        var etags = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(etags.Add((await Store.InsertAsync(table, Row("a", ("N", 1)), default)).ETag!));
            Assert.Equal(WriteResult.Written, await Store.DeleteAsync(table, P, "a", null, default));
        }
    }

    [Fact]
    public async Task Putting_writes_over_whatever_is_there()
    {
        var first = await Store.PutAsync(table, Row("a", ("Old", 1)), default);
        var second = await Store.PutAsync(table, Row("a", ("New", 2)), default);

        Assert.True(first.IsWritten);
        Assert.True(second.IsWritten);
        Assert.NotEqual(first.ETag, second.ETag);
        AssertSame(Row("a", ("New", 2)), await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task Deleting_takes_the_version_that_was_read_or_any()
    {
        var old = await Store.InsertAsync(table, Row("a"), default);
        var current = await Store.ReplaceAsync(table, Row("a", ("N", 1)), old.ETag!, default);

        Assert.Equal(WriteResult.Changed, await Store.DeleteAsync(table, P, "a", old.ETag, default));
        Assert.Equal(WriteResult.Written, await Store.DeleteAsync(table, P, "a", current.ETag, default));
        Assert.Equal(WriteResult.Absent, await Store.DeleteAsync(table, P, "a", null, default));
    }

    [Fact]
    public async Task A_range_holds_its_first_key_and_not_its_last_and_stops_at_the_limit()
    {
        await FillAsync(["a", "b", "b|1", "b|2", "c"]);

        Assert.Equal(["b", "b|1", "b|2"], await KeysAsync(new RowKeyRange("b", "c"), 10));
        Assert.Equal(["b|1", "b|2"], await KeysAsync(RowKeyRange.StartingWith("b|"), 10));
        Assert.Equal(["b|2", "c"], await KeysAsync(RowKeyRange.After("b|1", null), 10));
        Assert.Equal(["a", "b"], await KeysAsync(new RowKeyRange("", null), 2));
        Assert.Empty(await KeysAsync(new RowKeyRange("c", "c"), 10));
    }

    [Fact]
    public async Task Keys_sort_by_utf16_code_unit_whatever_their_script()
    {
        string[] keys =
        [
            "", " ", "!", "'", "''", "-", "0", "9", "A", "Z", "_", "a", "a b", "ab", "a|", "é", "\u0301", "ß", "ж", "日本", "\ud7ff",
            "😀", "😀a", "\U00010000", "\U0010fffd", "\ue000", "\uf8ff", "\ufffd", "%41", "+", "&=;:@$,", "\"<>^`{}~",
        ];
        await FillAsync(keys);

        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysAsync(new RowKeyRange("", null), 100));
        Assert.Equal(
            keys.Where(key => string.CompareOrdinal(key, "😀") >= 0).Order(StringComparer.Ordinal),
            await KeysAsync(new RowKeyRange("😀", null), 100));
        Assert.Equal(["😀", "😀a"], await KeysAsync(RowKeyRange.StartingWith("😀"), 100));
        foreach (var key in keys)
        {
            Assert.Equal(key, (await Store.FindAsync(table, P, key, default))?.RowKey);
            Assert.Equal(WriteResult.Written, await Store.DeleteAsync(table, P, key, null, default));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("o'brien's")]
    [InlineData("日本 😀|é %2f")]
    public async Task Partitions_may_have_any_allowed_key(string partition)
    {
        var row = new TableRow(partition, "a", new Dictionary<string, object> { ["N"] = 1 });
        await Store.InsertAsync(table, row, default);
        await Store.TransactAsync(table, partition, [new TableChange.Put(row with { RowKey = partition })], default);

        AssertSame(row, await Store.FindAsync(table, partition, "a", default));
        Assert.Equal(2, (await Store.RangeAsync(table, partition, new RowKeyRange("", null), 10, default)).Count);
    }

    [Fact]
    public async Task Keys_of_the_greatest_length_are_kept()
    {
        var row = new TableRow(new string('p', 512), new string('ж', 512), new Dictionary<string, object>());

        await Store.InsertAsync(table, row, default);

        AssertSame(row, await Store.FindAsync(table, row.PartitionKey, row.RowKey, default));
    }

    [Fact]
    public async Task More_than_a_thousand_rows_are_read_in_pages_without_gap_or_repeat()
    {
        var keys = Enumerable.Range(0, 2_345).Select(n => n.ToString("D5", CultureInfo.InvariantCulture)).ToList();
        foreach (var chunk in keys.Chunk(100))
        {
            await Store.TransactAsync(table, P, [.. chunk.Select(key => new TableChange.Insert(Row(key, ("Key", key))))], default);
        }

        var read = new List<string>();
        for (var range = new RowKeyRange("", null); ;)
        {
            var page = await Store.RangeAsync(table, P, range, 1_000, default);
            read.AddRange(page.Select(row => row.RowKey));
            if (page.Count < 1_000)
            {
                break;
            }

            range = RowKeyRange.After(page[^1].RowKey, null);
        }

        Assert.Equal(keys, read);
    }

    [Fact]
    public async Task The_stamp_of_a_range_stays_while_nothing_in_it_is_written()
    {
        await Store.TransactAsync(table, P, [.. "abc".Select(key => new TableChange.Insert(Row($"{key}", ("Name", $"{key}"))))], default);
        var abc = new RowKeyRange("a", "d");
        var seen = new List<UInt128> { await StampAsync() };

        await Store.InsertAsync(table, Row("d"), default);
        Assert.Equal(seen[0], await StampAsync());

        await Store.InsertAsync(table, Row("b0"), default);
        seen.Add(await StampAsync());
        await Store.PutAsync(table, Row("b", ("Name", "other")), default);
        seen.Add(await StampAsync());
        await Store.PutAsync(table, Row("b", ("Name", "b")), default); // as it was, but written since
        seen.Add(await StampAsync());
        await Store.DeleteAsync(table, P, "b0", null, default);
        seen.Add(await StampAsync());
        await Store.DeleteAsync(table, P, "c", null, default);
        seen.Add(await StampAsync());

        Assert.Distinct(seen);

        async Task<UInt128> StampAsync() => (await Store.RangeAsync(table, P, abc, 10, default)).Stamp;
    }

    public static TheoryData<string, object> Values() => new()
    {
        { "empty text", "" },
        { "blanks", "  \t\r\n " },
        { "signs", "\"quoted\" \\ ' <script>&amp; \u0001\u007f\u2028 é ж 日本 😀 \ufffd" },
        { "longest text", new string('x', 32 * 1024) },
        { "longest text beyond ASCII", new string('ж', 32 * 1024) },
        { "text that looks like a time", "2026-11-22T09:15:00.0000000Z" },
        { "text that looks like a guid", "8d2f1c54-1111-4222-8333-9a4b5c6d7e8f" },
        { "text that looks like a number", "9223372036854775807" },
        { "true", true },
        { "false", false },
        { "int least", int.MinValue },
        { "int greatest", int.MaxValue },
        { "int zero", 0 },
        { "long least", long.MinValue },
        { "long greatest", long.MaxValue },
        { "small long", 1L },
        { "whole double", 1.0 },
        { "double least", double.MinValue },
        { "double greatest", double.MaxValue },
        { "double nearest zero", double.Epsilon },
        { "tenth", 0.1 },
        { "double of 17 digits", 0.30000000000000004 },
        { "infinity", double.PositiveInfinity },
        { "negative infinity", double.NegativeInfinity },
        { "not a number", double.NaN },
        { "guid", new Guid("8d2f1c54-1111-4222-8333-9a4b5c6d7e8f") },
        { "empty guid", Guid.Empty },
        { "first time", new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        { "last time", DateTimeOffset.MaxValue },
        { "time to the tick", new DateTimeOffset(2026, 11, 22, 9, 15, 0, TimeSpan.Zero).AddTicks(1_234_567) },
        { "no bytes", Array.Empty<byte>() },
        { "every byte", Enumerable.Range(0, 256).Select(b => (byte)b).ToArray() },
        { "most bytes", new byte[64 * 1024] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Every_type_keeps_its_value_alone_and_in_a_transaction(string name, object value)
    {
        var row = Row("a", ("Value", value), ("Name", name));

        await Store.InsertAsync(table, row, default);
        await Store.TransactAsync(
            table, P, [new TableChange.Insert(row with { RowKey = "b" }), new TableChange.Put(row with { RowKey = "c" })], default);

        foreach (var found in await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default))
        {
            AssertSame(row with { RowKey = found.RowKey }, found);
        }

        AssertSame(row, await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task A_row_may_have_251_properties_of_the_longest_names()
    {
        var properties = Enumerable.Range(0, 251)
            .Select(n => (Name: $"_{n:D3}" + new string('n', 251), Value: (object)n)).ToArray();
        var row = Row("a", properties);

        await Store.InsertAsync(table, row, default);

        AssertSame(row, await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task A_property_without_a_value_is_left_out()
    {
        await Store.InsertAsync(table, Row("a", ("Given", 1), ("Missing", null!)), default);

        AssertSame(Row("a", ("Given", 1)), await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task Names_of_properties_differ_by_case()
    {
        var row = Row("a", ("name", 1), ("Name", 2));

        await Store.InsertAsync(table, row, default);

        AssertSame(row, await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task A_transaction_writes_all_its_changes_and_answers_their_etags()
    {
        var toReplace = await Store.InsertAsync(table, Row("replace", ("N", 1)), default);
        var toDelete = await Store.InsertAsync(table, Row("delete"), default);
        await Store.InsertAsync(table, Row("delete any"), default);

        var outcome = await Store.TransactAsync(
            table, P,
            [
                new TableChange.Insert(Row("insert", ("N", 1))), new TableChange.Replace(Row("replace", ("N", 2)), toReplace.ETag!),
                new TableChange.Put(Row("put", ("N", 3))), new TableChange.Delete("delete", toDelete.ETag),
                new TableChange.Delete("delete any", null),
            ],
            default);

        Assert.True(outcome.IsWritten);
        Assert.Null(outcome.FailedIndex);
        var rows = await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default);
        Assert.Equal(["insert", "put", "replace"], rows.Select(row => row.RowKey));
        Assert.Equal(2, rows[2].Properties["N"]);
        Assert.Equal([rows[0].ETag, rows[2].ETag, rows[1].ETag, null, null], outcome.ETags);
    }

    [Fact]
    public async Task A_refused_change_undoes_the_whole_transaction_and_is_named()
    {
        var stale = await Store.InsertAsync(table, Row("a", ("N", 1)), default);
        var current = await Store.ReplaceAsync(table, Row("a", ("N", 2)), stale.ETag!, default);
        TableChange[] good =
        [
            new TableChange.Insert(Row("new")), new TableChange.Put(Row("put")), new TableChange.Replace(Row("a", ("N", 3)), current.ETag!),
        ];
        (TableChange Bad, WriteResult Why)[] refusals =
        [
            (new TableChange.Insert(Row("b")), WriteResult.AlreadyExists),
            (new TableChange.Replace(Row("b"), stale.ETag!), WriteResult.Changed),
            (new TableChange.Replace(Row("absent"), stale.ETag!), WriteResult.Absent),
            (new TableChange.Delete("b", stale.ETag), WriteResult.Changed),
            (new TableChange.Delete("absent", null), WriteResult.Absent),
            (new TableChange.Delete("absent", stale.ETag), WriteResult.Absent),
        ];
        await Store.InsertAsync(table, Row("b"), default);

        foreach (var (bad, why) in refusals)
        {
            var outcome = await Store.TransactAsync(table, P, [.. good, bad, new TableChange.Insert(Row("after"))], default);

            Assert.Equal((why, 3), (outcome.Result, outcome.FailedIndex));
            Assert.Empty(outcome.ETags);
            var rows = await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default);
            Assert.Equal(["a", "b"], rows.Select(row => row.RowKey));
            Assert.Equal(current.ETag, rows[0].ETag);
        }
    }

    [Fact]
    public async Task A_transaction_of_one_change_may_be_refused_too()
    {
        await Store.InsertAsync(table, Row("a"), default);

        var outcome = await Store.TransactAsync(table, P, [new TableChange.Insert(Row("a"))], default);

        Assert.Equal((WriteResult.AlreadyExists, 0), (outcome.Result, outcome.FailedIndex));
    }

    [Fact]
    public async Task A_hundred_changes_are_one_transaction()
    {
        var outcome = await Store.TransactAsync(
            table, P, [.. Enumerable.Range(100, 100).Select(n => new TableChange.Insert(Row($"{n}", ("N", n))))], default);

        Assert.True(outcome.IsWritten);
        Assert.Equal(100, outcome.ETags.Count(etag => etag is not null));
        Assert.Equal(100, (await Store.RangeAsync(table, P, new RowKeyRange("", null), 1_000, default)).Count);
    }

    public static TheoryData<string, string, string> BadKeys() => new()
    {
        { "slash", P, "a/b" },
        { "backslash", P, "a\\b" },
        { "number sign", P, "a#b" },
        { "question mark", P, "a?b" },
        { "control", P, "a\nb" },
        { "delete", P, "a\u007fb" },
        { "C1 control", P, "a\u0085b" },
        { "too long", P, new string('x', 513) },
        { "slash in the partition", "a/b", "a" },
        { "too long a partition", new string('x', 513), "a" },
    };

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task A_key_that_the_service_forbids_is_refused(string why, string partition, string key)
    {
        var row = new TableRow(partition, key, new Dictionary<string, object> { ["Why"] = why });

        await AssertRefusedAsync(() => Store.FindAsync(table, partition, key, default));
        await AssertRefusedAsync(() => Store.InsertAsync(table, row, default));
        await AssertRefusedAsync(() => Store.PutAsync(table, row, default));
        await AssertRefusedAsync(() => Store.ReplaceAsync(table, row, "x", default));
        await AssertRefusedAsync(() => Store.DeleteAsync(table, partition, key, null, default));
        await AssertRefusedAsync(() => Store.TransactAsync(table, partition, [new TableChange.Delete(key, null)], default));
        await AssertRefusedAsync(() => Store.TransactAsync(table, partition, [new TableChange.Put(row)], default));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_a_key_or_bound_is_refused()
    {
        await AssertRefusedAsync(() => Store.InsertAsync(table, Row("a\ud83d"), default));
        await AssertRefusedAsync(() => Store.InsertAsync(table, Row("\ude00a"), default));
        await AssertRefusedAsync(() => Store.RangeAsync(table, P, new RowKeyRange("\ud83d", null), 10, default));
        await AssertRefusedAsync(() => Store.RangeAsync(table, P, new RowKeyRange("", "\ude00"), 10, default));
    }

    public static TheoryData<string, string, object> BadProperties() => new()
    {
        { "hyphen", "a-b", 1 },
        { "no name", "", 1 },
        { "digit first", "1a", 1 },
        { "long name", new string('n', 256), 1 },
        { "the partition key", "PartitionKey", "x" },
        { "the row key", "RowKey", "x" },
        { "the timestamp", "Timestamp", "x" },
        { "the store's stamp", "_stamp", "x" },
        { "beyond ASCII", "ж", 1 },
        { "long text", "Text", new string('x', (32 * 1024) + 1) },
        { "half a surrogate pair", "Text", "a\ud83d" },
        { "many bytes", "Bytes", new byte[(64 * 1024) + 1] },
        { "early time", "At", new DateTimeOffset(1600, 12, 31, 23, 59, 59, TimeSpan.Zero) },
        { "local time", "At", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(1)) },
        { "decimal", "Amount", 1.5m },
        { "date", "On", new DateOnly(2026, 1, 1) },
        { "time without zone", "At", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
        { "list", "Tags", new List<string> { "a" } },
    };

    [Theory]
    [MemberData(nameof(BadProperties))]
    public async Task A_property_that_the_service_forbids_is_refused(string why, string name, object value)
    {
        var row = Row("a", ("Why", why), (name, value));

        await AssertRefusedAsync(() => Store.InsertAsync(table, row, default));
        await AssertRefusedAsync(() => Store.PutAsync(table, row, default));
        await AssertRefusedAsync(() => Store.ReplaceAsync(table, row, "x", default));
        await AssertRefusedAsync(() => Store.TransactAsync(
            table, P, [new TableChange.Insert(Row("b")), new TableChange.Put(row)], default));
        Assert.Empty(await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default));
    }

    [Fact]
    public async Task A_row_over_the_limits_is_refused()
    {
        await AssertRefusedAsync(() => Store.InsertAsync(
            table, Row("a", [.. Enumerable.Range(0, 252).Select(n => ($"P{n}", (object)n))]), default));
        await AssertRefusedAsync(() => Store.InsertAsync(
            table, Row("a", [.. Enumerable.Range(0, 17).Select(n => ($"P{n}", (object)new string('x', 32 * 1024)))]), default));
        Assert.Null(await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task A_transaction_over_the_limits_is_refused()
    {
        var elsewhere = new TableRow("other", "a", new Dictionary<string, object>());
        var large = Enumerable.Range(0, 15).Select(n => ($"P{n}", (object)new string('x', 32 * 1024))).ToArray();

        await AssertRefusedAsync(() => Store.TransactAsync(table, P, [], default));
        await AssertRefusedAsync(() => Store.TransactAsync(
            table, P, [.. Enumerable.Range(0, 101).Select(n => new TableChange.Put(Row($"{n}")))], default));
        await AssertRefusedAsync(() => Store.TransactAsync(
            table, P, [new TableChange.Put(Row("a")), new TableChange.Put(elsewhere)], default));
        await AssertRefusedAsync(() => Store.TransactAsync(
            table, P, [new TableChange.Put(Row("a")), new TableChange.Delete("a", null)], default));
        await AssertRefusedAsync(() => Store.TransactAsync(
            table, P, [.. Enumerable.Range(0, 9).Select(n => new TableChange.Put(Row($"{n}", large)))], default));
        Assert.Empty(await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default));
    }

    [Fact]
    public async Task A_transaction_just_under_four_mebibytes_is_written()
    {
        // Each row's half a MiB of ASCII counts once on the wire.
        var large = Enumerable.Range(0, 15).Select(n => ($"P{n}", (object)new string('x', 32 * 1024))).ToArray();

        var outcome = await Store.TransactAsync(
            table, P, [.. Enumerable.Range(0, 8).Select(n => new TableChange.Put(Row($"{n}", large)))], default);

        Assert.True(outcome.IsWritten);
        Assert.Equal(8, (await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default)).Count);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1table")]
    [InlineData("my-table")]
    [InlineData("x\"; DROP TABLE t_customers; --")]
    public async Task A_table_of_a_forbidden_name_is_refused(string name)
    {
        await AssertRefusedAsync(() => Store.FindAsync(name, P, "a", default));
        await AssertRefusedAsync(() => Store.InsertAsync(name, Row("a"), default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task A_range_of_no_rows_or_too_many_is_a_mistake(int rows) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Store.RangeAsync(table, P, new RowKeyRange("", null), rows, default));

    [Fact]
    public async Task Many_who_insert_one_row_at_once_make_it_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            n => Task.Run(() => Store.InsertAsync(table, Row("a", ("By", n)), default))));

        var winner = Assert.Single(outcomes, outcome => outcome.IsWritten);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsWritten || outcome.Result == WriteResult.AlreadyExists));
        var found = await Store.FindAsync(table, P, "a", default);
        Assert.Equal(winner.ETag, found!.ETag);
        Assert.Equal(Array.IndexOf(outcomes, winner), found.Properties["By"]);
    }

    [Fact]
    public async Task Many_who_count_with_compare_and_swap_lose_nothing()
    {
        const int Writers = 8;
        const int Each = 15;
        await Store.InsertAsync(table, Row("a", ("Count", 0)), default);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var row = (await Store.FindAsync(table, P, "a", default))!;
                var next = Row("a", ("Count", (int)row.Properties["Count"] + 1));
                done += (await Store.ReplaceAsync(table, next, row.ETag!, default)).IsWritten ? 1 : 0;
            }
        })));

        Assert.Equal(Writers * Each, (await Store.FindAsync(table, P, "a", default))!.Properties["Count"]);
    }

    [Fact]
    public async Task Transactions_at_once_on_one_partition_keep_its_rows_together()
    {
        await Store.TransactAsync(
            table, P, [new TableChange.Insert(Row("sum", ("N", 0))), new TableChange.Insert(Row("twice", ("N", 0)))], default);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 5;)
            {
                var rows = await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default);
                Assert.Equal(2 * (int)rows[0].Properties["N"], rows[1].Properties["N"]);
                var n = (int)rows[0].Properties["N"] + 1;
                var outcome = await Store.TransactAsync(
                    table, P,
                    [
                        new TableChange.Replace(Row("sum", ("N", n)), rows[0].ETag!),
                        new TableChange.Replace(Row("twice", ("N", 2 * n)), rows[1].ETag!),
                    ],
                    default);
                done += outcome.IsWritten ? 1 : 0;
            }
        })));

        Assert.Equal(25, (await Store.FindAsync(table, P, "sum", default))!.Properties["N"]);
        Assert.Equal(50, (await Store.FindAsync(table, P, "twice", default))!.Properties["N"]);
    }

    [Fact]
    public async Task What_was_called_off_before_it_began_does_not_happen()
    {
        using var calledOff = new CancellationTokenSource();
        await calledOff.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.InsertAsync(table, Row("a"), calledOff.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindAsync(table, P, "a", calledOff.Token));

        Assert.Null(await Store.FindAsync(table, P, "a", default));
    }

    [Fact]
    public async Task Each_round_trip_is_counted()
    {
        using var counts = new StorageCounts(Store);

        await Store.InsertAsync(table, Row("a"), default);
        await Store.InsertAsync(table, Row("b"), default);
        await Store.FindAsync(table, P, "a", default);
        await Store.FindAsync(table, P, "absent", default);
        await Store.RangeAsync(table, P, new RowKeyRange("", null), 10, default);
        await Store.TransactAsync(table, P, [new TableChange.Put(Row("a")), new TableChange.Put(Row("b"))], default);

        Assert.Equal((2, 1, 3, 3), (counts.PointReads(table), counts.RangeReads(table), counts.RowsRead(table), counts.Writes(table)));
    }

    [Fact]
    public async Task A_scan_gives_every_row_of_partitions_that_begin_alike_in_the_order_of_keys_and_no_other()
    {
        Assert.Empty(await ScanAsync("ab"));
        string[] partitions = ["a", "aa\uffff", "ab", "ab|\ud83d\ude00", "ab|\ue000", "ab~", "ac", "b"];
        foreach (var partition in partitions)
        {
            var rows = partition == "ab" ? 1_203 : 3;
            for (var first = 0; first < rows; first += TableLimits.MaxChanges)
            {
                var changes = Enumerable.Range(first, Math.Min(TableLimits.MaxChanges, rows - first))
                    .Select(i => new TableChange.Insert(new TableRow(partition, i.ToString("D5", CultureInfo.InvariantCulture), new Dictionary<string, object> { ["I"] = i })));
                Assert.True((await Store.TransactAsync(table, partition, [.. changes], default)).IsWritten);
            }
        }

        var found = await ScanAsync("ab");

        Assert.Equal(
            new[] { ("ab", 1_203), ("ab|\ud83d\ude00", 3), ("ab|\ue000", 3), ("ab~", 3) },
            found.GroupBy(row => row.PartitionKey).Select(group => (group.Key, group.Count())));
        Assert.Equal(Enumerable.Range(0, 1_203), found.Take(1_203).Select(row => (int)row.Properties["I"]));
        Assert.Equal(1_203 + (7 * 3), (await ScanAsync("")).Count);
        Assert.Equal(found.Select(row => (row.PartitionKey, row.RowKey)), (await ScanAsync("ab", pageRows: 401)).Select(row => (row.PartitionKey, row.RowKey)));

        async Task<List<TableRow>> ScanAsync(string prefix, int pageRows = TableLimits.MaxRangeRows)
        {
            var rows = new List<TableRow>();
            await foreach (var row in ((ITableScan)Store).ScanAsync(table, prefix, default, pageRows))
            {
                rows.Add(row);
            }

            return rows;
        }
    }

    protected static TableRow Row(string rowKey, params (string Name, object Value)[] properties) =>
        new(P, rowKey, properties.ToDictionary(property => property.Name, property => property.Value));

    private static async Task AssertRefusedAsync(Func<Task> write) => await Assert.ThrowsAsync<TableLimitException>(write);

    private static void AssertSame(TableRow expected, TableRow? found)
    {
        Assert.NotNull(found);
        Assert.Equal((expected.PartitionKey, expected.RowKey), (found.PartitionKey, found.RowKey));
        Assert.Equal(
            expected.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(Typed),
            found.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(Typed));
    }

    private static (string Name, Type Type, object Value) Typed(KeyValuePair<string, object> property) =>
        (property.Key, property.Value.GetType(), property.Value is byte[] bytes ? Convert.ToHexString(bytes) : property.Value);

    private async Task FillAsync(string[] keys)
    {
        foreach (var key in keys)
        {
            Assert.True((await Store.InsertAsync(table, Row(key, ("Key", key)), default)).IsWritten, key);
        }
    }

    private async Task<IEnumerable<string>> KeysAsync(RowKeyRange range, int maxRows) =>
        (await Store.RangeAsync(table, P, range, maxRows, default)).Select(row => row.RowKey);
}
