using System.Buffers.Binary;
using System.Text;

namespace OutlookCrm.Graph;

/// <summary>
/// The iCalendar UID as every calendar of the world would write it. Exchange writes its own form of it (MS-OXOCAL 2.2.1.27,
/// PidLidGlobalObjectId) in hexadecimal digits: with the date of the occurrence within, and with another program's UID wrapped.
/// </summary>
internal static class ICalUid
{
    private const string ExchangeId = "040000008200E00074C5B7101A82E008";
    private const int DateAt = 16;
    private const int SizeAt = 36;
    private const int DataAt = 40;

    private static ReadOnlySpan<byte> Wrapper => "vCal-Uid\x01\0\0\0"u8;

    /// <summary>The same for a series and each of its occurrences.</summary>
    public static string OfSeries(string uid)
    {
        if (!uid.StartsWith(ExchangeId, StringComparison.OrdinalIgnoreCase) || uid.Length < 2 * DataAt || uid.Length % 2 != 0 || !uid.All(char.IsAsciiHexDigit))
        {
            return uid;
        }

        var bytes = Convert.FromHexString(uid);
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(SizeAt));
        var data = bytes.AsSpan(DataAt);
        if (size == data.Length && data.StartsWith(Wrapper))
        {
            return Encoding.UTF8.GetString(data[Wrapper.Length..].TrimEnd((byte)0));
        }

        bytes.AsSpan(DateAt, sizeof(int)).Clear();
        return Convert.ToHexString(bytes);
    }
}
