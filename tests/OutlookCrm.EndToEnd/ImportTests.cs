using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(SecondHalf))]
public sealed class ImportTests(LiveProduct live)
{
    private const string Invoices = """
        Rechnungsnummer;Rechnungsdatum;Kunde;E-Mail;Artikel;Netto
        R-1;05.11.2024;Import Möbel GmbH;office@import-moebel.example;Eichenregal;1.250,50
        R-1;05.11.2024;Import Möbel GmbH;office@import-moebel.example;Lieferung;80,00
        R-2;31.02.2025;Import Möbel GmbH;office@import-moebel.example;Regal;10,00

        """;

    [Fact]
    public async Task A_file_is_chosen_looked_at_taken_in_and_taken_back()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes");
        await outlook.Pane.Locator("#top").GetByRole(AriaRole.Button, new() { Name = "Insights" }).ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Import invoices" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Import invoices");
        await CheckAsync(outlook, "imports");

        await outlook.Card.GetByLabel("File").SetInputFilesAsync(new FilePayload
        {
            Name = "rechnungen.csv",
            MimeType = "text/csv",
            Buffer = Encoding.Latin1.GetBytes(Invoices),
        });
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Look at it" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("rechnungen.csv");
        await Expect(outlook.Card).ToContainTextAsync("2 rows can be read, 1 row not");
        await Expect(outlook.Card).ToContainTextAsync("Import Möbel GmbH: Eichenregal");
        await Expect(outlook.Card).ToContainTextAsync("Read as: Western European (Windows)");
        await outlook.Card.GetByLabel("Letters").SelectOptionAsync(new SelectOptionValue { Label = "Greek (Windows)" });
        await Expect(outlook.Card).ToContainTextAsync("Import Mφbel GmbH: Eichenregal");
        await outlook.Card.GetByLabel("Letters").SelectOptionAsync(new SelectOptionValue { Label = "Western European (Windows)" });
        await Expect(outlook.Card).ToContainTextAsync("Import Möbel GmbH: Eichenregal");
        await outlook.Card.GetByLabel("Currency", new() { Exact = true }).FillAsync("EUR");
        await outlook.Card.GetByLabel("Who is not known").SelectOptionAsync("makeCustomers");
        await Expect(outlook.Card).ToContainTextAsync("1,250.50 EUR");
        await CheckAsync(outlook, "preview");

        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Import 2 rows" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("2 rows entered as 1 purchase");
        await Expect(outlook.Card).ToContainTextAsync("Line 4: '31.02.2025' is not a date like the others (d.M.yyyy).");
        await CheckAsync(outlook, "result");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Left out" }).ClickAsync();
        var saved = await outlook.Page.RunAndWaitForDownloadAsync(() => outlook.Card.GetByRole(AriaRole.Link, new() { Name = "Save this list" }).ClickAsync());
        Assert.Equal(
            "\"line\",\"reason\"\r\n\"4\",\"'31.02.2025' is not a date like the others (d.M.yyyy).\"\r\n", await File.ReadAllTextAsync((await saved.PathAsync())!));
        await CheckAsync(outlook, "left out");

        var card = await live.CardAsync("office@import-moebel.example");
        Assert.Equal(("customer", "1330.50"), ((string)card["stage"]!, (string)card["sales"]!["totals"]![0]!["revenue"]!));
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "rechnungen.csv" }).ClickAsync();
        var undo = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Undo this import" });
        await undo.ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Really take all of it back?" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("all its purchases are taken away again");
        await Expect(outlook.Card).ToContainTextAsync("Of 1 customer that it made, 1 is gone too.");
        Assert.Empty(outlook.Complaints);
    }

    private static async Task CheckAsync(OutlookPage outlook, string page)
    {
        await outlook.UnfoldAsync();
        await outlook.AssertAccessibleAsync(page);
        Assert.True(await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320, $"{page} is wider than 320 px.");
    }
}
