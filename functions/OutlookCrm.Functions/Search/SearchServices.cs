using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Search;

public static class SearchServices
{
    public static IServiceCollection AddSearch(this IServiceCollection services) => services.AddSingleton<SearchIndex>();
}
