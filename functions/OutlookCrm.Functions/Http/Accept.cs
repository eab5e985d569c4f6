using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OutlookCrm.Http;

/// <summary>Which face or encoding of an answer a client asks for.</summary>
internal static class Accept
{
    /// <summary>True when text/html is liked better than JSON; equal or not said is JSON, and so is a client that wants neither.</summary>
    public static bool PrefersHtml(HttpRequest request)
    {
        var header = request.Headers.Accept;
        switch (header.Count)
        {
            case 0:
                return false;
            case 1 when header[0] is "application/json" or "*/*":
                return false;
            case 1 when header[0] is "text/html":
                return true;
        }

        return MediaTypeHeaderValue.TryParseList(header, out var ranges)
            && QualityOf("text/html", ranges) > QualityOf("application/json", ranges);
    }

    public static bool Encoding(HttpRequest request, string encoding)
    {
        var header = request.Headers.AcceptEncoding;
        if (header.Count == 0)
        {
            return false;
        }

        // As browsers say it, without preferences: "gzip, deflate, br".
        if (header is [{ } plain] && !plain.AsSpan().ContainsAny(';', '*', '"'))
        {
            foreach (var part in plain.AsSpan().Split(','))
            {
                if (plain.AsSpan(part).Trim().Equals(encoding, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }

        if (!StringWithQualityHeaderValue.TryParseList(header, out var encodings))
        {
            return false;
        }

        var star = false;
        foreach (var e in encodings)
        {
            if (e.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            {
                return e.Quality is null or > 0;
            }

            star |= e.Value == "*" && e.Quality is null or > 0;
        }

        return star;
    }

    // The most specific range that matches decides (RFC 9110, 12.5.1).
    private static double QualityOf(string mediaType, IList<MediaTypeHeaderValue> ranges)
    {
        var wanted = MediaTypeHeaderValue.Parse(mediaType);
        var best = (Specificity: -1, Quality: 0d);
        foreach (var range in ranges)
        {
            var specificity = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (specificity > best.Specificity && wanted.IsSubsetOf(WithoutQuality(range)))
            {
                best = (specificity, range.Quality ?? 1);
            }
        }

        return best.Quality;
    }

    private static MediaTypeHeaderValue WithoutQuality(MediaTypeHeaderValue range) => new(range.MediaType);
}
