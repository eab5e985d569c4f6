using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>What only the SQLite store must withstand: being killed, being locked out, full disks, other people's files.</summary>
public sealed class SqliteTableStoreTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly string file;

    public SqliteTableStoreTests() => file = Path.Combine(folder.FullName, "new", "folder", "records.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_being_killed()
    {
        var acknowledged = new List<int>();
        for (var round = 0; round < 6; round++)
        {
            using var writer = Start(file, acknowledged.Count == 0 ? 0 : acknowledged.Max() + 1_000);
            await ReadNumberAsync(writer, acknowledged);
            for (var life = Stopwatch.StartNew(); life.Elapsed < TimeSpan.FromMilliseconds(Random.Shared.Next(5, 400));)
            {
                await ReadNumberAsync(writer, acknowledged);
            }

            writer.Kill();
            acknowledged.AddRange((await writer.StandardOutput.ReadToEndAsync())
                .Split('\n')[..^1] // What follows the last line's end was cut off, and so not said.
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)));

            await writer.WaitForExitAsync();
            using var store = Open();
            var rows = await AllAsync(store);
            Assert.Equal([], acknowledged.Select(number => CrashingWriter.RowKey("one", number)).Except(rows));
            Assert.Equal(
                rows.Where(key => key.EndsWith("one", StringComparison.Ordinal)).Select(key => key[..9]),
                rows.Where(key => key.EndsWith("two", StringComparison.Ordinal)).Select(key => key[..9]));
        }

        Assert.True(acknowledged.Count > 20, $"only {acknowledged.Count} writes in all");
    }

    [Fact]
    public async Task Rows_that_were_released_are_not_looked_at_again_when_their_memory_holds_others()
    {
        using var store = Open();
        foreach (var name in new[] { "anna", "bela" })
        {
            await store.InsertAsync("claims", new TableRow("p", name, new Dictionary<string, object>()), default);
            for (var i = 0; i < 3; i++)
            {
                await store.InsertAsync("cards", new TableRow(name, $"{i}", new Dictionary<string, object> { ["Of"] = name }), default);
            }
        }

        var annas = await CardAsync("anna");
        var read = annas[0];
        Assert.Equal("anna", read.Properties["Of"]);
        var unread = annas[1];
        annas.Release();
        annas.Release(); // told twice, it must not be given to two
        var belas = new[] { await CardAsync("bela"), await CardAsync("bela") };
        var anew = await CardAsync("anna");

        Assert.Throws<ObjectDisposedException>(() => annas[2]);
        Assert.Throws<ObjectDisposedException>(() => annas.Stamp);
        Assert.Throws<ObjectDisposedException>(() => unread.Properties["Of"]);
        Assert.All(belas.SelectMany(rows => rows), row => Assert.Equal("bela", row.Properties["Of"]));
        Assert.All(anew, row => Assert.Equal("anna", row.Properties["Of"]));

        async Task<TableRange> CardAsync(string name) => (await store.FollowAsync(
            "claims", "p", name, _ => new RangeAsk("cards", name, new RowKeyRange("", null), 10), default)).Range!;
    }

    [Fact]
    public async Task A_table_that_is_made_while_others_read_it_is_empty_or_there_and_never_away()
    {
        using var store = Open();
        for (var round = 0; round < 200; round++)
        {
            var table = string.Create(CultureInfo.InvariantCulture, $"made{round}");
            var making = store.InsertAsync(table, new TableRow("p", "r", new Dictionary<string, object>()), default);
            var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (await store.FindAsync(table, "p", "r", default) is null)
                {
                }
            }));
            await Task.WhenAll(reading.Append(making)).WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task What_a_row_leads_to_is_read_as_it_was_when_the_row_was()
    {
        using var store = Open();
        await store.InsertAsync(Tables.Addresses, new TableRow("p", "a", new Dictionary<string, object>()), default);
        var ask = new RangeAsk(Tables.Customers, "p", new RowKeyRange("", Before: null), 10);

        var (_, range) = await store.FollowAsync(Tables.Addresses, "p", "a", _ => Meanwhile("first"), default);
        Assert.Empty(range!);

        (_, range) = await store.FollowAsync(Tables.Addresses, "p", "a", _ => Meanwhile("second"), default);
        Assert.Equal(["first"], range!.Select(row => row.RowKey));

        (_, range) = await store.FollowAsync(Tables.Addresses, "p", "a", _ => ask, default);
        Assert.Equal(["first", "second"], range!.Select(row => row.RowKey));

        RangeAsk Meanwhile(string key)
        {
            var writing = store.InsertAsync(Tables.Customers, new TableRow("p", key, new Dictionary<string, object>()), default);
            Assert.True(SpinWait.SpinUntil(() => writing.IsCompleted, TimeSpan.FromMinutes(1)));
            return ask;
        }
    }

    [Fact]
    public async Task Ten_thousand_edits_by_eight_writers_lose_nothing()
    {
        const int Writers = 8;
        const int Each = 1_250;
        const int Rows = 20;
        using var store = Open();
        foreach (var n in Enumerable.Range(0, Rows))
        {
            await store.InsertAsync(Tables.Customers, Row($"{n}", 0), default);
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var pick = new Random(writer);
            for (var done = 0; done < Each;)
            {
                var row = (await store.FindAsync(Tables.Customers, "p", $"{pick.Next(Rows)}", default))!;
                var edited = Row(row.RowKey, (int)row.Properties["N"] + 1);
                done += (await store.ReplaceAsync(Tables.Customers, edited, row.ETag!, default)).IsWritten ? 1 : 0;
            }
        })));

        var rows = await store.RangeAsync(Tables.Customers, "p", new RowKeyRange("", null), 100, default);
        Assert.Equal(Writers * Each, rows.Sum(row => (int)row.Properties["N"]));
    }

    [Fact]
    public async Task A_store_that_was_closed_leaves_one_file_with_everything_in_it()
    {
        using (var store = Open())
        {
            await store.InsertAsync(Tables.Customers, Row("a", 1), default);
            await store.FindAsync(Tables.Customers, "p", "a", default);
        }

        Assert.Equal([Path.GetFileName(file)], Directory.GetFiles(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
        using var again = Open();
        Assert.Equal(1, (await again.FindAsync(Tables.Customers, "p", "a", default))!.Properties["N"]);
    }

    [Fact]
    public async Task Two_stores_on_one_file_see_each_others_rows()
    {
        using var one = Open();
        using var other = Open();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(
            () => (n % 2 == 0 ? one : other).InsertAsync(Tables.Customers, Row($"{n}", n), default))));

        Assert.Equal(50, (await one.RangeAsync(Tables.Customers, "p", new RowKeyRange("", null), 100, default)).Count);
        Assert.Equal(50, (await other.RangeAsync(Tables.Customers, "p", new RowKeyRange("", null), 100, default)).Count);
    }

    [Fact]
    public async Task A_file_that_another_program_locks_can_be_read_but_not_written_until_it_lets_go()
    {
        using var store = Open(TimeSpan.FromMilliseconds(200));
        await store.InsertAsync(Tables.Customers, Row("a", 1), default);
        await using var other = new SqliteConnection($"Data Source={file}");
        await other.OpenAsync();
        await ExecuteAsync(other, "BEGIN IMMEDIATE");

        var refusal = await Assert.ThrowsAsync<TableStoreUnavailableException>(
            () => store.InsertAsync(Tables.Customers, Row("b", 2), default));
        Assert.Contains("locked by another program", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.FindAsync(Tables.Customers, "p", "a", default));

        await ExecuteAsync(other, "ROLLBACK");
        Assert.True((await store.InsertAsync(Tables.Customers, Row("b", 2), default)).IsWritten);
    }

    [Fact]
    public async Task A_full_disk_is_told_as_such_and_keeps_what_was_there()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // A limit on the size of files is set with the shell's ulimit here.
        }

        // 4 MiB for any file: the writer runs against it and ends with the store's own words.
        using var writer = Process.Start(new ProcessStartInfo(
            "bash", ["-c", $"trap '' XFSZ; ulimit -f 4096; exec dotnet exec '{typeof(CrashingWriter).Assembly.Location}' writer '{file}' 0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0" },
        })!;
        var errors = writer.StandardError.ReadToEndAsync();
        var acknowledged = (await writer.StandardOutput.ReadToEndAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        await writer.WaitForExitAsync();

        Assert.Contains(nameof(TableStoreUnavailableException), await errors, StringComparison.Ordinal);
        Assert.NotEmpty(acknowledged);
        using var store = Open();
        var rows = await AllAsync(store);
        Assert.Equal([], acknowledged.Select(number => CrashingWriter.RowKey("one", number)).Except(rows));
        Assert.True((await store.InsertAsync(Tables.Customers, Row("after", 1), default)).IsWritten);
    }

    [Fact]
    public void A_path_that_is_no_file_is_told_as_such()
    {
        Directory.CreateDirectory(file);

        var refusal = Assert.Throws<TableStoreUnavailableException>(() => Open());

        Assert.Contains("cannot be opened", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var text = string.Concat(Enumerable.Repeat("Dear diary, ", 1_000));
        File.WriteAllText(file, text);

        var refusal = Assert.Throws<TableStoreUnavailableException>(() => Open());

        Assert.Contains("is damaged or is no database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public async Task Another_programs_database_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using (var other = new SqliteConnection($"Data Source={file}"))
        {
            await other.OpenAsync();
            await ExecuteAsync(other, "CREATE TABLE recipes (name TEXT)");
        }

        var refusal = Assert.Throws<TableStoreUnavailableException>(() => Open());

        Assert.Contains("belongs to another program", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        using (Open())
        {
        }

        await using (var newer = new SqliteConnection($"Data Source={file}"))
        {
            await newer.OpenAsync();
            await ExecuteAsync(newer, "PRAGMA user_version=99");
        }

        var refusal = Assert.Throws<TableStoreUnavailableException>(() => Open());

        Assert.Contains("schema 99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_waits_for_the_disk()
    {
        using var database = SqliteDatabase.OpenForWriting(file, TimeSpan.FromSeconds(1));

        Assert.Equal(2, Number(database, "PRAGMA synchronous"));
        Assert.Equal(1, Number(database, "PRAGMA fullfsync"));
    }

    private static long Number(SqliteDatabase database, string sql)
    {
        var statement = database.Prepare(sql);
        statement.Step();
        var number = statement.Int64(0);
        statement.Reset();
        return number;
    }

    private static async Task<HashSet<string>> AllAsync(SqliteTableStore store)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var range = new RowKeyRange("", null); ;)
        {
            var page = await store.RangeAsync(Tables.Customers, CrashingWriter.Partition, range, 1_000, default);
            keys.UnionWith(page.Select(row => row.RowKey));
            if (page.Count < 1_000)
            {
                return keys;
            }

            range = RowKeyRange.After(page[^1].RowKey, null);
        }
    }

    private static Process Start(string file, int firstNumber)
    {
        string[] arguments = ["exec", typeof(CrashingWriter).Assembly.Location, "writer", file, $"{firstNumber}"];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
    }

    private static async Task ReadNumberAsync(Process writer, List<int> acknowledged) => acknowledged.Add(int.Parse(
        await writer.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The writer ended by itself."),
        CultureInfo.InvariantCulture));

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static TableRow Row(string rowKey, int n) => new("p", rowKey, new Dictionary<string, object> { ["N"] = n });

    private SqliteTableStore Open(TimeSpan? busyTimeout = null) => new(file, busyTimeout ?? TimeSpan.FromSeconds(5));
}
