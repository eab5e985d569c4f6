using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;

namespace OutlookCrm.Tests.Http;

/// <summary>For whom an answer is made, by what their headers say, whoever they are.</summary>
public sealed class ReadersTests
{
    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/etc/localtime")]
    [InlineData("../zoneinfo/Europe/Berlin")]
    [InlineData("Europe/../Europe/Berlin")]
    [InlineData("Europe//Berlin")]
    [InlineData("./Europe/Berlin")]
    [InlineData("..")]
    [InlineData("Europe/Berlin\n")]
    public void A_time_zone_is_a_name_and_no_way_to_a_file(string name)
    {
        Assert.False(TimeZoneNames.TryFind(name, out var zone));
        Assert.Equal(TimeZoneInfo.Utc, zone);
    }

    [Theory]
    [InlineData("de-DE-u-co-phonebk", "de-DE")]
    [InlineData("de-u-xx-madeup1, fr", "de")]
    [InlineData("x-mine, fr-CH-x-mine;q=0.5", "fr-CH")]
    [InlineData("sr-Latn-RS", "sr-Latn-RS")]
    [InlineData("qq-QQ, nobody, u-u-u", "en-US")]
    public void A_language_is_one_of_those_that_there_are_however_it_is_spelled_out(string accepted, string culture)
    {
        using var services = new ServiceCollection().AddSingleton<TimeProvider>(new TestClock()).BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.Headers.AcceptLanguage = accepted;

        Assert.Equal(culture, Readers.Of(http).Culture.Name);
    }

    [Fact]
    public void Every_time_zone_of_this_machine_is_found_by_its_name_and_by_that_of_Windows()
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            Assert.True(TimeZoneNames.TryFind(zone.Id, out _), zone.Id);
            if (TimeZoneInfo.TryConvertIanaIdToWindowsId(zone.Id, out var windows))
            {
                Assert.True(TimeZoneNames.TryFind(windows, out _), windows);
            }
        }
    }
}
