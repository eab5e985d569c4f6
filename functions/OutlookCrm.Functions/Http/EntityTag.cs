using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace OutlookCrm.Http;

/// <summary>
/// A record's version as HTTP writes it. The store's own ETag may be weak (Azure's is), and If-Match compares strongly
/// (RFC 9110, 13.1.1), so what goes out is a strong tag that holds the store's.
/// </summary>
public static class EntityTag
{
    private const int MaxLength = 256;

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
