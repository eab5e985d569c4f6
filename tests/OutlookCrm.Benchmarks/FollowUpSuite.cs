using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// "My day" of a user with 2,000 open follow-ups, and planning one more, against a plain Kestrel endpoint that answers the same bytes from
/// memory: processes of their own, asked by the same client, in turns, in one run.
/// </summary>
internal static class FollowUpSuite
{
    private const int Open = 2_000;
    private const int Customers = 400;
    private const int Rounds = 10;
    private const int RequestsPerRound = 200;
    private const int PageSize = 30;

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

        var number = 0;
        await CompareAsync("followups.plan.p50", product, folder, headers, Plan(), [.. Enumerable.Range(0, RequestsPerRound).Select(_ => Plan())], Plan);

        byte[] Plan() => LoadClient.Post(
            $"/api/customers/{customers[number++ % customers.Count]}/follow-ups",
            $$"""{"id":"{{Guid.NewGuid()}}","note":"Send the offer","when":"inThreeDays","internetMessageId":"<offer@firm.example>"}""",
            headers);
    }

    private static async Task CompareAsync(
        string figure, ChildProcess product, string folder, (string, string)[] headers, byte[] first, IReadOnlyList<byte[]> settling,
        Func<byte[]> next)
    {
        byte[] body;
        using (var client = new LoadClient(product.Port))
        {
            body = client.Body(first);
        }

        var bodyFile = Path.Combine(folder, "floor-body");
        await File.WriteAllBytesAsync(bodyFile, body);
        await using var floor = await ChildProcess.StartAsync("OutlookCrm.Benchmarks.dll", "floor", bodyFile, "application/json");
        List<byte[]> floorRequests = [LoadClient.Request("/floor", headers)];
        var random = new Random(1);
        Load.Settle(product.Port, settling, random);
        Load.Settle(floor.Port, floorRequests, random);
        List<double> productTimes = [], floorTimes = [];
        for (var round = 0; round < Rounds; round++)
        {
            floorTimes.AddRange(Load.OneByOne(floor.Port, floorRequests, RequestsPerRound, random));
            productTimes.AddRange(Load.OneByOne(product.Port, Some(RequestsPerRound), RequestsPerRound, random));
        }

        var (time, floorTime) = (Figures.Percentile(productTimes, 0.5), Figures.Percentile(floorTimes, 0.5));
        Figures.Print($"{figure}.ratio", time / floorTime, "x");
        Figures.Print($"{figure}.us", time, "us");
        Figures.Print($"{figure}.floor.us", floorTime, "us");
        Figures.Print($"{figure}.bytes", body.Length, "bytes");

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
                Source: null, FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 1);
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
}
