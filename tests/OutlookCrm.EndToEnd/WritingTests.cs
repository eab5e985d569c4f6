using System.Net.Http.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>Mail and meetings in the small Outlook: what its user writes, books and throws away, and what comes in meanwhile.</summary>
[Collection(nameof(SecondHalf))]
public sealed class WritingTests(LiveProduct live)
{
    private const string AsTomasz = "user=tomasz@birnbaum.example&open=no";

    [Fact]
    public async Task A_mail_to_a_customer_is_addressed_by_the_start_of_a_name_and_lies_in_Sent_Items()
    {
        await using var outlook = await live.OpenAsync(AsTomasz);
        var page = outlook.Page;
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.TypeAsync("zof");
        await Expect(page.Locator(".composer").GetByRole(AriaRole.Option, new() { Name = "Zofia Wiśniewska" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Subject" }).FillAsync("Handles for room 12");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text" }).FillAsync("They are here.\n<b>Tomasz</b>");
        await page.Keyboard.PressAsync("Control+Enter");

        await Expect(Status(page)).ToHaveTextAsync("Sent.");
        await OpenFolderAsync(page, "Sent Items");
        var sent = Row(page, "Handles for room 12");
        await Expect(sent).ToContainTextAsync("Zofia Wiśniewska");
        await sent.ClickAsync();
        await Expect(page.FrameLocator("iframe.mail").GetByText("<b>Tomasz</b>")).ToBeVisibleAsync();
        await OpenFolderAsync(page, "Drafts");
        await Expect(page.Locator("#messages")).Not.ToContainTextAsync("Handles for room 12");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task Nothing_is_sent_to_nobody_or_to_what_is_no_address()
    {
        await using var outlook = await live.OpenAsync(AsTomasz);
        var page = outlook.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "New mail" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text" }).FillAsync("to whom?");

        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".composer .problem").First).ToHaveTextAsync("Who is to get it?");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "To" }).FillAsync("somebody");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".composer .problem").First).ToHaveTextAsync("“somebody” is no address.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();

        await Expect(page.Locator(".composer")).ToHaveCountAsync(0);
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task An_answer_quotes_stays_in_its_thread_and_reaches_the_colleague_in_copy()
    {
        await IncomingAsync("ask@quote-reply.example", "Doors", "When do the doors come?", "tomasz@birnbaum.example");
        await using var outlook = await live.OpenAsync($"{AsTomasz}&item=from:ask@quote-reply.example");
        var page = outlook.Page;
        await Expect(page.Locator("#reading h2")).ToHaveTextAsync("Doors");
        await page.Keyboard.PressAsync("r");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Subject" })).ToHaveValueAsync("RE: Doors");
        await page.Keyboard.TypeAsync("On Tuesday.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cc and Bcc" }).ClickAsync();
        await page.Keyboard.TypeAsync("mira@birnbaum.example;");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(Status(page)).ToHaveTextAsync("Sent.");

        await page.Locator("#user").SelectOptionAsync(new SelectOptionValue { Label = "Mira Birnbaum (owner)" });
        await Expect(page.Locator("#folders [aria-current]")).ToContainTextAsync("Inbox");
        await Row(page, "RE: Doors").ClickAsync();
        var mail = page.FrameLocator("iframe.mail");
        await Expect(mail.GetByText("On Tuesday.")).ToBeVisibleAsync();
        await Expect(mail.GetByText("When do the doors come?")).ToBeVisibleAsync();
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task What_one_turns_away_from_stays_a_draft_and_an_answer_without_a_word_does_not()
    {
        await IncomingAsync("ask@drafts.example", "Shelf", "How deep?", "tomasz@birnbaum.example");
        await using var outlook = await live.OpenAsync($"{AsTomasz}&item=from:ask@drafts.example");
        var page = outlook.Page;
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator(".composer")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".composer")).ToHaveCountAsync(0);
        await Expect(page.Locator("#reading h2")).ToHaveTextAsync("Shelf");
        await page.Locator("#reading").FocusAsync();
        await page.Keyboard.PressAsync("Shift+F");
        await Expect(page.Locator(".composer")).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("ben@else.example;");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text" }).PressSequentiallyAsync("30 cm. ");
        await page.Locator("#messages [data-index='1']").ClickAsync();
        await Expect(Status(page)).ToHaveTextAsync("The mail is in Drafts.");

        await OpenFolderAsync(page, "Drafts");
        await Expect(Row(page, "RE: Shelf")).ToHaveCountAsync(0);
        await Row(page, "FW: Shelf").ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveTextAsync("ben@else.example×");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(Status(page)).ToHaveTextAsync("Sent.");
        await Expect(Row(page, "FW: Shelf")).ToHaveCountAsync(0);
        await OpenFolderAsync(page, "Sent Items");
        await Row(page, "FW: Shelf").ClickAsync();
        await Expect(page.FrameLocator("iframe.mail").GetByText("30 cm.")).ToBeVisibleAsync();
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_private_mail_says_so_to_whoever_gets_it()
    {
        await using var outlook = await live.OpenAsync("user=mira@birnbaum.example&open=no");
        var page = outlook.Page;
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.TypeAsync("tomasz@birnbaum.example;");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Subject" }).FillAsync("Between us");
        await page.GetByLabel("Sensitivity").SelectOptionAsync("Private");
        await page.GetByLabel("Category Private").CheckAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(Status(page)).ToHaveTextAsync("Sent.");

        await OpenFolderAsync(page, "Sent Items");
        await Row(page, "Between us").ClickAsync();
        await Expect(page.Locator("#reading .category")).ToHaveTextAsync("Private");
        await page.Locator("#user").SelectOptionAsync(new SelectOptionValue { Label = "Tomasz Zieliński (member)" });
        await Row(page, "Between us").ClickAsync();
        await Expect(page.Locator("#reading .notice")).ToHaveTextAsync("The sender marked this as private.");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_deleted_mail_lies_in_Deleted_Items_an_archived_one_in_the_archive_and_the_next_is_selected()
    {
        await IncomingAsync("third@throw.example", "Third", "3", "tomasz@birnbaum.example");
        await IncomingAsync("second@throw.example", "Second", "2", "tomasz@birnbaum.example");
        await IncomingAsync("first@throw.example", "First", "1", "tomasz@birnbaum.example");
        await using var outlook = await live.OpenAsync($"{AsTomasz}&item=from:first@throw.example");
        var page = outlook.Page;
        var title = page.Locator("#reading h2");
        await Expect(title).ToHaveTextAsync("First");
        var next = await page.Locator("#messages [aria-selected=true] + .row .subject").InnerTextAsync();

        await page.Keyboard.PressAsync("Delete");
        await Expect(title).ToHaveTextAsync(next);
        await Expect(Row(page, "First")).ToHaveCountAsync(0);
        await outlook.SelectAsync("from:second@throw.example");
        await page.Keyboard.PressAsync("e");
        await Expect(Status(page)).ToHaveTextAsync("Archived.");
        await outlook.SelectAsync("from:third@throw.example");
        await page.Keyboard.PressAsync("v");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Junk Email" }).ClickAsync();
        await Expect(Status(page)).ToHaveTextAsync("Moved to Junk Email.");

        await OpenFolderAsync(page, "Deleted Items");
        await Expect(Row(page, "First")).ToBeVisibleAsync();
        await OpenFolderAsync(page, "Archive");
        await Expect(Row(page, "Second")).ToBeVisibleAsync();
        await OpenFolderAsync(page, "Junk Email");
        await Row(page, "Third").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Not junk" }).ClickAsync();
        await Expect(Row(page, "Third")).ToHaveCountAsync(0);
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_meeting_is_booked_changed_accepted_and_cancelled_and_everybody_sees_it()
    {
        await using var outlook = await live.OpenAsync("user=mira@birnbaum.example&open=no&item=none");
        var page = outlook.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Calendar", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Later" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New event" }).ClickAsync();
        await page.Keyboard.TypeAsync("Lobby on site");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "With" }).FillAsync("tomasz@birnbaum.example; s.weber@hotel-weberhof.example;");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "From" }).FillAsync("10:30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Book" }).ClickAsync();
        await Expect(Status(page)).ToHaveTextAsync("The invitation is sent.");
        await Expect(page.Locator("#reading .when")).ToContainTextAsync("10:30–11:30");

        await page.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "From" }).FillAsync("15:00");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("#reading .when")).ToContainTextAsync("15:00–16:00");

        await using var tomaszs = await live.OpenAsync(AsTomasz);
        await Row(tomaszs.Page, "Lobby on site").First.ClickAsync();
        await tomaszs.Page.GetByRole(AriaRole.Button, new() { Name = "Accept", Exact = true }).ClickAsync();
        await Expect(Status(tomaszs.Page)).ToHaveTextAsync("Accepted; whoever invited is told.");
        await Expect(page.Locator("#reading .people")).ToContainTextAsync("Tomasz Zieliński (accepted)"); // by itself

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel meeting" }).ClickAsync();
        await Expect(page.Locator(".event", new() { HasText = "Lobby on site" })).ToHaveCountAsync(0);
        await Expect(Row(tomaszs.Page, "Canceled: Lobby on site").First).ToBeVisibleAsync();
        Assert.Empty(outlook.Complaints);
        Assert.Empty(tomaszs.Complaints);
    }

    [Fact]
    public async Task What_a_customer_writes_shows_by_itself_and_the_selection_stays_where_it_was()
    {
        await IncomingAsync("before@shows.example", "Before", "x", "tomasz@birnbaum.example");
        await using var outlook = await live.OpenAsync($"{AsTomasz}&item=from:before@shows.example");
        var page = outlook.Page;
        await Expect(page.Locator("#reading h2")).ToHaveTextAsync("Before");

        await IncomingAsync("after@shows.example", "After", "y", "tomasz@birnbaum.example");

        await Expect(Row(page, "After")).ToBeVisibleAsync();
        await Expect(page.Locator("#messages [aria-selected=true] .subject")).ToHaveTextAsync("Before");
        await Expect(page.Locator("#reading h2")).ToHaveTextAsync("Before");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task One_may_be_a_customer_who_answers_and_a_program_that_does()
    {
        await IncomingAsync("kay@pretend.example", "Bench", "How long?", "tomasz@birnbaum.example");
        await using var outlook = await live.OpenAsync($"{AsTomasz}&item=from:kay@pretend.example");
        var page = outlook.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Pretend" }).ClickAsync();
        var panel = page.Locator("#pretend");
        await Expect(panel.Locator(".chip")).ToHaveTextAsync("kay@pretend.example×");
        await panel.Locator("#pretend-text").FillAsync("And how wide?");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Let it come in" }).ClickAsync();
        await Expect(Row(page, "RE: Bench")).ToContainTextAsync("And how wide?");

        await panel.GetByLabel("What").SelectOptionAsync("an out-of-office note");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Let it come in" }).ClickAsync();
        await Expect(Row(page, "Automatic reply: Bench")).ToBeVisibleAsync();
        Assert.Empty(outlook.Complaints);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Axe_finds_nothing_where_one_writes_plans_and_pretends(string theme)
    {
        await using var outlook = await live.OpenAsync($"{AsTomasz}&theme={theme}", theme == "dark");
        var page = outlook.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Pretend" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Reply all" }).ClickAsync();
        await Expect(page.Locator(".composer")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "To" }).PressSequentiallyAsync("amara");
        await Expect(page.Locator(".composer .offered li").First).ToBeVisibleAsync();
        await AssertAxeAsync(page);

        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Calendar", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New event" }).ClickAsync();
        await AssertAxeAsync(page);
    }

    private static async Task AssertAxeAsync(IPage page)
    {
        var found = await page.RunAxe(new AxeRunContext { Include = [new AxeSelector(".ribbon"), new AxeSelector("#reading"), new AxeSelector("#pretend")] }, OutlookPage.OnlyViolations);
        Assert.True(
            found.Violations.Length == 0,
            string.Join('\n', found.Violations.Select(v => $"{v.Id}: {v.Help} — {string.Join(" | ", v.Nodes.Select(node => node.Html))}")));
    }

    private static ILocator Status(IPage page) => page.Locator("#status");

    /// <summary>The rows with this subject.</summary>
    private static ILocator Row(IPage page, string subject) =>
        page.Locator("#messages .row", new() { Has = page.Locator($".subject:text-is('{subject}')") });

    private static async Task OpenFolderAsync(IPage page, string name)
    {
        await page.Locator($"[data-folder='{name}']").ClickAsync();
        await Expect(page.Locator("#folder-name")).ToHaveTextAsync(name);
    }

    /// <summary>Somebody outside writes.</summary>
    private async Task IncomingAsync(string from, string subject, string text, string to)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync(
            new Uri(live.Sandbox.Addresses.BackChannel, "/sandbox/incoming"),
            new { from = new { address = from }, to = new[] { to }, subject, text });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
