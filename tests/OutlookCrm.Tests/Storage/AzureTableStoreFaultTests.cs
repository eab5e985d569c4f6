using System.Diagnostics;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>
/// What the Azure store says when the line or the service fails: nothing is written twice, nothing acknowledged is lost,
/// nobody is told that his own write is somebody else's.
/// </summary>
public sealed class AzureTableStoreFaultTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const string P = "partition";

    private readonly string table = "t" + Guid.NewGuid().ToString("N");
    private readonly StorageOptions options = new() { NetworkTimeout = TimeSpan.FromSeconds(10) };
    private FaultyTableService service = null!;
    private AzureTableStore store = null!;

    /// <summary>Over a good line: what the others see and do.</summary>
    private AzureTableStore others = null!;

    public async Task InitializeAsync()
    {
        service = await FaultyTableService.StartAsync(azurite.ConnectionString);
        store = Connect(options);
        others = new AzureTableStore(new StorageOptions(), client => new TableServiceClient(azurite.ConnectionString, client));
        await others.InsertAsync(table, Row("first"), default);
    }

    public async Task DisposeAsync()
    {
        store.Dispose();
        others.Dispose();
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(429, "TooManyRequests")]
    public async Task A_busy_service_is_asked_again_when_it_says(int status, string code)
    {
        service.Plan(FaultyTableService.Answer(status, code, ("Retry-After", "1")));
        var waited = Stopwatch.StartNew();

        var outcome = await store.InsertAsync(table, Row("a"), default);

        Assert.True(outcome.IsWritten);
        Assert.True(waited.Elapsed > TimeSpan.FromSeconds(0.9), $"waited {waited.Elapsed}");
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task A_lost_race_after_a_busy_answer_is_a_lost_race()
    {
        await others.InsertAsync(table, Row("a"), default);
        service.Plan(FaultyTableService.Answer(503, "ServerBusy"));

        // A busy service did not begin, so the row cannot be ours and need not be read.
        Assert.Equal(WriteResult.AlreadyExists, (await store.InsertAsync(table, Row("a"), default)).Result);
        Assert.Equal(2, service.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_service_that_keeps_failing_is_unavailable(int status)
    {
        service.Otherwise = FaultyTableService.Answer(status, "InternalError");

        foreach (var ask in Every())
        {
            var before = service.Requests.Count;
            await Assert.ThrowsAsync<TableStoreUnavailableException>(ask);
            Assert.Equal(4, service.Requests.Count - before);
        }
    }

    [Fact]
    public async Task A_line_that_is_always_torn_makes_the_service_unavailable()
    {
        service.Otherwise = FaultyTableService.TornBefore;

        foreach (var ask in Every())
        {
            await Assert.ThrowsAsync<TableStoreUnavailableException>(ask);
        }
    }

    [Fact]
    public async Task A_service_that_refuses_the_caller_is_neither_absent_nor_unavailable()
    {
        service.Otherwise = FaultyTableService.Answer(403, "AuthorizationFailure");

        foreach (var ask in Every())
        {
            Assert.Equal(403, (await Assert.ThrowsAnyAsync<RequestFailedException>(ask)).Status);
        }
    }

    [Fact]
    public async Task A_plain_refusal_costs_no_second_request()
    {
        var stale = (await others.InsertAsync(table, Row("a", 1), default)).ETag!;
        await others.ReplaceAsync(table, Row("a", 2), stale, default);

        Assert.Equal(WriteResult.Changed, (await store.ReplaceAsync(table, Row("a", 3), stale, default)).Result);
        Assert.Equal(WriteResult.AlreadyExists, (await store.InsertAsync(table, Row("a"), default)).Result);
        Assert.Equal(WriteResult.Absent, await store.DeleteAsync(table, P, "absent", null, default));
        Assert.Equal(3, service.Requests.Count);
    }

    public static TheoryData<string> LostAnswers() => new("torn before", "torn after", "slow", "500 after");

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task An_insert_whose_answer_is_lost_is_written_once_and_told_as_written(string how)
    {
        var impatient = Connect(Impatient);
        service.Plan(Fault(how));

        var outcome = await impatient.InsertAsync(table, Row("a", 1), default);

        var found = await others.FindAsync(table, P, "a", default);
        Assert.Equal(new WriteOutcome(WriteResult.Written, found!.ETag), outcome);
        Assert.Equal(1, found.Properties["N"]);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_replacement_whose_answer_is_lost_is_told_as_written(string how)
    {
        var impatient = Connect(Impatient);
        var first = await others.InsertAsync(table, Row("a", 1), default);
        service.Plan(Fault(how));

        var outcome = await impatient.ReplaceAsync(table, Row("a", 2), first.ETag!, default);

        var found = await others.FindAsync(table, P, "a", default);
        Assert.Equal(new WriteOutcome(WriteResult.Written, found!.ETag), outcome);
        Assert.Equal(2, found.Properties["N"]);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_deletion_whose_answer_is_lost_is_told_as_done(string how)
    {
        var impatient = Connect(Impatient);
        var first = await others.InsertAsync(table, Row("a", 1), default);
        service.Plan(Fault(how));

        Assert.Equal(WriteResult.Written, await impatient.DeleteAsync(table, P, "a", first.ETag, default));
        Assert.Null(await others.FindAsync(table, P, "a", default));
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_transaction_whose_answer_is_lost_is_written_once_with_its_etags(string how)
    {
        var impatient = Connect(Impatient);
        var first = await others.InsertAsync(table, Row("a", 1), default);
        await others.InsertAsync(table, Row("gone"), default);
        service.Plan(Fault(how));

        var outcome = await impatient.TransactAsync(
            table, P,
            [
                new TableChange.Delete("gone", null), new TableChange.Replace(Row("a", 2), first.ETag!),
                new TableChange.Insert(Row("b")), new TableChange.Put(Row("c")),
            ],
            default);

        Assert.True(outcome.IsWritten);
        var rows = await others.RangeAsync(table, P, new RowKeyRange("a", "d"), 10, default);
        Assert.Equal(["a", "b", "c"], rows.Select(row => row.RowKey));
        Assert.Equal([null, rows[0].ETag, rows[1].ETag, rows[2].ETag], outcome.ETags);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_transaction_of_deletions_whose_answer_is_lost_is_told_as_done(string how)
    {
        var impatient = Connect(Impatient);
        await others.TransactAsync(table, P, [new TableChange.Insert(Row("a")), new TableChange.Insert(Row("b"))], default);
        service.Plan(Fault(how));

        var outcome = await impatient.TransactAsync(
            table, P, [new TableChange.Delete("a", null), new TableChange.Delete("b", null)], default);

        Assert.True(outcome.IsWritten);
        Assert.Empty(await others.RangeAsync(table, P, new RowKeyRange("a", "c"), 10, default));
    }

    [Fact]
    public async Task When_a_lost_insert_meets_somebody_elses_row_the_store_says_that_it_does_not_know()
    {
        service.Plan(async (context, _) =>
        {
            await others.InsertAsync(table, Row("a", 99), default);
            context.Abort();
        });

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => store.InsertAsync(table, Row("a", 1), default));
        Assert.Equal(99, (await others.FindAsync(table, P, "a", default))!.Properties["N"]);
    }

    [Fact]
    public async Task The_same_content_written_by_somebody_else_is_not_taken_for_our_own()
    {
        var first = await others.InsertAsync(table, Row("a", 1), default);
        service.Plan(async (context, _) =>
        {
            await others.ReplaceAsync(table, Row("a", 2), first.ETag!, default);
            context.Abort();
        });

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => store.ReplaceAsync(table, Row("a", 2), first.ETag!, default));
    }

    [Fact]
    public async Task Counters_stay_exact_over_a_line_that_tears_at_random()
    {
        const int Writers = 4;
        const int Each = 10;
        var chance = new Random(2026);
        service.Otherwise = (context, pass) => (context.Request.Method, Roll(chance)) switch
        {
            ("PUT", 0) => FaultyTableService.TornBefore(context, pass),
            ("PUT", 1) => FaultyTableService.TornAfter(context, pass),
            ("PUT", 2) => FaultyTableService.Answer(503, "ServerBusy")(context, pass),
            _ => FaultyTableService.None(context, pass),
        };
        await others.InsertAsync(table, Counters(new int[Writers]), default);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var row = (await store.FindAsync(table, P, "counters", default))!;
                var counts = Enumerable.Range(0, Writers).Select(n => (int)row.Properties[$"W{n}"]).ToArray();
                Assert.Equal(done, counts[writer]);
                counts[writer]++;
                try
                {
                    done += (await store.ReplaceAsync(table, Counters(counts), row.ETag!, default)).IsWritten ? 1 : 0;
                }
                catch (TableStoreUnavailableException)
                {
                    // Not known: look, as a caller must.
                    done = (int)(await store.FindAsync(table, P, "counters", default))!.Properties[$"W{writer}"];
                }
            }
        })));

        var last = await others.FindAsync(table, P, "counters", default);
        Assert.All(Enumerable.Range(0, Writers), writer => Assert.Equal(Each, last!.Properties[$"W{writer}"]));
    }

    public static TheoryData<string> MalformedAnswers() => new("empty", "cut", "html", "part missing", "no status");

    [Theory]
    [MemberData(nameof(MalformedAnswers))]
    public async Task A_garbled_answer_to_a_transaction_is_cleared_up_by_reading(string how)
    {
        service.Plan(FaultyTableService.Spoil(body => Garble(body, how)));

        var outcome = await store.TransactAsync(
            table, P, [new TableChange.Insert(Row("a", 1)), new TableChange.Insert(Row("b", 2))], default);

        Assert.True(outcome.IsWritten);
        var rows = await others.RangeAsync(table, P, new RowKeyRange("a", "c"), 10, default);
        Assert.Equal(rows.Select(row => row.ETag), outcome.ETags);
    }

    [Fact]
    public async Task A_garbled_answer_without_a_trace_of_the_write_is_not_told_as_written()
    {
        service.Plan(async (context, _) =>
        {
            context.Response.StatusCode = 202;
            await context.Response.Body.WriteAsync("<html>Welcome to the hotel's network</html>"u8.ToArray());
        });

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => store.TransactAsync(
            table, P, [new TableChange.Insert(Row("a")), new TableChange.Insert(Row("b"))], default));
    }

    [Fact]
    public async Task Empty_pages_that_have_a_next_one_are_not_the_end()
    {
        await others.InsertAsync(table, Row("a"), default);
        service.Plan(FaultyTableService.EmptyPage, FaultyTableService.EmptyPage);
        using var counts = new StorageCounts(store);

        var rows = await store.RangeAsync(table, P, new RowKeyRange("a", "b"), 10, default);

        Assert.Equal("a", Assert.Single(rows).RowKey);
        Assert.Equal(3, counts.RangeReads(table));
    }

    [Fact]
    public async Task A_range_read_ends_when_it_has_its_rows_whatever_the_service_still_has()
    {
        foreach (var n in Enumerable.Range(0, 5))
        {
            await others.InsertAsync(table, Row($"a{n}"), default);
        }

        Assert.Equal(2, (await store.RangeAsync(table, P, RowKeyRange.StartingWith("a"), 2, default)).Count);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_missing_table_is_made_by_the_first_write_and_asked_for_by_none_after()
    {
        var fresh = "t" + Guid.NewGuid().ToString("N");

        Assert.Null(await store.FindAsync(fresh, P, "a", default));
        Assert.Empty(await store.RangeAsync(fresh, P, new RowKeyRange("", null), 10, default));
        var before = service.Requests.Count;
        await store.InsertAsync(fresh, Row("a"), default);
        await store.InsertAsync(fresh, Row("b"), default);

        Assert.Equal(2, before);
        Assert.Equal(
            [$"POST /{azurite.Account}/{fresh}", $"POST /{azurite.Account}/Tables", $"POST /{azurite.Account}/{fresh}", $"POST /{azurite.Account}/{fresh}"],
            service.Requests.Skip(before));
    }

    private static StorageOptions Impatient => new() { NetworkTimeout = TimeSpan.FromSeconds(2) };

    private static FaultyTableService.Fault Fault(string how) => how switch
    {
        "torn before" => FaultyTableService.TornBefore,
        "torn after" => FaultyTableService.TornAfter,
        "slow" => FaultyTableService.SlowAfter,
        "500 after" => FaultyTableService.FailedAfter,
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
    };

    private static string Garble(string body, string how) => how switch
    {
        "empty" => "",
        "cut" => body[..(body.Length / 2)],
        "html" => "<html>502</html>",
        "part missing" => WithoutFirstPart(body),
        "no status" => body.Replace("HTTP/1.1 204", "HTTP/1.1 what", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
    };

    private static string WithoutFirstPart(string body)
    {
        var first = body.IndexOf("--changesetresponse", StringComparison.Ordinal);
        var second = body.IndexOf("--changesetresponse", first + 1, StringComparison.Ordinal);
        return body.Remove(first, second - first);
    }

    private static int Roll(Random chance)
    {
        lock (chance)
        {
            return chance.Next(6);
        }
    }

    private static TableRow Row(string rowKey, int n = 0) => new(P, rowKey, new Dictionary<string, object> { ["N"] = n });

    private static TableRow Counters(int[] counts) => new(
        P, "counters",
        counts.Select((count, n) => (n, count)).ToDictionary(
            pair => string.Create(CultureInfo.InvariantCulture, $"W{pair.n}"), pair => (object)pair.count));

    private AzureTableStore Connect(StorageOptions with) => new(with, client =>
    {
        client.Retry.Delay = TimeSpan.FromMilliseconds(10);
        client.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        return new TableServiceClient(service.ConnectionString, client);
    });

    private Func<Task>[] Every() =>
    [
        () => store.FindAsync(table, P, "first", default),
        () => store.RangeAsync(table, P, new RowKeyRange("", null), 10, default),
        () => store.InsertAsync(table, Row("x"), default),
        () => store.ReplaceAsync(table, Row("first"), "W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\"", default),
        () => store.PutAsync(table, Row("x"), default),
        () => store.DeleteAsync(table, P, "first", null, default),
        () => store.TransactAsync(table, P, [new TableChange.Put(Row("x"))], default),
    ];
}
