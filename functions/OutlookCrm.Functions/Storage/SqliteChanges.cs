using System.Collections.Concurrent;

namespace OutlookCrm.Storage;

/// <summary>
/// What changed in a database file, and when, so that who has read a partition knows without another look at the file that it is as it was.
/// This process's own commits are known by their partitions; a commit of another process, or past this class, is seen by its number, and then
/// everything counts as changed.
/// </summary>
/// <remarks>
/// The write-ahead log's index, which all processes share in memory, begins with the number of commits: see <see cref="WalIndexHeader"/>. Nobody
/// can commit without changing it.
/// </remarks>
internal sealed class SqliteChanges
{
    // Partitions share a place by their hash: who shares one with what changed reads once more than need be.
    private const int Places = 2048;

    private static readonly ConcurrentDictionary<string, SqliteChanges> files = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim turn;

    // Of commits, as this process counts them. Written by who has the file's turn.
    private readonly long[] changedAt = new long[Places];
    private long now;
    private long allChangedAt;
    private Accounted? accounted;

    private SqliteChanges(string file) => turn = SqliteWriteTurn.Of(file);

    public static SqliteChanges Of(string file) => files.GetOrAdd(Path.GetFullPath(file), path => new SqliteChanges(path));

    /// <summary>The place of a partition. No two tables' names differ by case alone, as in Azure.</summary>
    public static int PlaceOf(string table, string partitionKey) => (int)((uint)HashCode.Combine(
        StringComparer.OrdinalIgnoreCase.GetHashCode(table), StringComparer.Ordinal.GetHashCode(partitionKey)) % Places);

    /// <summary>What is read from now on is at least as new as this.</summary>
    public long Now => Volatile.Read(ref now);

    /// <summary>
    /// Does <paramref name="write"/> in one transaction, or nothing of it. Its caller has the file's turn: see <see cref="SqliteWriteTurn"/>.
    /// </summary>
    /// <param name="write">Says the places of the partitions that it changed.</param>
    public void Commit(SqliteDatabase writer, Func<IEnumerable<int>> write)
    {
        var rowsBefore = writer.TotalChanges;
        WalIndexHeader? before;
        try
        {
            writer.Prepare("BEGIN IMMEDIATE").Run();

            // From here to the commit nobody else can write.
            before = writer.WalIndexHeader;
            if (before is not { } header || header != accounted?.Header)
            {
                ForgetAll();
            }

            // Before the commit: who reads what it wrote finds it marked.
            foreach (var place in write())
            {
                Volatile.Write(ref changedAt[place], now + 1);
            }

            writer.Prepare("COMMIT").Run();
        }
        catch
        {
            writer.RollBack();
            throw;
        }

        var after = writer.WalIndexHeader;
        Volatile.Write(ref now, now + 1);
        if (before is null || after is null || after.Value.Commits != before.Value.Commits + (writer.TotalChanges == rowsBefore ? 0u : 1u))
        {
            ForgetAll(); // another process was quick, or tables were made
        }

        Volatile.Write(ref accounted, after is { } known ? new Accounted(known) : null);
    }

    /// <summary>
    /// For when the file was just opened, or another process has written: what is read from now on is known. Does nothing while one of ours
    /// writes, who takes note itself.
    /// </summary>
    /// <param name="reader">A connection to the file that is not in use.</param>
    public void TakeNote(SqliteDatabase reader)
    {
        if (!turn.Wait(0))
        {
            return;
        }

        try
        {
            if (reader.WalIndexHeader is { } header && header != accounted?.Header)
            {
                ForgetAll();
                Volatile.Write(ref accounted, new Accounted(header));
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// True when nothing was written to these places since <paramref name="since"/>, which was <see cref="Now"/> before they were read. False
    /// when that is not known.
    /// </summary>
    /// <param name="reader">A connection to the file that is not in use.</param>
    public bool AreUnchanged(SqliteDatabase reader, long since, int place, int other)
    {
        if (reader.WalIndexHeader is not { } header)
        {
            return false;
        }

        if (header != Volatile.Read(ref accounted)?.Header)
        {
            TakeNote(reader);
            return false;
        }

        return Volatile.Read(ref allChangedAt) <= since && Volatile.Read(ref changedAt[place]) <= since && Volatile.Read(ref changedAt[other]) <= since;
    }

    // What was read before now, or is being read, may be older than what another wrote.
    private void ForgetAll()
    {
        Volatile.Write(ref allChangedAt, now + 1);
        Volatile.Write(ref now, now + 1);
    }

    private sealed record Accounted(WalIndexHeader Header);
}
