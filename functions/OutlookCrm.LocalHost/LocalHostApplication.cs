using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace OutlookCrm.LocalHost;

/// <summary>The functions, served. Tests, benchmarks and tools may start as many as they like in one process.</summary>
public sealed class LocalHostApplication : IAsyncDisposable
{
    private static readonly TimeSpan longestHead = TimeSpan.FromSeconds(30);

    private readonly WebApplication app;

    private LocalHostApplication(WebApplication app) => this.app = app;

    /// <summary>The first address that it listens on, with the port it got.</summary>
    public Uri Address => new(app.Urls.First());

    public IServiceProvider Services => app.Services;

    /// <summary>Ready for requests when this returns.</summary>
    /// <exception cref="InvalidOperationException">A function, a setting or the composition is wrong; nothing was started.</exception>
    public static async Task<LocalHostApplication> StartAsync(LocalHostOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var everything = FunctionCatalog.Read(options.FunctionTypes);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        AddSettings(builder.Configuration, options.Settings);
        var settings = HostSettings.Read(builder.Configuration);
        var catalog = everything.WithoutDisabled(builder.Configuration);

        AddLogging(builder, options);
        builder.WebHost.UseUrls([.. options.Urls]).UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = settings.MaxRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = settings.MaxHeaderBytes;
            kestrel.Limits.RequestHeadersTimeout = settings.RequestTimeout < longestHead ? settings.RequestTimeout : longestHead;
        });

        // A few open panes may each hold a buffer of 4 kB while they wait: that spares every request a look whether it has come.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.Services.Configure<HostOptions>(host =>
        {
            // Kestrel, timers and queues drain side by side, within the one time.
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = settings.DrainTime;
        });

        var pipeline = new InvocationPipeline(builder.Services);
        AddHost(builder.Services, catalog, settings, pipeline, options.Clock);
        options.AddServices(builder.Services, builder.Configuration);
        options.UseMiddleware(pipeline);
        builder.Host.UseDefaultServiceProvider(container => container.ValidateScopes = container.ValidateOnBuild = true);

        var app = builder.Build();
        try
        {
            new HttpFunctions(app.Services.GetRequiredService<FunctionExecutionDelegate>(), app.Services.GetRequiredService<ILogger<HttpFunctions>>(), settings.RequestTimeout)
                .Map(app, catalog, settings.RoutePrefix);
            await app.StartAsync(cancellation);
            return new LocalHostApplication(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says where it listens: in a line of its own, or, where logs are for programs, in a line of the log.</summary>
    public void SayAddress()
    {
        var address = Address.GetLeftPart(UriPartial.Authority);
        if (app.Configuration["Logging:Console:FormatterName"] == ConsoleFormatterNames.Json)
        {
            app.Services.GetRequiredService<ILogger<LocalHostApplication>>().LogInformation("Listening on {Address}", address);
        }
        else
        {
            Console.WriteLine($"Listening on {address}");
        }
    }

    /// <summary>Returns when the process is told to stop, after what runs has ended or had its time.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation = default) => app.WaitForShutdownAsync(cancellation);

    /// <summary>Takes nothing new, lets what runs finish, stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static void AddSettings(ConfigurationManager configuration, IReadOnlyDictionary<string, string?> settings)
    {
        using var hostJson = (ConfigurationRoot)new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"), optional: true)
            .Build();
        configuration.AddInMemoryCollection(hostJson.AsEnumerable().Select(s => KeyValuePair.Create("AzureFunctionsJobHost:" + s.Key, s.Value)));
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(settings);
    }

    private static void AddLogging(WebApplicationBuilder builder, LocalHostOptions options)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // Switched off, Kestrel spares itself an activity and a log scope for each request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (options.AddLogging is { } add)
        {
            add(builder.Logging);
        }
        else
        {
            // Lines for a person; Logging:Console:FormatterName=json for a program. Both with the trace's id.
            // Where no formatter is named, the console takes the simple one and none of its options.
            builder.Logging.AddConsole(console => console.FormatterName ??= ConsoleFormatterNames.Simple);
            builder.Services.Configure<SimpleConsoleFormatterOptions>(console => (console.SingleLine, console.IncludeScopes) = (true, true));
            builder.Services.Configure<JsonConsoleFormatterOptions>(console => console.IncludeScopes = true);
        }
    }

    private static void AddHost(
        IServiceCollection services, FunctionCatalog catalog, HostSettings settings, InvocationPipeline pipeline, TimeProvider clock)
    {
        services.AddSingleton(clock);
        services.AddSingleton(catalog);
        services.AddSingleton(settings);
        services.AddRouting();
        services.AddSingleton(_ => pipeline.Build());
        services.AddSingleton<BackgroundRuns>();
        services.AddSingleton<BackgroundLife>();
        services.AddHostedService<BackgroundLoops>();
        foreach (var type in catalog.Functions.Where(f => f.NeedsInstance).Select(f => f.DeclaringType).Distinct())
        {
            services.AddTransient(type);
        }

        if (catalog.Functions.Any(f => f.Trigger is HttpTriggerAttribute && f.MayBeActionResult))
        {
            services.AddMvcCore();
        }

        if (catalog.With<TimerTriggerAttribute>().Any())
        {
            services.AddSingleton<IBackgroundFunctions, TimerFunctions>();
            services.AddSingleton<ScheduleMonitor>();
        }

        if (catalog.With<QueueTriggerAttribute>().Any())
        {
            services.AddSingleton<IBackgroundFunctions, QueueFunctions>();
        }
    }
}
