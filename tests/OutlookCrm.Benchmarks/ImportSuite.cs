using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// A file of 100,000 rows for 10,000 customers, one in a hundred of them bad: given, started and done over HTTP, in a process of its own over
/// SQLite. What comes out is checked before a figure is printed, and once more for the same file.
/// </summary>
internal static class ImportSuite
{
    private const int Rows = 100_000;
    private const int BadEvery = 100;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(string folder)
    {
        var prepared = PreparedFirm.FileIn(folder);
        await PreparedFirm.EnsureFileAsync(prepared);
        var file = Path.Combine(folder, "import.db");
        foreach (var old in new[] { file, file + "-wal", file + "-shm" })
        {
            File.Delete(old);
        }

        File.Copy(prepared, file);
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        string[] settings =
        [
            "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={file}",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        await using var product = await ChildProcess.StartAsync("OutlookCrm.LocalHost.dll", settings);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{product.Port}"), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Issuer.CreateAccessToken(SampleFirm.Mira));
        var content = Content();

        var watch = Stopwatch.StartNew();
        var (result, steps) = await TakeInAsync(http, content);
        var seconds = watch.Elapsed.TotalSeconds;
        Check(result, new ImportResult(Rows, Rows, Rows - (Rows / BadEvery), Purchases: Rows / 2, 0, Rows / BadEvery, 0, []));
        if (steps < 3)
        {
            throw new InvalidOperationException($"Progress was seen {steps} times only.");
        }

        Figures.Print("import.100k.s", seconds, "s");
        Figures.Print("import.100k.mb", product.PeakWorkingSetBytes / 1024.0 / 1024.0, "MB");
        watch.Restart();
        (result, _) = await TakeInAsync(http, content);
        Check(result, new ImportResult(Rows, Rows, 0, 0, Rows - (Rows / BadEvery), Rows / BadEvery, 0, []));
        Figures.Print("import.again.s", watch.Elapsed.TotalSeconds, "s");
    }

    private static async Task<(ImportResult Result, int Steps)> TakeInAsync(HttpClient http, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var given = await http.PostAsync("/api/imports?name=invoices.csv", body);
        given.EnsureSuccessStatusCode();
        var page = (await given.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
        (await http.PostAsync($"/api/imports/{page.Id}/start?plan={page.Preview!.Stamp}", content: null)).EnsureSuccessStatusCode();
        var seen = new HashSet<int>();
        while (true)
        {
            page = (await http.GetFromJsonAsync<ImportPage>($"/api/imports/{page.Id}", ContractJson.Options))!;
            seen.Add(page.Result!.Looked);
            if (page.State == ImportState.Done)
            {
                return (page.Result, seen.Count);
            }

            await Task.Delay(Look);
        }
    }

    private static void Check(ImportResult result, ImportResult shall)
    {
        if (result with { Problems = [], Kept = [] } is var plain && plain.ToString() != shall.ToString())
        {
            throw new InvalidOperationException($"The import came to {plain} and not to {shall}.");
        }
    }

    /// <summary>Two rows an invoice, a bad row in each hundred: no date, no amount, nobody, a word for a number.</summary>
    private static byte[] Content()
    {
        var text = new StringBuilder("Rechnungsnummer;Rechnungsdatum;Kunde;E-Mail;Artikel;Netto;Kosten;Währung\n");
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            var customer = i / 2 % PreparedFirm.Customers;
            var on = new DateOnly(2024, 1, 1).AddDays(i / 2 / 60);
            var (date, amount, mail, name) = (
                on.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
                (20 + (random.NextDouble() * 1_500)).ToString("N2", CultureInfo.GetCultureInfo("de-DE")),
                PreparedFirm.Addresses[customer],
                $"Kunde {customer}");
            if (i % BadEvery == BadEvery - 1)
            {
                _ = (i / BadEvery % 4) switch
                {
                    0 => date = "31.02.2024",
                    1 => amount = "0,00",
                    2 => mail = name = "",
                    _ => amount = "viel",
                };
            }

            text.Append(CultureInfo.InvariantCulture, $"R-{i / 2};{date};{name};{mail};Artikel {i % 12};{amount};10,00;EUR\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
