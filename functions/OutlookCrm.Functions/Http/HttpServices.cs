using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Http;

public static class HttpServices
{
    /// <summary>How HTTP functions read requests and answer.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.AddSingleton<Views>();
        // Letters of every script as they are: fewer bytes than entities, and the page is UTF-8.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        return services;
    }
}
