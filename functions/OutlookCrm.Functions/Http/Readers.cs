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
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), timeZone).DateTime);
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

    // Only known cultures: an unknown well-formed tag would make a new culture object each time, from what a stranger sends.
    private static bool TryFindCulture(string name, out CultureInfo culture)
    {
        try
        {
            culture = CultureInfo.GetCultureInfo(name, predefinedOnly: true);
            return true;
        }
        catch (CultureNotFoundException)
        {
            culture = DefaultCulture;
            return false;
        }
    }

    private static TimeZoneInfo TimeZoneOf(HttpRequest request) =>
        request.Headers[TimeZoneHeader] is [{ Length: > 0 and <= 64 } name]
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : TimeZoneInfo.Utc;
}
