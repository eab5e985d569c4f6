using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    private FunctionsApplication()
    {
    }

    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw FunctionsApplicationBuilder.NoAzureHost();
}

/// <summary>Composes the application for the Azure host. This build has no such host, so there is never one of these.</summary>
public class FunctionsApplicationBuilder : IFunctionsWorkerApplicationBuilder
{
    private FunctionsApplicationBuilder()
    {
    }

    public ConfigurationManager Configuration => throw NoAzureHost();

    public IServiceCollection Services => throw NoAzureHost();

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => throw NoAzureHost();

    public IHost Build() => throw NoAzureHost();

    internal static NotSupportedException NoAzureHost() => new(
        "This build has no Azure Functions host (CloudPackages=polyfill). Run OutlookCrm.LocalHost, or build with -p:CloudPackages=real to publish to Azure.");
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
