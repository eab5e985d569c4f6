using Azure.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OutlookCrm.Identity;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Graph;

/// <summary>Says once whether mailboxes are read, and stops the start when the credential cannot be.</summary>
internal sealed class GraphStart(GraphOptions options, GraphCredentials credentials, ILogger<GraphStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        credentials.Check();
        if (options.IsOn)
        {
            log.LogInformation("Mail and meetings are read from {Graph}.", options.Root);
        }
        else
        {
            log.LogInformation("Mail and meetings are not logged: no Graph:Credential is set, or Graph:Enabled is false.");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// Gets Graph's clients and their tokens ready while the host still starts, so that the first message of an instance does not wait for them. What fails
/// here is tried again by whoever needs it.
/// </summary>
internal sealed class GraphWarmUp(GraphOptions options, GraphClients clients, IdentityOptions identity, ILogger<GraphWarmUp> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var tenant in options.IsOn ? identity.AllowedTenants : (IEnumerable<Guid>)[])
        {
            try
            {
                await clients.GetReadyAsync(tenant, stoppingToken);
            }
            catch (AuthenticationFailedException e)
            {
                log.LogWarning("No token for Microsoft Graph in tenant {TenantId} yet: {Failure}", tenant, Failure.WithoutWords(e));
                return;
            }
        }
    }
}
