using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Backup;

public static class BackupServices
{
    /// <summary>A whole firm into files and back, over whatever store is used.</summary>
    public static IServiceCollection AddBackup(this IServiceCollection services) => services
        .AddSingleton<FirmExport>()
        .AddSingleton<FirmRestore>();
}
