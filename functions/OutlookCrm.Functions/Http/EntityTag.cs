using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>
/// A record's version as HTTP writes it. The store's own ETag may be weak (Azure's is), and If-Match compares strongly
/// (RFC 9110, 13.1.1), so what goes out is a strong tag that holds the store's.
/// </summary>
public static class EntityTag
{
    private const int MaxLength = 256;

    /// <summary>Which code draws: another one may draw the same record otherwise.</summary>
    private static readonly string Drawing = string.Concat(
        typeof(EntityTag).Module.ModuleVersionId.ToString("N"), typeof(Reader).Module.ModuleVersionId.ToString("N"));

    // Nobody outside can make two pages that are called alike.
    private static readonly long Seed = Random.Shared.NextInt64();

    /// <summary>The tag for a contract's ETag field and for the ETag header, quotes included.</summary>
    public static string For(string storeETag) => $"\"{Uri.EscapeDataString(storeETag)}\"";

    /// <summary>
    /// The store's ETag out of If-Match. False with 428 when there is none, with 400 when it is no tag of ours, is a list, or is
    /// <c>*</c>: that would overwrite what the person never saw.
    /// </summary>
    public static bool TryReadIfMatch(
        HttpRequest request, [NotNullWhen(true)] out string? storeETag, [NotNullWhen(false)] out IResult? refusal)
    {
        storeETag = null;
        var values = request.Headers.IfMatch;
        if (values.Count == 0)
        {
            refusal = Answer.Refused(
                StatusCodes.Status428PreconditionRequired, "Send the record's ETag in the header If-Match.");
            return false;
        }

        if (values.Count > 1 || !TryParse(values.ToString(), out storeETag))
        {
            refusal = Answer.Invalid("If-Match", "must be the one ETag that was read with the record");
            return false;
        }

        refusal = null;
        return true;
    }

    /// <summary>
    /// What a page shows, as a weak tag: the same for as long as the record, its reader and the code that draws are. Another process calls
    /// the same page otherwise, and then it is sent again. It is no record's version: If-Match refuses it.
    /// </summary>
    internal static string OfPage(AnswerKey key)
    {
        var (culture, timeZone, today, mayEdit) = key.Page ?? throw new ArgumentException("Names no page.", nameof(key));
        var hash = new XxHash128(Seed);
        Add(hash, Drawing);
        Add(hash, key.Model.FullName!);
        Add(hash, key.Stamp.PartitionKey);
        Add(hash, key.Sight);
        Add(hash, culture);
        Add(hash, timeZone);
        hash.Append(MemoryMarshal.AsBytes(
            (ReadOnlySpan<UInt128>)[key.Stamp.Versions, new UInt128((ulong)key.Stamp.Time, (ulong)today.DayNumber << 1 | (mayEdit ? 1UL : 0UL))]));
        Span<byte> name = stackalloc byte[16];
        hash.GetCurrentHash(name);
        return $"W/\"{Convert.ToHexStringLower(name)}\"";
    }

    /// <summary>True when If-None-Match names what has this tag: the client has it already.</summary>
    internal static bool IsKnown(HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && EntityTagHeaderValue.Parse(etag) is var tag
        && known.Any(k => k == EntityTagHeaderValue.Any || k.Compare(tag, useStrongComparison: false));

    // A text holds no character 0.
    private static void Add(XxHash128 hash, string text)
    {
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
        hash.Append("\0\0"u8);
    }

    private static bool TryParse(string header, [NotNullWhen(true)] out string? storeETag)
    {
        storeETag = null;
        if (header.Length is < 3 or > MaxLength || header[0] != '"' || header[^1] != '"')
        {
            return false;
        }

        var inner = header[1..^1];
        var unescaped = Uri.UnescapeDataString(inner);
        if (unescaped.Any(char.IsControl) || Uri.EscapeDataString(unescaped) != inner)
        {
            return false;
        }

        storeETag = unescaped;
        return true;
    }
}
