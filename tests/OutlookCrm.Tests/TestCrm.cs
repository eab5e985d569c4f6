using System.Net.Http.Headers;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests;

/// <summary>
/// The product, served in this process: the code that ships over a SQLite file of its own, on a clock that stands still, with an
/// issuer of its own. Two firms are served; <see cref="A"/> names people.
/// </summary>
/// <example>
/// <code>
/// await using var crm = await TestCrm.StartAsync();
/// using var anna = crm.SignIn(A.Anna);
/// var answer = await anna.GetAsync("/api/card?address=kim@example.com");
/// </code>
/// </example>
public sealed class TestCrm : IAsyncDisposable
{
    private readonly string folder;
    private readonly LocalHostApplication host;

    private TestCrm(string folder, LocalHostApplication host, TestClock clock, TestIssuer issuer, TestLogs logs)
    {
        this.folder = folder;
        this.host = host;
        Clock = clock;
        Issuer = issuer;
        Logs = logs;
    }

    public TestClock Clock { get; }

    public TestIssuer Issuer { get; }

    /// <summary>All that was logged, from the lowest level up.</summary>
    public TestLogs Logs { get; }

    public Uri Address => host.Address;

    /// <summary>The host's services: its table store, its queue and so on.</summary>
    public IServiceProvider Services => host.Services;

    /// <param name="settings">Settings that differ from the test's own.</param>
    /// <param name="alsoFunctionsOf">Adds the functions of these types, which only the test has.</param>
    /// <param name="services">Adds or replaces services, after the product's own.</param>
    /// <param name="middleware">What runs pass through; as on one machine unless given.</param>
    public static async Task<TestCrm> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null,
        IReadOnlyList<Type>? alsoFunctionsOf = null,
        Action<IServiceCollection>? services = null,
        Action<IFunctionsWorkerApplicationBuilder>? middleware = null)
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-test-").FullName;
        var clock = new TestClock();
        var issuer = await TestIssuer.StartAsync();
        var logs = new TestLogs();
        var all = new Dictionary<string, string?>
        {
            ["Storage:Kind"] = "sqlite",
            ["Storage:SqliteFile"] = Path.Combine(folder, "crm.db"),
            ["Identity:ClientId"] = TestIssuer.ClientId.ToString("D"),
            ["Identity:AllowedTenants"] = $"{A.Firm},{A.OtherFirm}",
            ["Identity:MetadataAddress"] = issuer.MetadataAddress.AbsoluteUri,
            ["Firm:Domains:0"] = "bergdesign.example",

            // A test is in a hurry; those of limits set their own.
            ["Limits:UserBurst"] = "1000000",
            ["Limits:FirmBurst"] = "1000000",

            // Tests move the time by minutes while a message is worked on, which shall not come again meanwhile.
            ["LocalHost:QueueLease"] = "01:00:00",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Settings = all,
            Clock = clock,
            FunctionTypes = [.. LocalHostOptions.TypesOf(typeof(OutlookCrmServices).Assembly), .. alsoFunctionsOf ?? []],
            AddServices = (s, configuration) =>
            {
                s.AddOutlookCrm(configuration);
                services?.Invoke(s);
            },
            UseMiddleware = middleware ?? (builder => builder.UseOutlookCrm()),
            AddLogging = logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace),
        });
        return new(folder, host, clock, issuer, logs);
    }

    /// <summary>A client whose every request carries a token that is good at that instant of the test's clock.</summary>
    public HttpClient SignIn(TestPerson person) => new(new SignedIn(this, person), disposeHandler: true) { BaseAddress = Address };

    /// <summary>A client that sends this for a token, or none.</summary>
    public HttpClient WithToken(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return client;
    }

    public string TokenFor(TestPerson person) => Issuer.TokenFor(person, Clock.GetUtcNow());

    /// <summary>Every row of these tables, for comparing what was before with what is after.</summary>
    public async Task<string> DumpAsync(params string[] tables)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "crm.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        var dump = new StringBuilder();
        foreach (var table in tables)
        {
            await using var exists = connection.CreateCommand();
            exists.CommandText = "SELECT name FROM sqlite_master WHERE type='table' AND name LIKE '%' || $table";
            exists.Parameters.AddWithValue("$table", table);
            if (await exists.ExecuteScalarAsync() is not string name)
            {
                continue;
            }

            await using var read = connection.CreateCommand();
            read.CommandText = $"SELECT * FROM \"{name}\"";
            await using var rows = await read.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                dump.Append(table);
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    dump.Append('|').Append(rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : rows.GetValue(i));
                }

                dump.AppendLine();
            }
        }

        return dump.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await Issuer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class SignedIn(TestCrm crm, TestPerson person) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", crm.TokenFor(person));
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Keeps what was logged: each line's level, category and text, exceptions in full.</summary>
public sealed class TestLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly List<(string Line, string TraceId)> traced = [];
    private IExternalScopeProvider? scopes;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>What was logged in the scope of a trace.</summary>
    public IReadOnlyList<(string Line, string TraceId)> Traced
    {
        get
        {
            lock (gate)
            {
                return [.. traced];
            }
        }
    }

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(TestLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel} {category}: {formatter(state, exception)} {exception}";
            string? traceId = null;
            logs.scopes?.ForEachScope(
                (scope, _) => traceId ??= (scope as IEnumerable<KeyValuePair<string, object?>>)?.FirstOrDefault(one => one.Key == "TraceId").Value as string,
                state);
            lock (logs.gate)
            {
                logs.lines.Add(line);
                if (traceId is not null)
                {
                    logs.traced.Add((line, traceId));
                }
            }
        }
    }
}
