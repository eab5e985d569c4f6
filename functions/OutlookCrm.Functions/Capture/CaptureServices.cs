using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture.Pages;

namespace OutlookCrm.Capture;

public static class CaptureServices
{
    public static IServiceCollection AddCapture(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(MailboxOptions.From(configuration))
        .AddSingleton<CapturedMailboxes>()
        .AddSingleton<MailboxStatuses>()
        .AddSingleton<BlockLists>()
        .AddSingleton<Correspondents>()
        .AddSingleton<CaptureContexts>()
        .AddSingleton<CaptureReceipts>()
        .AddSingleton(CaptureOptions.From(configuration))
        .AddSingleton<CaptureRequests>()
        .AddSingleton<CaptureMetrics>()
        .AddSingleton<NotificationSecrets>()
        .AddSingleton<SpecialFolders>()
        .AddSingleton<LoggedMeetings>()
        .AddSingleton<CapturePages>()
        .AddSingleton<CaptureLookup>()
        .AddSingleton<MailboxLeases>()
        .AddSingleton<MailboxSubscriptions>()
        .AddSingleton<MailElsewhere>()
        .AddSingleton<MailboxWorker>()
        .AddSingleton<MailboxSweep>()
        .AddScoped<MailboxAccess>()
        .AddScoped<MailboxPages>()
        .AddScoped<FirmSwitch>()
        .AddScoped<BlockListEdit>()
        .AddScoped<CorrespondentPages>();
}
