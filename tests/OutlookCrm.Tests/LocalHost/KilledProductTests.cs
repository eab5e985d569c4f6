using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.LocalHost;

/// <summary>The whole product in a process of its own, killed as by <c>kill -9</c> while it writes.</summary>
public sealed class KilledProductTests
{
    private const int Kills = 20;
    private const int Writers = 4;

    [Fact]
    public async Task Everything_that_was_acknowledged_is_there_after_the_process_was_killed_twenty_times_while_it_wrote()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-killed-");
        var file = Path.Combine(folder.FullName, "crm.db");
        await using var issuer = await TestIssuer.StartAsync();
        var token = issuer.TokenFor(A.Anna, TimeProvider.System.GetUtcNow());
        var acknowledged = new ConcurrentBag<Guid>();
        var random = new Random(20);
        string? customer = null;
        Task<(Process, Uri)>? started = null;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var (process, address) = await (started ?? StartAsync(file, issuer));
            using (process)
            {
                // Every second time the next one is there already and goes on with the same file; else it finds what the dead one left.
                started = kill % 2 == 0 && kill < Kills ? StartAsync(file, issuer) : null;
                using var client = new HttpClient { BaseAddress = address };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
                customer ??= await CreateAsync(client);
                var enough = acknowledged.Count + random.Next(5, 60);
                var writing = Enumerable.Range(0, Writers).Select(_ => WriteAsync(client, customer, acknowledged)).ToList();
                await Waiting.UntilAsync(() => acknowledged.Count >= enough);
                process.Kill();
                await Task.WhenAll(writing);
                await process.WaitForExitAsync();
            }
        }

        using (var store = new SqliteTableStore(file, TimeSpan.FromSeconds(5)))
        {
            foreach (var note in acknowledged)
            {
                Assert.NotNull(await store.FindAsync(Tables.Customers, TableKeys.Customer(A.Firm, customer!), TableKeys.Details(note.ToString("N")), default));
            }
        }

        folder.Delete(recursive: true);
    }

    private static async Task<string> CreateAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/api/customers", new { name = "Kim", kind = "organisation" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
    }

    /// <summary>Writes notes until nobody answers any more.</summary>
    private static async Task WriteAsync(HttpClient client, string customer, ConcurrentBag<Guid> acknowledged)
    {
        while (true)
        {
            var id = Guid.NewGuid();
            try
            {
                using var answer = await client.PostAsJsonAsync($"/api/customers/{customer}/notes", new { id, text = "Called." });
                if (answer.IsSuccessStatusCode)
                {
                    acknowledged.Add(id);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private static async Task<(Process Process, Uri Address)> StartAsync(string file, TestIssuer issuer)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(KilledProduct).Assembly.Location, "product", file, issuer.MetadataAddress.AbsoluteUri])
        {
            RedirectStandardOutput = true,
        })!;
        const string Ready = "Listening on ";
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                return (process, new Uri(line[Ready.Length..]));
            }
        }

        throw new InvalidOperationException("The product ended before it listened.");
    }
}

/// <summary>What the test starts.</summary>
public static class KilledProduct
{
    public static Task RunAsync(string file, string metadata) => ToBeKilled.ServeAsync(new LocalHostOptions
    {
        Settings = new Dictionary<string, string?>(ToBeKilled.SettingsOf(file, metadata)) { ["Limits:UserBurst"] = "1000000" },
        AddLogging = logging => logging.SetMinimumLevel(LogLevel.None),
    });
}
