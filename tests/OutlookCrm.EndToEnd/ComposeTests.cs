using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>The pane beside a mail that is written and a meeting that is planned.</summary>
[Collection(nameof(FirstHalf))]
public sealed class ComposeTests(LiveProduct live)
{
    [Theory]
    [InlineData("")]
    [InlineData("&requirements=Mailbox:1.5")] // an Outlook that does not tell when recipients change
    public async Task Whoever_is_named_in_a_mail_stands_beside_it_and_goes_when_taken_off(string switches)
    {
        await using var outlook = await live.OpenAsync($"user=tomasz@birnbaum.example&item=none&open=yes&pin=yes{switches}");
        var page = outlook.Page;
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");

        await page.GetByRole(AriaRole.Button, new() { Name = "New mail" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("Name somebody");
        await page.Keyboard.TypeAsync("mira@birnbaum.example;");
        await Expect(outlook.Card.Locator("[data-colleague]")).ToBeAttachedAsync();
        await page.Keyboard.TypeAsync("s.weber@hotel-weberhof.example;");
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cc and Bcc" }).ClickAsync();
        await page.Keyboard.TypeAsync("saga@lindqvist-family.example;fiona.macleod@lakeside-architects.example;");
        var people = outlook.Pane.Locator("#people button[data-address]");
        await Expect(people.Filter(new() { HasText = "Fiona" })).ToHaveCountAsync(1);
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");

        // Somebody whom the person chose stays, whatever else changes.
        await people.Filter(new() { HasText = "Fiona" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");
        await RemoveAsync(page, "s.weber@hotel-weberhof.example");
        await Expect(people.Filter(new() { HasText = "Sabine" })).ToHaveCountAsync(0);
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");

        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task An_answer_keeps_the_customer_beside_it_and_a_further_mail_begins_with_nobody()
    {
        await using var outlook = await live.OpenAsync("user=tomasz@birnbaum.example&item=from:s.weber@hotel-weberhof.example&open=yes&pin=yes");
        var page = outlook.Page;
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");

        await page.GetByRole(AriaRole.Button, new() { Name = "Reply", Exact = true }).ClickAsync();
        await Expect(page.Locator(".composer")).ToBeVisibleAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        await page.GetByRole(AriaRole.Button, new() { Name = "New mail" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("Name somebody");
        await page.Keyboard.TypeAsync("fiona.macleod@lakeside-architects.example;");
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task Whoever_writes_on_before_a_page_of_the_pane_has_come_keeps_the_caret()
    {
        await using var outlook = await live.OpenAsync("user=tomasz@birnbaum.example&item=none&open=yes&pin=yes");
        var page = outlook.Page;
        var mayCome = new TaskCompletionSource();
        await page.RouteAsync("**/api/my-day", async route =>
        {
            await mayCome.Task;
            await route.ContinueAsync();
        });
        await page.GetByRole(AriaRole.Button, new() { Name = "New mail" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("Name somebody");
        await outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "My day" }).ClickAsync();
        var subject = page.GetByRole(AriaRole.Textbox, new() { Name = "Subject" });
        await subject.ClickAsync();
        mayCome.SetResult();

        await Expect(outlook.Who).ToHaveTextAsync("My day");
        await page.Keyboard.TypeAsync("Handles");
        await Expect(subject).ToHaveValueAsync("Handles");
    }

    [Fact]
    public async Task A_pane_opened_beside_a_meeting_that_is_planned_shows_who_is_invited()
    {
        await using var outlook = await live.OpenAsync("user=tomasz@birnbaum.example&item=none&open=no");
        var page = outlook.Page;
        await page.Locator("#show-calendar").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New event" }).ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "With" }).FillAsync("fiona.macleod@lakeside-architects.example;");
        await page.Locator("#open-pane").ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");

        await RemoveAsync(page, "fiona.macleod@lakeside-architects.example");
        await Expect(outlook.Card).ToContainTextAsync("Name somebody");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "With" }).FillAsync("s.weber@hotel-weberhof.example;");
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        Assert.Empty(outlook.Complaints);
    }

    /// <summary>By the address: whether the chip bears a name depends on when the mailbox has told whom it knows.</summary>
    private static Task RemoveAsync(IPage page, string address) => page.Locator($".chip[title='{address}'] button").ClickAsync();
}
