using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox;

/// <param name="Times">From when each request was due until it was answered, in milliseconds, in the order of when they were due.</param>
/// <param name="Errors">What was no success: status and what was asked, or why nobody answered.</param>
/// <param name="Delivered">Mails that came meanwhile.</param>
/// <param name="Logged">Of them: on timelines at the end.</param>
/// <param name="Memory">Bytes, as they were looked at, every few seconds, evenly over <paramref name="Length"/>.</param>
public sealed record SoakOutcome(TimeSpan Length, IReadOnlyList<double> Times, IReadOnlyList<string> Errors, int Delivered, int Logged, IReadOnlyList<long> Memory)
{
    /// <summary>Ten minutes; of a soak shorter than an hour a sixth.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(10);

    public TimeSpan Window => Length / 6 < LongestWindow ? Length / 6 : LongestWindow;

    /// <summary>Milliseconds, of the first window.</summary>
    public double FirstP99 => P99(Times.Take(Within(Times.Count)));

    /// <summary>Milliseconds, of the last window.</summary>
    public double LastP99 => P99(Times.TakeLast(Within(Times.Count)));

    /// <summary>Bytes, the most in the window after the first, in which it warmed up.</summary>
    public long SettledMemory => Memory.Skip(Within(Memory.Count)).Take(Within(Memory.Count)).Max();

    /// <summary>Bytes, the most in the last window.</summary>
    public long LastMemory => Memory.TakeLast(Within(Memory.Count)).Max();

    /// <summary>Of <see cref="LastMemory"/> over <see cref="SettledMemory"/>, in percent; below zero when it shrank.</summary>
    public double MemoryGrowthPercent => 100.0 * (LastMemory - SettledMemory) / SettledMemory;

    /// <summary>What it does not hold of what the product promises; empty when all is well.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Errors.Count > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{Errors.Count} requests failed.")] : (string[])[],
        .. Logged != Delivered ? [string.Create(CultureInfo.InvariantCulture, $"{Delivered - Logged} mails were not logged.")] : (string[])[],
        .. MemoryGrowthPercent > 10 ? [string.Create(CultureInfo.InvariantCulture, $"Memory grew by {MemoryGrowthPercent:F1} %; 10 % are allowed.")] : (string[])[],
        .. LastP99 > 1.5 * FirstP99 ? [string.Create(CultureInfo.InvariantCulture, $"p99 ended {LastP99 / FirstP99:F2} times as long as it began; 1.5 times are allowed.")] : (string[])[],
    ];

    private int Within(int count) => Math.Max(1, (int)(count * (Window / Length)));

    private static double P99(IEnumerable<double> times)
    {
        var sorted = times.Order().ToList();
        return sorted[Math.Max(0, (int)Math.Ceiling(0.99 * sorted.Count) - 1)];
    }
}

/// <summary>
/// A firm's work on the product at a steady rate, whether or not earlier requests are answered, while mail comes in and is logged: cards, timelines,
/// searches, one's own day, notes and follow-ups.
/// </summary>
public sealed class Soak(SandboxApplication sandbox, Uri product)
{
    private const int Customers = 60;
    private const int MailEvery = 100; // requests

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="memory">How many bytes the product holds now.</param>
    public async Task<SoakOutcome> RunAsync(TimeSpan length, int perSecond, Func<long> memory, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memory);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = product, Timeout = TimeSpan.FromSeconds(30) };
        Authorize(client);
        var ids = new List<string>();
        for (var i = 0; i < Customers; i++)
        {
            using var made = await client.PostAsJsonAsync("/api/customers", new { name = $"Soak Customer {i}", address = AddressOf(i) }, cancellation);
            made.EnsureSuccessStatusCode();
            ids.Add((string)(await made.Content.ReadFromJsonAsync<JsonObject>(cancellation))!["id"]!);
        }

        var count = (int)(length.TotalSeconds * perSecond);
        var times = new double[count];
        var errors = new List<string>();
        var sizes = new List<long>();
        var delivered = 0;
        var pending = new List<Task>();
        var random = new Random(1);
        var began = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due - began.Elapsed is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, TimeProvider.System, cancellation);
            }

            if (i % MailEvery == 0)
            {
                Deliver(delivered++);
            }

            if (i % (perSecond * 5) == 0)
            {
                Authorize(client); // tokens end
                sizes.Add(memory());
                pending.RemoveAll(task => task.IsCompleted);
            }

            pending.Add(AskAsync(client, Request(ids, random, i), i, due));
        }

        await Task.WhenAll(pending);
        sizes.Add(memory());
        return new SoakOutcome(length, times, errors, delivered, await LoggedAsync(client, ids, delivered, cancellation), sizes);

        async Task AskAsync(HttpClient by, HttpRequestMessage request, int number, TimeSpan due)
        {
            using (request)
            {
                try
                {
                    using var answer = await by.SendAsync(request, cancellation);
                    await answer.Content.ReadAsByteArrayAsync(cancellation);
                    if (!answer.IsSuccessStatusCode)
                    {
                        Fail($"{(int)answer.StatusCode} {request.Method} {request.RequestUri}");
                    }
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
                {
                    Fail($"{e.GetType().Name} {request.Method} {request.RequestUri}");
                }

                times[number] = (began.Elapsed - due).TotalMilliseconds;
            }
        }

        void Fail(string why)
        {
            lock (errors)
            {
                errors.Add(why);
            }
        }
    }

    private static string AddressOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"soak{customer}@customer{customer / 3}.example");

    private static string SubjectOf(int mail) => string.Create(CultureInfo.InvariantCulture, $"Soak mail {mail}");

    private static HttpRequestMessage Request(List<string> ids, Random random, int number)
    {
        var customer = random.Next(ids.Count);
        return random.Next(100) switch
        {
            < 55 => Get($"/api/card?address={Uri.EscapeDataString(AddressOf(customer))}"),
            < 70 => Get($"/api/customers/{ids[customer]}/timeline"),
            < 82 => Get("/api/search?q=soak"),
            < 90 => Get("/api/my-day"),
            < 98 => Post($"/api/customers/{ids[customer]}/notes", new { id = Guid.NewGuid(), text = $"Note {number}: called about the order." }),
            _ => Get($"/api/customers/{ids[customer]}/purchases"),
        };

        static HttpRequestMessage Get(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/html");
            return request;
        }

        static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
    }

    private void Authorize(HttpClient client) =>
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Issuer.CreateAccessToken(SampleFirm.Mira));

    private void Deliver(int number) => sandbox.Post.Deliver(
        new Letter(
            $"<soak{number}@test.example>", $"soak {number}", new Correspondent("Soak", AddressOf(number % Customers)), [new Correspondent(SampleFirm.Mira.Name, SampleFirm.Mira.Address)],
            [], SubjectOf(number), sandbox.Post.Now, "Text of it.", null, [], []),
        "inbox");

    /// <summary>Waits until all that was delivered is on timelines, or no more comes in time.</summary>
    private async Task<int> LoggedAsync(HttpClient client, List<string> ids, int delivered, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            Authorize(client);
            var logged = 0;
            foreach (var id in ids)
            {
                for (string? after = null; ;)
                {
                    var page = (await client.GetFromJsonAsync<JsonObject>(
                        $"/api/customers/{id}/timeline?size=100{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", cancellation))!;
                    logged += page["lines"]!.AsArray().Count(line => (string?)line!["title"] is { } title && title.StartsWith("Soak mail ", StringComparison.Ordinal));
                    if ((after = (string?)page["next"]) is null)
                    {
                        break;
                    }
                }
            }

            if (logged >= delivered || waited.Elapsed > Patience)
            {
                return logged;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        }
    }
}
