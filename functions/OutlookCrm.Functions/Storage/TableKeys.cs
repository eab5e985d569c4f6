using System.Buffers;
using System.Globalization;
using System.Text;

namespace OutlookCrm.Storage;

/// <summary>
/// Every key of the product, so that no two slices can mean different rows by one key. Parts are joined with <c>|</c> and escaped,
/// so keys made from different parts differ. Escaping leaves letters, digits and the signs of mail addresses (except <c>/ ? # | ! % +</c>)
/// as they are, so keys sort as their parts do wherever the parts are ids, times or words. Here stands what all keys have in common, and the
/// keys of small tables; those of larger ones have files of their own beside this one.
/// </summary>
/// <remarks>A key may be 512 UTF-16 code units long (1 KiB); the stores refuse a longer one.</remarks>
public static partial class TableKeys
{
    private const char Separator = '|';
    private const char EscapeSign = '!';

    // What the service refuses (/ \ # ? and controls), what is known to go wrong in its URLs (% and +), noncharacters,
    // our own two signs, and surrogates, which need a look at their neighbours.
    private static readonly SearchValues<char> NeedsLook = SearchValues.Create(
    [
        .. @"/\#?%+|!", .. Between('\u0000', '\u001f'), .. Between('\u007f', '\u009f'),
        .. Between('\ud800', '\udfff'), '\ufffe', '\uffff',
    ]);

    /// <summary>How the partition keys of everything that is one firm's begin; no other firm's do.</summary>
    public static string Firm(Guid tenant) => tenant.ToString("N");

    /// <summary>True for a partition key of this firm.</summary>
    public static bool IsOf(Guid tenant, string partitionKey)
    {
        var firm = Firm(tenant);
        return partitionKey.StartsWith(firm, StringComparison.Ordinal) && (partitionKey.Length == firm.Length || partitionKey[firm.Length] == Separator);
    }

    /// <summary>The last part of a key, as it was given: the address, id, or customer.</summary>
    public static string Last(string key) => Unescape(key.AsSpan(key.LastIndexOf(Separator) + 1));

    /// <summary>Partition of one firm in <see cref="Tables.Colleagues"/>.</summary>
    public static string Colleagues(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of one colleague in <see cref="Tables.Colleagues"/>.</summary>
    public static string Colleague(Guid userId) => userId.ToString("N");

    /// <summary>Partition of one firm in <see cref="Tables.Restores"/>.</summary>
    public static string Restores(Guid tenant) => tenant.ToString("N");

    /// <summary>Its only row.</summary>
    public const string Restore = "r";

    /// <summary>The one partition of <see cref="Tables.Schedules"/>.</summary>
    public const string SchedulesPartition = "timers";

    /// <summary>Partition of <see cref="Tables.Schedules"/> for rows that are written to see whether they can be, and deleted at once.</summary>
    public const string HealthPartition = "health";

    /// <summary>Partition of <see cref="Tables.Schedules"/> for what the deployment costs.</summary>
    public const string CostPartition = "cost";

    /// <summary>Row of what Azure said last of this month.</summary>
    public const string MonthCost = "month";

    /// <summary>Row of one timer function in <see cref="Tables.Schedules"/>.</summary>
    public static string Schedule(string function) => Escape(function);

    /// <summary>A part as it stands in a key; two different parts never look the same there.</summary>
    internal static string Escape(string part)
    {
        var first = part.AsSpan().IndexOfAny(NeedsLook);
        if (first < 0)
        {
            return part;
        }

        var escaped = new StringBuilder(part.Length + 8).Append(part, 0, first);
        for (var i = first; i < part.Length; i++)
        {
            var c = part[i];
            if (!NeedsLook.Contains(c))
            {
                escaped.Append(c);
            }
            else if (char.IsHighSurrogate(c) && i + 1 < part.Length && char.IsLowSurrogate(part[i + 1]))
            {
                escaped.Append(c).Append(part[++i]);
            }
            else if (c < 0x100)
            {
                escaped.Append(EscapeSign).Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(EscapeSign).Append('u').Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    /// <summary>The part as it was before <see cref="Escape"/>.</summary>
    /// <exception cref="FormatException">This is no escaped part.</exception>
    internal static string Unescape(ReadOnlySpan<char> escaped)
    {
        if (!escaped.Contains(EscapeSign))
        {
            return escaped.ToString();
        }

        var part = new StringBuilder(escaped.Length);
        while (escaped.IndexOf(EscapeSign) is >= 0 and var sign)
        {
            part.Append(escaped[..sign]);
            escaped = escaped[(sign + 1)..];
            var (skip, digits) = escaped.StartsWith("u") ? (1, 4) : (0, 2);
            if (escaped.Length < skip + digits
                || !ushort.TryParse(escaped.Slice(skip, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var c))
            {
                throw new FormatException("A table key has an escape sign that is not followed by its hexadecimal digits.");
            }

            part.Append((char)c);
            escaped = escaped[(skip + digits)..];
        }

        return part.Append(escaped).ToString();
    }

    private static string Join(Guid tenant, string part)
    {
        var escaped = Escape(part);
        return string.Create(33 + escaped.Length, (tenant, escaped), static (key, parts) =>
        {
            parts.tenant.TryFormat(key, out _, "N");
            key[32] = Separator;
            parts.escaped.CopyTo(key[33..]);
        });
    }

    private static IEnumerable<char> Between(char first, char last) =>
        Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
