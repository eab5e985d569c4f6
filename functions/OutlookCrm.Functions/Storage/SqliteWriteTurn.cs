using System.Collections.Concurrent;

namespace OutlookCrm.Storage;

/// <summary>
/// Whose turn it is to write to a file, among those of this process. SQLite lets one write, and has the others look again after longer and
/// longer pauses: beside a store that commits without a break, a queue's single message would wait for a gap that never comes.
/// </summary>
internal static class SqliteWriteTurn
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);

    /// <summary>Taken before a write and given back after it. Who awaits it gets it before who gave it back can take it again.</summary>
    public static SemaphoreSlim Of(string file) => turns.GetOrAdd(Path.GetFullPath(file), _ => new SemaphoreSlim(1));
}
