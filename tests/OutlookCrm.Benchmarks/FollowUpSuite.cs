using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// How soon what is planned stands in a calendar. "My day" of a user with 2,000 open follow-ups, and planning one more, against a plain Kestrel
/// endpoint that answers the same bytes from memory: processes of their own, asked by the same client, in turns, in one run.
/// </summary>
internal static class FollowUpSuite
{
    private const int Open = 2_000;
    private const int Customers = 400;
    private const int Rounds = 10;
    private const int RequestsPerRound = 200;
    private const int PageSize = 30;
    private const int EventsTimed = 40;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly DateOnly FirstDay = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-30);

    public static async Task RunAsync(string folder)
    {
        var file = Path.Combine(folder, "follow-ups.db");
        File.Delete(file);
        var customers = await FillAsync(file);
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        var token = sandbox.Issuer.CreateAccessToken(SampleFirm.Mira);
        string[] settings =
        [
            "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={file}",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        await using var product = await ChildProcess.StartAsync("OutlookCrm.LocalHost.dll", settings);

        (string, string)[] headers = [("Authorization", $"Bearer {token}"), ("Accept", "application/json"), ("Time-Zone", "Europe/Berlin")];
        var pages = Enumerable.Range(0, 60).Select(day => LoadClient.Request(
            string.Create(CultureInfo.InvariantCulture, $"/api/my-day?size={PageSize}&from={FirstDay.AddDays(day):yyyy-MM-dd}"), headers)).ToList();
        await CompareAsync("followups.myday.p50", product, folder, headers, pages[0], pages, () => pages[Random.Shared.Next(pages.Count)]);

        using (var client = new LoadClient(product.Port))
        {
            var card = client.Send(LoadClient.Request(
                $"/api/customers/{customers[0]}", [headers[0], ("Accept", "text/html"), ("Accept-Encoding", "br"), headers[2]]));
            Figures.Print("followups.card.brotli.bytes", card, "bytes");
        }

        await TimeEventsAsync(sandbox, product, customers, headers);
        var number = 0;
        await CompareAsync("followups.plan.p50", product, folder, headers, Plan(), [.. Enumerable.Range(0, RequestsPerRound).Select(_ => Plan())], Plan);

        byte[] Plan() => LoadClient.Post(
            $"/api/customers/{customers[number++ % customers.Count]}/follow-ups",
            $$"""{"id":"{{Guid.NewGuid()}}","note":"Send the offer","when":"inThreeDays","internetMessageId":"<offer@firm.example>"}""",
            headers);
    }

    /// <summary>From the click beside a mail to the event in its owner's calendar, with the link to that mail in it.</summary>
    private static async Task TimeEventsAsync(
        SandboxApplication sandbox, ChildProcess product, IReadOnlyList<CustomerId> customers, (string, string)[] headers)
    {
        var mailbox = sandbox.MailboxOf(SampleFirm.Mira);
        var mails = mailbox.Messages;
        using var client = new LoadClient(product.Port);
        var times = new List<double>();
        for (var i = 0; i < EventsTimed; i++)
        {
            var note = string.Create(CultureInfo.InvariantCulture, $"Ring {i}");
            var plan = LoadClient.Post(
                $"/api/customers/{customers[i]}/follow-ups",
                $$"""{"id":"{{Guid.NewGuid()}}","note":"{{note}}","when":"inThreeDays","internetMessageId":{{JsonSerializer.Serialize(mails[i % mails.Count].Letter.InternetMessageId)}}}""",
                headers);
            var start = Stopwatch.GetTimestamp();
            client.Send(plan);
            while (!mailbox.Calendar.Events.Any(kept => kept.Meeting.Subject == note && kept.Meeting.Html?.Contains("Open the mail", StringComparison.Ordinal) is true))
            {
                if (Stopwatch.GetElapsedTime(start) > LongestWait)
                {
                    throw new InvalidOperationException("A planned follow-up came into no calendar.");
                }

                await Task.Delay(2);
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Figures.Print("followups.event.p50.ms", Figures.Percentile(times, 0.5), "ms");
        Figures.Print("followups.event.p95.ms", Figures.Percentile(times, 0.95), "ms");
    }

    private static async Task CompareAsync(
        string figure, ChildProcess product, string folder, (string, string)[] headers, byte[] first, IReadOnlyList<byte[]> settling,
        Func<byte[]> next)
    {
        await using var beside = await BesideFloor.StartAsync(product, folder, first, "application/json", headers);
        var p50 = beside.OneByOne(settling, () => Some(RequestsPerRound), Rounds, RequestsPerRound);
        Figures.Print($"{figure}.ratio", p50.Ratio, "x");
        Figures.Print($"{figure}.us", p50.Product, "us");
        Figures.Print($"{figure}.floor.us", p50.Floor, "us");
        Figures.Print($"{figure}.bytes", beside.Bytes, "bytes");

        List<byte[]> Some(int count) => [.. Enumerable.Range(0, count).Select(_ => next())];
    }

    private static async Task<IReadOnlyList<CustomerId>> FillAsync(string file)
    {
        using var store = new SqliteTableStore(file, TimeSpan.FromSeconds(5));
        await PreparedFirm.FillAsync(store, Customers);
        var customers = Enumerable.Range(0, Customers).Select(PreparedFirm.IdOf).ToList();
        var agenda = new Agenda(store);
        var now = TimeProvider.System.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, Open).Select(async number =>
        {
            var followUp = new FollowUp(
                new Guid(number, 0, 0, new byte[8]), customers[number % Customers], SampleFirm.Mira.Id, SampleFirm.Mira.Name,
                "Ask whether the oak sample suits them", FirstDay.AddDays(number % 120), DueTime: null, "Europe/Berlin", FollowUpKind.WeWait,
                number / Customers % 2 == 0 ? SourceOf(number) : null, FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 1);
            var row = FollowUpRow.From(SampleFirm.TenantId, followUp);
            await store.TransactAsync(
                Tables.Customers,
                row.PartitionKey,
                [new TableChange.Put(row), new TableChange.Put(FollowUpRow.CardRow(SampleFirm.TenantId, followUp))],
                CancellationToken.None);
            await agenda.ShowAsync(SampleFirm.TenantId, SampleFirm.Mira.Id, followUp, "Anna Berg", CancellationToken.None);
        }));
        return customers;
    }

    /// <summary>As long as Outlook's own links are: ids of one mailbox begin alike.</summary>
    private static FollowUpSource SourceOf(int number)
    {
        var item = Convert.ToBase64String([.. new byte[82], .. SHA256.HashData(BitConverter.GetBytes(number))]);
        return new FollowUpSource(
            SampleFirm.Mira.Id, ItemId: null, string.Create(CultureInfo.InvariantCulture, $"<{number}@firm.example>"), ThreadId: null,
            $"https://outlook.office365.com/owa/?ItemID={Uri.EscapeDataString(item)}&exvsurl=1&viewmodel=ReadMessageItem", "Offer for the kitchen");
    }
}
