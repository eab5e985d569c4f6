using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Issuer;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Sandbox.Proxy;

namespace OutlookCrm.Sandbox;

/// <summary>A running sandbox. Tests and benchmarks start it in their own process; <c>Program.cs</c> in one of its own.</summary>
public sealed class SandboxApplication : IAsyncDisposable
{
    private static readonly TimeSpan GeneratedSpan = TimeSpan.FromDays(730);

    private readonly WebApplication web;
    private readonly ProductProxy proxy;
    private readonly CancellationTokenSource stopping = new();

    private SandboxApplication(WebApplication web, X509Certificate2 certificate)
    {
        this.web = web;
        Certificate = certificate;
        Seeded = Task.CompletedTask;
        Addresses = web.Services.GetRequiredService<SandboxAddresses>();
        Issuer = web.Services.GetRequiredService<TokenIssuer>();
        proxy = web.Services.GetRequiredService<ProductProxy>();
    }

    public SandboxAddresses Addresses { get; }

    public TokenIssuer Issuer { get; }

    /// <summary>The sandbox's time, which can be moved. A product that is to live in the same time takes this one.</summary>
    public SandboxClock Clock => web.Services.GetRequiredService<SandboxClock>();

    /// <summary>What goes wrong with Graph.</summary>
    public Faults Faults => web.Services.GetRequiredService<Faults>();

    public DeltaTokens DeltaTokens => web.Services.GetRequiredService<DeltaTokens>();

    /// <summary>What the product was granted.</summary>
    public AppRegistration App => web.Services.GetRequiredService<AppRegistration>();

    /// <summary>What the product has asked Graph to write.</summary>
    public GraphWrites Writes => web.Services.GetRequiredService<GraphWrites>();

    /// <summary>How much the product has asked of Graph.</summary>
    public GraphTraffic Traffic => web.Services.GetRequiredService<GraphTraffic>();

    /// <summary>What carries mail, also from outside.</summary>
    public Post Post => web.Services.GetRequiredService<Post>();

    /// <summary>What carries meetings, also from outside.</summary>
    public Scheduling Scheduling => web.Services.GetRequiredService<Scheduling>();

    /// <summary>The ids of the subscriptions there are.</summary>
    public IReadOnlyList<Guid> Subscriptions => [.. web.Services.GetRequiredService<Subscriptions>().All.Select(subscription => subscription.Id)];

    /// <summary>How many notifications are not yet taken by whom they are for.</summary>
    public int WaitingNotifications => web.Services.GetRequiredService<NotificationSender>().WaitingCount;

    internal IServiceProvider Services => web.Services;

    /// <summary>Tells the client what becomes of its subscription. False when it is gone or has nowhere to be told.</summary>
    public bool TellLifecycle(Guid subscription, LifecycleEvent what) => web.Services.GetRequiredService<Subscriptions>().TellLifecycle(subscription, what);

    /// <summary>A colleague's mail and calendar, to fill and to count. Changes are served and told of like any other.</summary>
    public Mailbox MailboxOf(SampleColleague colleague) => web.Services.GetRequiredService<Mailboxes>().Of(colleague);

    /// <summary>What the https ports show; a client must be told to trust it.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Where <c>/api</c> goes. May be set after start: the product's settings need our addresses first.</summary>
    public Uri? Product
    {
        get => proxy.Product;
        set => proxy.Product = value;
    }

    /// <summary>
    /// Ends when the sample firm's customers are in the product; at once when nobody asked for that. A refusal is in the log too.
    /// </summary>
    public Task Seeded { get; private set; }

    /// <param name="time">From where the sandbox's clock runs: dates tokens, mail and subscriptions; null for the system's.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    /// <exception cref="InvalidOperationException">The mail files could not be read at all: Node or its packages are missing.</exception>
    public static async Task<SandboxApplication> StartAsync(
        SandboxOptions options, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        var clock = new SandboxClock(time ?? TimeProvider.System);
        var certificate = LocalCertificate.Open(options.StateFolder, clock.GetUtcNow());
        var firstDay = FirstStart.Remember(options.StateFolder, clock.GetUtcNow());
        var web = Build(options, clock, certificate);
        var mailboxes = web.Services.GetRequiredService<Mailboxes>();
        if (options.MailFolder is { } folder)
        {
            await ImportAsync(folder, mailboxes.Of(SampleFirm.Colleagues[0]), clock, web.Logger, cancellation);
        }
        else if (options.GeneratedMessages is { } messages)
        {
            new GeneratedFirm(options.GeneratedSeed, firstDay, GeneratedSpan).Fill(mailboxes.All, messages);
        }
        else if (!options.EmptyMailboxes)
        {
            new SampleMail(mailboxes, firstDay).Fill();
        }

        web.Services.GetRequiredService<Subscriptions>().Watch();
        await web.StartAsync(cancellation);
        var ports = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => BindingAddress.Parse(address).Port).ToList();
        web.Services.GetRequiredService<SandboxAddresses>().Set(ports[0], ports[1], ports[2], certificate);
        var sandbox = new SandboxApplication(web, certificate);
        if (options.SeedProduct)
        {
            sandbox.Seeded = sandbox.SeedAsync(firstDay);
        }

        return sandbox;
    }

    public Task WaitForShutdownAsync(CancellationToken cancellation = default) => web.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Seeded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever waits for it has its outcome
        await web.DisposeAsync();
        Certificate.Dispose();
        stopping.Dispose();
    }

    private async Task SeedAsync(DateTimeOffset firstDay)
    {
        try
        {
            await web.Services.GetRequiredService<ProductSeeding>().RunAsync(firstDay, stopping.Token);
        }
        catch (HttpRequestException refusal)
        {
            web.Logger.LogError("The sample firm's customers could not be entered: {Why}", refusal.Message);
            throw;
        }
    }

    private static async Task ImportAsync(string folder, Mailbox mailbox, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        var report = await new MailFolderImport(mailbox, clock.GetUtcNow(), log).RunAsync(folder, cancellation);
        log.LogInformation("The mailbox has {Mails} mails and {Events} events from files.", report.Mails, report.Events);
        foreach (var line in report.Doubtful)
        {
            log.LogInformation("{Doubt}", line);
        }

        foreach (var line in report.Unreadable)
        {
            log.LogWarning("Left out: {Reason}", line);
        }
    }

    private static WebApplication Build(SandboxOptions options, SandboxClock clock, X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning).AddFilter("OutlookCrm", LogLevel.Information)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a start that fails throws; whoever started us says so
        options.AddLogging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.UseHttps(certificate));
            kestrel.Listen(IPAddress.Loopback, options.PanePort, listen => listen.UseHttps(certificate));
            kestrel.Listen(IPAddress.Loopback, options.HttpPort);
        });

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });

        // A page elsewhere must not reach us under a name it made up for the loopback address.
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["localhost", "127.0.0.1"]);
        builder.Services.AddCors(SandboxCors.Configure);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(certificate);
        builder.Services.AddSingleton<SandboxAddresses>();
        builder.Services.AddSingleton(SigningKeys.Open(options.StateFolder));
        builder.Services.AddSingleton<TokenIssuer>();
        builder.Services.AddSingleton<Grants>();
        builder.Services.AddSingleton<Mailboxes>();
        builder.Services.AddSingleton<Post>();
        builder.Services.AddSingleton<Scheduling>();
        builder.Services.AddSingleton<AppRegistration>();
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddSingleton<DeltaTokens>();
        builder.Services.AddSingleton<GraphTraffic>();
        builder.Services.AddSingleton<GraphWrites>();
        builder.Services.AddSingleton<GraphThrottle>();
        builder.Services.AddSingleton<GraphBatch>();
        builder.Services.AddSingleton<Subscriptions>();
        builder.Services.AddSingleton<NotificationSender>();
        builder.Services.AddHostedService(services => services.GetRequiredService<NotificationSender>());
        builder.Services.AddSingleton<GraphCallers>();
        builder.Services.AddSingleton<GraphGate>();
        builder.Services.AddSingleton<ProductSeeding>();
        builder.Services.AddSingleton(new ProductProxy { Product = options.Product });

        var web = builder.Build();
        web.UseHostFiltering();
        web.Use(next => web.Services.GetRequiredService<GraphBatch>().Pipeline = next); // a part of a batch comes in here
        web.UseRouting();
        web.UseCors();
        web.UseWhen(
            context => context.Request.Path.StartsWithSegments(GraphEndpoints.Root, StringComparison.Ordinal),
            graph => graph.Use(next => context => context.RequestServices.GetRequiredService<GraphGate>().PassAsync(context, next)));
        ServeFolder(web, "/office-js", options.OfficeJsFolder ?? SandboxFolder.OfficeJs);
        ServeFolder(web, "/sandbox/pane", Path.Combine(SandboxFolder.Root, "pane"));
        ServeFolder(web, "/sandbox/outlook", Path.Combine(SandboxFolder.Root, "outlook"));
        web.MapIssuer();
        web.MapOutlookPage();
        web.MapGraph();
        web.MapSandbox();
        web.MapIncoming();
        web.MapControl();
        web.Map("/api/{**path}", (HttpContext context, ProductProxy proxy) => proxy.ForwardAsync(context));
        return web;
    }

    private static void ServeFolder(WebApplication web, string path, string folder)
    {
        // Issuer and Graph serve without npm packages, the pane does not.
        if (!Directory.Exists(folder))
        {
            web.Logger.LogWarning("{Folder} is missing: run npm ci in {Sandbox}.", folder, SandboxFolder.Root);
        }
        else
        {
            web.UseStaticFiles(new StaticFileOptions
            {
                RequestPath = path,
                FileProvider = new PhysicalFileProvider(folder),
                ContentTypeProvider = new FileExtensionContentTypeProvider(),
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
            });
        }
    }
}
