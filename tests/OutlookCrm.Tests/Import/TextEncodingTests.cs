using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using OutlookCrm.Http;
using OutlookCrm.Import;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Import;

public sealed class TextEncodingTests
{
    private static readonly ImportEncoding[] AllOfBytes =
        [.. Enum.GetValues<ImportEncoding>().Where(name => name != ImportEncoding.Utf16)];

    [Theory]
    [InlineData("Müller,Größe,Jäger & Söhne", ImportEncoding.Utf8, "")]
    [InlineData("Müller,Größe,Jäger & Söhne", ImportEncoding.Western, "")]
    [InlineData("Müller,Größe,Jäger & Söhne", ImportEncoding.WesternDos, "")]
    [InlineData("Müller,Größe,Jäger & Söhne", ImportEncoding.WesternMac, "")]
    [InlineData("Müller", ImportEncoding.Western, "")]
    [InlineData("Müller,Kies 5 m³,20 °C,Würth®", ImportEncoding.Western, "")]
    [InlineData("Hélène Lefèvre,Crème brûlée,l’Oréal", ImportEncoding.Western, "")]
    [InlineData("Peña,Muñoz,Logroño", ImportEncoding.Western, "")]
    [InlineData("Sørensen,Åse Bjørn,Kjær", ImportEncoding.Western, "")]
    [InlineData("Paweł,Michał", ImportEncoding.Central, "")]
    [InlineData("Łódź,Wiśniewski,Żółć,Dąbrowska", ImportEncoding.Central, "")]
    [InlineData("Łódź,Wiśniewski,Żółć,Dąbrowska", ImportEncoding.CentralIso, "")]
    [InlineData("Dvořák,Jiří Němec,Růžička", ImportEncoding.Central, "")]
    [InlineData("Győr,Szűcs,Erdős", ImportEncoding.Central, "")]
    [InlineData("Yıldız,Şahin,Öğüt,Çelik", ImportEncoding.Turkish, "")]
    [InlineData("Žukauskienė,Šiauliai,Jūratė", ImportEncoding.Baltic, "")]
    [InlineData("Иванов,ООО Ромашка,Київ", ImportEncoding.Cyrillic, "")]
    [InlineData("Παπαδόπουλος,Αθήνα", ImportEncoding.Greek, "")]
    [InlineData("Kučera", ImportEncoding.Central, "cs-CZ")]
    [InlineData("Иванов,Москва", ImportEncoding.Utf16, "")]
    public async Task The_letters_are_found_by_the_words_that_they_make(string words, ImportEncoding written, string culture)
    {
        // The words stand far behind what is read to find the columns.
        var text = "customer,date,amount\n" + string.Concat(Enumerable.Repeat("Smith and Sons,2026-01-02,5\n", 12_000))
            + string.Concat(words.Split(',').Select(word => $"{word},2026-01-02,5\n"));
        var bytes = (written == ImportEncoding.Utf8 ? Encoding.UTF8 : written == ImportEncoding.Utf16 ? Encoding.Unicode : TextEncoding.Page(written)).GetBytes(text);

        var (file, _) = await InvoiceFile.UnderstandAsync(() => new MemoryStream(bytes), asked: null, "EUR", CultureInfo.GetCultureInfo(culture), default);

        Assert.Equal((written, written), (file!.Table.Encoding.Name, file.Plan.Encoding));
        Assert.Equal(words.Split(',').Take(3), file.Foreign);
        Assert.Equal(written == ImportEncoding.Utf16 ? [ImportEncoding.Utf16] : AllOfBytes, file.Table.Encoding.Choices);
    }

    [Fact]
    public async Task What_a_file_says_itself_holds_and_one_wrong_byte_does_not_spoil_the_others()
    {
        byte[] marked = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("customer,date,amount\nJörg,2026-01-02,5\n")];
        var (said, _) = await InvoiceFile.UnderstandAsync(
            () => new MemoryStream(marked), new ImportPlan(ImportDelimiter.Comma, HasHeader: true, Encoding: ImportEncoding.Greek), "EUR", CultureInfo.InvariantCulture, default);
        Assert.Equal((ImportEncoding.Utf8, "Jörg"), (said!.Plan.Encoding, said.Foreign.Single()));
        Assert.Equal([ImportEncoding.Utf8], said.Table.Encoding.Choices);

        byte[] mixed = [.. Encoding.UTF8.GetBytes("customer,date,amount\nJörg Größe,2026-01-02,5\nM"), 0xFC, .. "ller,2026-01-02,5\n"u8];
        var (most, _) = await InvoiceFile.UnderstandAsync(() => new MemoryStream(mixed), asked: null, "EUR", CultureInfo.InvariantCulture, default);
        Assert.Equal(ImportEncoding.Utf8, most!.Plan.Encoding);
        Assert.Equal(["Jörg Größe", "Müller"], most.Foreign);
    }

    [Fact]
    public async Task Letters_that_were_taken_wrongly_are_chosen_and_what_was_chosen_before_stays()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);

        // One letter alone could be many: what is "ö" on a Mac is "š" in Windows.
        var bytes = TextEncoding.Page(ImportEncoding.WesternMac).GetBytes("Kunde;Datum;Betrag;Währung\nMöller;02.01.2026;10,00;CHF\n");
        bytes = [.. bytes.Select(one => one == 0x8A ? (byte)'?' : one)];
        var given = await SentAsync(ben, HttpMethod.Post, "/api/imports?name=mac.csv", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });
        Assert.Equal((ImportEncoding.Central, "Mšller"), (given.Preview!.Letters.ReadAs, given.Preview.Letters.Examples.Single()));
        Assert.Null(given.Preview.Plan.Columns!.Currency);

        var chosen = given.Preview.Plan with { Columns = given.Preview.Plan.Columns with { Currency = "4" } };
        var planned = await PlanAsync(ben, given, chosen with { Encoding = ImportEncoding.WesternMac });
        Assert.Equal((ImportEncoding.WesternMac, "4", "Möller"), (planned.Preview!.Letters.ReadAs, planned.Preview.Plan.Columns!.Currency, planned.Preview.Lines[0].Customer));
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"/api/imports/{given.Id}");
        asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        var html = await (await ben.SendAsync(asked)).Content.ReadAsStringAsync();
        Assert.Contains("Read as: Western European (Mac)", html, StringComparison.Ordinal);
        Assert.Contains("""<option value="westernMac" selected>""", html, StringComparison.Ordinal);

        var ready = await PlanAsync(ben, planned, planned.Preview.Plan with { Unknown = UnknownCustomers.MakeCustomers });
        using var started = await ben.PostAsync($"/api/imports/{given.Id}/start?plan={ready.Preview!.Stamp}", null);
        started.EnsureSuccessStatusCode();
        await Waiting.UntilAsync(async () => (await ben.GetFromJsonAsync<ImportPage>($"/api/imports/{given.Id}", ContractJson.Options))!.State == ImportState.Done);
        Assert.Equal("Möller", Assert.Single((await ben.GetFromJsonAsync<SearchResults>("/api/search?q=moller", ContractJson.Options))!.Hits).Name);
    }

    [Fact]
    public async Task Columns_that_nobody_chose_are_sought_again_by_the_names_that_other_letters_make()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var bytes = TextEncoding.Page(ImportEncoding.WesternMac).GetBytes("Kunde;Datum;Betrag;Währung\nKim;02.01.2026;10,00;CHF\n");
        var given = await SentAsync(ben, HttpMethod.Post, "/api/imports?name=mac.csv", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });

        var wrong = await PlanAsync(ben, given, given.Preview!.Plan with { Encoding = ImportEncoding.Greek });
        var right = await PlanAsync(ben, wrong, wrong.Preview!.Plan with { Encoding = ImportEncoding.WesternMac });

        Assert.Equal((null, "4"), (wrong.Preview.Plan.Columns!.Currency, right.Preview!.Plan.Columns!.Currency));
        Assert.Equal("CHF", right.Preview.Lines[0].Currency);
    }

    private static Task<ImportPage> PlanAsync(HttpClient client, ImportPage file, ImportPlan plan) =>
        SentAsync(client, HttpMethod.Put, $"/api/imports/{file.Id}/plan", JsonContent.Create(plan, options: ContractJson.Options));

    private static async Task<ImportPage> SentAsync(HttpClient client, HttpMethod method, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
    }
}
