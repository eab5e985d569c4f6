using System.Buffers.Binary;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// Column <c>NoAnswer</c> of a customer's row: up to which mail of a thread one of us said that no answer is needed. Whatever of the thread was sent until
/// then, and comes late, asks for none either; what was sent later does.
/// </summary>
/// <remarks>Bytes: for each thread 8 of its id and 8 of the ticks when that mail was sent, by id. A thread that nobody is told of any more is left out.</remarks>
internal static class NoAnswers
{
    public const string Column = "NoAnswer";

    private const int BytesEach = 16;

    /// <summary>Ticks by thread.</summary>
    public static IReadOnlyDictionary<ulong, long> From(TableRow record)
    {
        var bytes = record.Properties.GetValueOrDefault(Column) as byte[] ?? [];
        var all = new Dictionary<ulong, long>(bytes.Length / BytesEach);
        for (var i = 0; i < bytes.Length; i += BytesEach)
        {
            all[BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i))] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i + 8));
        }

        return all;
    }

    /// <summary>Whether it was said of this mail, or of a later one of its thread.</summary>
    public static bool Covers(TableRow record, ThreadEnd mail) =>
        From(record).TryGetValue(OpenThreads.IdOf(mail.ThreadId), out var until) && until >= mail.At.UtcTicks;

    /// <summary>
    /// With its being said of this mail, or taken back. Of a later mail of the thread it stays said: who takes back an earlier one knew nothing of that.
    /// </summary>
    /// <returns>The same row when it says so already.</returns>
    public static TableRow With(TableRow record, ThreadEnd mail, bool isSaid)
    {
        var all = new Dictionary<ulong, long>(From(record));
        var (thread, at) = (OpenThreads.IdOf(mail.ThreadId), mail.At.UtcTicks);
        var until = all.TryGetValue(thread, out var said) ? said : (long?)null;
        if (isSaid ? until >= at : until != at)
        {
            return record;
        }

        if (isSaid)
        {
            all[thread] = at;
        }
        else
        {
            all.Remove(thread);
        }

        var properties = new Dictionary<string, object>(record.Properties, StringComparer.Ordinal);
        Put(properties, all);
        return record with { Properties = properties };
    }

    /// <summary>Lets go of what is said of threads that the row tells of no more.</summary>
    public static void Tidy(Dictionary<string, object> properties, TableRow record)
    {
        if (properties.ContainsKey(Column))
        {
            var told = OpenThreads.ThreadsIn(record with { Properties = properties });
            Put(properties, From(record).Where(one => told.Contains(one.Key)));
        }
    }

    private static void Put(Dictionary<string, object> properties, IEnumerable<KeyValuePair<ulong, long>> all)
    {
        var ordered = all.OrderBy(one => one.Key).ToList();
        if (ordered.Count == 0)
        {
            properties.Remove(Column);
            return;
        }

        var bytes = new byte[ordered.Count * BytesEach];
        for (var i = 0; i < ordered.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * BytesEach), ordered[i].Key);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * BytesEach) + 8), ordered[i].Value);
        }

        properties[Column] = bytes;
    }
}
