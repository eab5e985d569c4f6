using Microsoft.Data.Sqlite;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>A watch says that a partition is unchanged only while it is, whoever writes to the file.</summary>
public sealed class SqliteChangesTests : IDisposable
{
    private const string Table = "watched";
    private static readonly RowKeyRange All = new("", Before: null);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly string file;
    private readonly SqliteTableStore store;

    public SqliteChangesTests()
    {
        file = Path.Combine(folder.FullName, "records.db");
        store = Open();
    }

    public void Dispose()
    {
        store.Dispose();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_read_is_known_to_be_unchanged_until_its_partition_is_written_to()
    {
        await PutAsync(store, "anna", 1);
        var watch = await ReadAsync("anna");
        Assert.True(watch.IsUnchanged);

        await PutAsync(store, Other("anna"), 1);
        Assert.True(watch.IsUnchanged);

        await PutAsync(store, "anna", 2);
        Assert.False(watch.IsUnchanged);
        Assert.True((await ReadAsync("anna")).IsUnchanged);

        var begunBefore = store.Watch()!;
        await PutAsync(store, "anna", 3);
        await store.RangeAsync(Table, "anna", All, 10, default);
        begunBefore.Cover(Table, "anna");
        Assert.False(begunBefore.IsUnchanged);
    }

    [Fact]
    public async Task Each_of_two_partitions_counts_and_one_that_covers_none_says_nothing()
    {
        var second = Other("anna");
        await PutAsync(store, "anna", 1);
        await PutAsync(store, second, 1);
        foreach (var written in new[] { "anna", second })
        {
            var watch = await ReadAsync("anna", second);
            Assert.True(watch.IsUnchanged);
            await PutAsync(store, written, 2);
            Assert.False(watch.IsUnchanged);
        }

        Assert.False(store.Watch()!.IsUnchanged);
    }

    [Fact]
    public async Task A_write_that_is_refused_and_a_message_that_is_sent_change_no_partition()
    {
        await PutAsync(store, "anna", 1);
        using var queue = new SqliteWorkQueue(file, TimeSpan.FromSeconds(10), TimeProvider.System);
        await queue.SendAsync("made", "the queue's own table", null, default);
        var watch = await ReadAsync("anna");
        Assert.True((await ReadAsync("anna")).IsUnchanged);
        Assert.True(watch.IsUnchanged);

        Assert.Equal(WriteResult.AlreadyExists, (await store.InsertAsync(Table, Row("anna", 2), default)).Result);
        await queue.SendAsync("made", "a message", null, default);

        Assert.True(watch.IsUnchanged);
    }

    [Fact]
    public async Task Another_store_of_this_process_is_seen_to_write()
    {
        using var other = Open();
        await PutAsync(store, "anna", 1);
        var watch = await ReadAsync("anna");
        Assert.True(watch.IsUnchanged);

        await PutAsync(other, "anna", 2);

        Assert.False(watch.IsUnchanged);
        Assert.True((await ReadAsync("anna")).IsUnchanged);
    }

    [Fact]
    public async Task Another_program_is_seen_to_write_and_what_is_read_after_that_is_known_again()
    {
        await PutAsync(store, "anna", 1);
        var watch = await ReadAsync("anna");
        Assert.True(watch.IsUnchanged);

        await WriteAsAnotherProgramAsync();

        Assert.False(watch.IsUnchanged);
        Assert.True((await ReadAsync("anna")).IsUnchanged);
        Assert.False(watch.IsUnchanged);

        await WriteAsAnotherProgramAsync();
        await PutAsync(store, Other("anna"), 1); // this process's own commit does not hide the other's
        Assert.False(watch.IsUnchanged);
    }

    [Fact]
    public async Task What_another_program_wrote_right_before_this_ones_own_commit_is_not_hidden_by_it()
    {
        await PutAsync(store, "anna", 1);
        var watch = await ReadAsync("anna");
        Assert.True(watch.IsUnchanged);

        await WriteAsAnotherProgramAsync();
        await PutAsync(store, Other("anna"), 1);

        Assert.False(watch.IsUnchanged);
    }

    /// <summary>
    /// One row counts up, by two stores and another program in turns, while readers keep what they read for as long as they are told that it is
    /// unchanged: none may then be behind what was acknowledged before it asked.
    /// </summary>
    [Fact]
    public async Task Nobody_is_told_that_what_was_overwritten_is_unchanged()
    {
        const int Writes = 200;
        using var other = Open();
        await PutAsync(store, "anna", 0);
        var acknowledged = 0;
        var kept = 0L;
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= Writes; n++)
            {
                if (n % 10 == 0)
                {
                    await WriteAsAnotherProgramAsync();
                }

                await PutAsync(n % 3 == 0 ? other : store, "anna", n);
                Volatile.Write(ref acknowledged, n);
            }
        });
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                var watch = store.Watch()!;
                var read = await store.FindAsync(Table, "anna", "row", default);
                watch.Cover(Table, "anna");
                for (var look = 0; look < 50; look++)
                {
                    var atLeast = Volatile.Read(ref acknowledged);
                    if (!watch.IsUnchanged)
                    {
                        break;
                    }

                    Assert.InRange((int)read!.Properties["N"], atLeast, Writes);
                    Interlocked.Increment(ref kept);
                }
            }
        })).ToList();

        await Task.WhenAll([writing, .. reading]);

        Assert.True(kept > 0, "nothing was ever told to be unchanged");
    }

    private SqliteTableStore Open() => new(file, TimeSpan.FromSeconds(30));

    private async Task<TableWatch> ReadAsync(params string[] partitions)
    {
        // The first look after the file was opened, or after another program wrote, only takes note of that.
        for (var attempt = 0; ; attempt++)
        {
            var watch = store.Watch()!;
            foreach (var partition in partitions)
            {
                await store.RangeAsync(Table, partition, All, 10, default);
                watch.Cover(Table, partition);
            }

            if (watch.IsUnchanged || attempt == 1)
            {
                return watch;
            }
        }
    }

    private static TableRow Row(string partition, int n) => new(partition, "row", new Dictionary<string, object> { ["N"] = n });

    private static async Task PutAsync(SqliteTableStore store, string partition, int n) =>
        Assert.True((await store.PutAsync(Table, Row(partition, n), default)).IsWritten);

    /// <summary>A partition that shares no place with this one.</summary>
    private static string Other(string partition) => Enumerable.Range(0, 100).Select(n => $"bela{n}")
        .First(name => SqliteChanges.PlaceOf(Table, name) != SqliteChanges.PlaceOf(Table, partition));

    private async Task WriteAsAnotherProgramAsync()
    {
        await using var program = new SqliteConnection($"Data Source={file};Default Timeout=30");
        await program.OpenAsync();
        await using var command = program.CreateCommand();
        command.CommandText = $"UPDATE t_{Table} SET version = version + 1";
        await command.ExecuteNonQueryAsync();
    }
}
