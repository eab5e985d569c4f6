using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>For whom a view is drawn, from the request's headers and its caller.</summary>
internal static class Readers
{
    private const string TimeZoneHeader = "Time-Zone";
    private static readonly CultureInfo DefaultCulture = CultureInfo.GetCultureInfo("en-US");

    public static Reader Of(HttpContext http)
    {
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        var caller = http.Features.Get<Caller>();
        var timeZone = TimeZoneOf(http.Request);
        var today = clock.GetUtcNow().DayIn(timeZone);
        return new(CultureOf(http.Request), timeZone, today, caller?.Role >= Role.Member);
    }

    private static CultureInfo CultureOf(HttpRequest request)
    {
        if (request.Headers.AcceptLanguage.Count == 0 || !StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var languages))
        {
            return DefaultCulture;
        }

        foreach (var language in languages.OrderByDescending(l => l.Quality ?? 1))
        {
            if (language.Value != "*" && TryFindCulture(language.Value.ToString(), out var culture))
            {
                return culture;
            }
        }

        return DefaultCulture;
    }

    // Only known cultures, without extensions such as -u-co-phonebk: .NET keeps every culture that it was ever asked for, and a stranger can make
    // up as many as there are names.
    private static bool TryFindCulture(string name, out CultureInfo culture)
    {
        try
        {
            var known = string.Join('-', name.Split('-').TakeWhile(subtag => subtag.Length > 1));
            culture = known.Length == 0 ? DefaultCulture : CultureInfo.GetCultureInfo(known, predefinedOnly: true);
            return known.Length > 0;
        }
        catch (CultureNotFoundException)
        {
            culture = DefaultCulture;
            return false;
        }
    }

    private static TimeZoneInfo TimeZoneOf(HttpRequest request) =>
        request.Headers[TimeZoneHeader] is [var name] && TimeZoneNames.TryFind(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
