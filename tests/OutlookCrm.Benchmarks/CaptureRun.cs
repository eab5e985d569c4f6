using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// The product in a process of its own, which takes the history of three mailboxes. Says on standard output when it begins, whose
/// notifications it would take, and at the end what it cost: lines of a name and a number.
/// </summary>
internal static class CaptureRun
{
    /// <summary>The last line.</summary>
    public const string Done = "done";

    /// <summary>Begins a line that carries a mailbox's secret, as Graph would send it.</summary>
    public const string ClientState = "client-state ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <param name="withCustomers">Whether the people who write are customers; else all of it is ignored.</param>
    /// <param name="token">One of us, who enters the customers.</param>
    /// <param name="before">How often it has taken the same history before.</param>
    /// <param name="settings">Name=value.</param>
    public static async Task<int> RunAsync(bool withCustomers, string token, int before, IEnumerable<string> settings)
    {
        var counted = new Counts();
        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Urls = ["http://127.0.0.1:0"],
            Settings = settings.Select(setting => setting.Split('=', 2)).ToDictionary(parts => parts[0], parts => (string?)parts[1]),
            AddServices = (services, configuration) =>
            {
                services.AddOutlookCrm(configuration);
                Wrap<ITableStore>(services, real => new CountingStore(real, counted));
                Wrap<IWorkQueue>(services, real => new CountingQueue(real, counted));
            },
            AddLogging = logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error),
        });
        await EnterAsync(host, withCustomers, token);
        foreach (var colleague in SampleFirm.Colleagues)
        {
            Console.WriteLine($"{ClientState}{await host.Services.GetRequiredService<NotificationSecrets>().ClientStateOfAsync(SampleFirm.TenantId, colleague.Id, default)}");
        }

        Console.WriteLine($"Listening on {host.Address.GetLeftPart(UriPartial.Authority)}");

        // The three begin when they are told, so that who asked can read its own counts first.
        await Console.In.ReadLineAsync();
        for (var time = 1; time <= before; time++)
        {
            await TakeAsync(host.Services);
            await ForgetAsync(host.Services);
        }

        counted.Clear();
        var processor = Environment.CpuUsage.TotalTime;
        var took = await TakeAsync(host.Services);
        var (writes, rows) = (counted.Writes, counted.Rows);
        processor = Environment.CpuUsage.TotalTime - processor;
        var (listed, taken, skipped) = await ReceiptsAsync(host.Services);
        Say("seconds", took.TotalSeconds);
        Say("processor", processor.TotalSeconds);
        Say("listed", listed);
        Say("taken", taken);
        Say("skipped", skipped);
        Say("writes", writes);
        Say("rows", rows);
        Say("heap", GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0);
        Console.WriteLine(Done);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <returns>How long it took until the history of all three was there.</returns>
    private static async Task<TimeSpan> TakeAsync(IServiceProvider services)
    {
        var started = Stopwatch.GetTimestamp();
        await services.GetRequiredService<CaptureRequests>().LookAsync(
            [.. SampleFirm.Colleagues.Select(colleague => new MailboxToLookAt(SampleFirm.TenantId, colleague.Id))], default);
        while (!await IsDoneAsync(services))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"The history was not taken within {Patience}.");
            }

            await Task.Delay(Look);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Nobody knows any more how far the mailboxes were read.</summary>
    private static async Task ForgetAsync(IServiceProvider services)
    {
        var tables = services.GetRequiredService<ITableStore>();
        var partition = TableKeys.Mailboxes(SampleFirm.TenantId);
        foreach (var colleague in SampleFirm.Colleagues)
        {
            // The lease too, without which a worker that is about to end could save how far it came.
            List<string> keys = [TableKeys.MailboxStatus(colleague.Id), TableKeys.MailboxLease(colleague.Id)];
            keys.AddRange((await tables.RangeAsync(Tables.Mailboxes, partition, TableKeys.MailboxCursors(colleague.Id), TableLimits.MaxRangeRows, default)).Select(row => row.RowKey));
            foreach (var key in keys)
            {
                await tables.DeleteAsync(Tables.Mailboxes, partition, key, etag: null, default);
            }
        }
    }

    private static void Say(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));

    private static async Task EnterAsync(LocalHostApplication host, bool withCustomers, string token)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var person in withCustomers ? GeneratedFirm.Regulars : [])
        {
            using var answer = await client.PostAsJsonAsync("/api/customers", new { name = person.Name, address = person.Addresses[0] });
            answer.EnsureSuccessStatusCode();
            var id = (await answer.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!["id"]!;
            foreach (var address in person.Addresses.Skip(1))
            {
                using var added = await client.PostAsJsonAsync($"/api/customers/{id}/addresses", new { address });
                added.EnsureSuccessStatusCode();
            }
        }

        var mailboxes = host.Services.GetRequiredService<CapturedMailboxes>();
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await mailboxes.AppearAsync(SampleFirm.TenantId, new ColleagueAccount(colleague.Id, colleague.Name, colleague.Address), default);
        }
    }

    private static async Task<bool> IsDoneAsync(IServiceProvider services)
    {
        var statuses = await services.GetRequiredService<MailboxStatuses>().ListAsync(SampleFirm.TenantId, default);
        return statuses.Count(status => status.HistoryIsComplete) == SampleFirm.Colleagues.Count;
    }

    private static async Task<(int Messages, int Taken, int Skipped)> ReceiptsAsync(IServiceProvider services)
    {
        var tables = services.GetRequiredService<ITableStore>();
        var receipts = services.GetRequiredService<CaptureReceipts>();
        var today = new DateTimeOffset(services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var (messages, taken, skipped) = (0, 0, 0);
        foreach (var colleague in SampleFirm.Colleagues)
        {
            var cursors = await tables.RangeAsync(
                Tables.Mailboxes, TableKeys.Mailboxes(SampleFirm.TenantId), TableKeys.MailboxCursors(colleague.Id), TableLimits.MaxRangeRows, default);
            messages += cursors.Select(FolderCursor.Read).Where(cursor => cursor.Folder != FolderCursor.Calendar).Sum(cursor => cursor.Done);
            var receipt = await receipts.ReadAsync(SampleFirm.TenantId, colleague.Id, today.AddDays(-1), today.AddDays(1), default);
            taken += receipt.Taken + receipt.Older + receipt.HistoryTaken;
            skipped += receipt.Skipped.Values.Sum() + receipt.HistorySkipped.Values.Sum();
        }

        return (messages, taken, skipped);
    }

    internal static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var real = services.Last(service => service.ServiceType == typeof(T));
        services.RemoveAll<T>();
        services.AddSingleton(provider => wrap((T)real.ImplementationFactory!(provider)));
    }

    /// <summary>What was written: single writes, transactions and what is done to messages of a queue count one; rows each for themselves.</summary>
    private sealed class Counts
    {
        private long writes;
        private long rows;

        public long Writes => Interlocked.Read(ref writes);

        public long Rows => Interlocked.Read(ref rows);

        public void Clear() => (writes, rows) = (0, 0);

        public void Write(int ofRows)
        {
            Interlocked.Increment(ref writes);
            Interlocked.Add(ref rows, ofRows);
        }
    }

    private sealed class CountingStore(ITableStore real, Counts counts) : ITableStore, IDisposable
    {
        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            real.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            real.RangeAsync(table, partitionKey, range, maxRows, cancellation);

        public Task<TransactionOutcome> TransactAsync(
            string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            counts.Write(changes.Count);
            return real.TransactAsync(table, partitionKey, changes, cancellation);
        }

        public void Dispose() => (real as IDisposable)?.Dispose();
    }

    private sealed class CountingQueue(IWorkQueue real, Counts counts) : IWorkQueue, IDisposable
    {
        public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            counts.Write(1);
            return real.SendAsync(queue, message, delay, cancellation);
        }

        public async Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation)
        {
            var received = await real.ReceiveAsync(queue, max, visibility, cancellation);
            if (received.Count > 0)
            {
                counts.Write(received.Count); // it is hidden from others
            }

            return received;
        }

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation)
        {
            counts.Write(1);
            return real.DeleteAsync(message, cancellation);
        }

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation)
        {
            counts.Write(1);
            return real.HideAsync(message, visibility, cancellation);
        }

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => real.CountAsync(queue, cancellation);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => real.WaitAsync(queue, atMost, cancellation);

        public void Dispose() => (real as IDisposable)?.Dispose();
    }
}
