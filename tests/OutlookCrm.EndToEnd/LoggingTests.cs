using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Storage;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>What people see and set of logging, in the pane: from the line at its foot to every page behind it.</summary>
[Collection(nameof(SecondHalf))]
public sealed class LoggingTests(LiveProduct live)
{
    private const string Pages = "item=none&open=yes";

    [Fact]
    public async Task The_line_at_the_foot_leads_to_what_was_left_out_and_why()
    {
        await SkipAsync("e2e-1", IgnoreReason.MailingList, "offers@shop.example");
        await using var outlook = await live.OpenAsync(Pages);
        await Expect(outlook.Pane.Locator("#foot button")).ToContainTextAsync("today");
        await outlook.Pane.Locator("#foot button").ClickAsync();

        await Expect(outlook.Who).ToHaveTextAsync("Today");
        await Expect(outlook.Who).ToBeFocusedAsync();
        await outlook.Card.GetByText("Newsletters and lists ·").ClickAsync();
        var line = outlook.Card.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "offers@shop.example" });
        await line.GetByRole(AriaRole.Button, new() { Name = "That was right: offers@shop.example" }).ClickAsync();
        await Expect(line).ToHaveCountAsync(0);
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task One_click_makes_a_customer_of_somebody_one_keeps_writing_with_and_shows_the_card()
    {
        await CorrespondAsync("lena.vogt@vogt-garten.example", "Lena Vogt");
        await using var outlook = await live.OpenAsync(Pages);
        await GoToAsync(outlook, "People");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Make a customer: Lena Vogt" }).ClickAsync();

        await Expect(outlook.Who).ToHaveTextAsync("Lena Vogt");
        await Expect(outlook.Card.Locator("article[data-customer]")).ToBeVisibleAsync();
        await Expect(outlook.Card).ToContainTextAsync("lena.vogt@vogt-garten.example");
        await GoToAsync(outlook, "People");
        await Expect(outlook.Card.GetByText("Lena Vogt")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_is_no_customer_goes_and_comes_back()
    {
        await CorrespondAsync("no.customer@friends.example", "Nora Noname");
        await using var outlook = await live.OpenAsync(Pages);
        await GoToAsync(outlook, "People");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Not a customer: Nora Noname" }).ClickAsync();
        await Expect(outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Not a customer: Nora Noname" })).ToHaveCountAsync(0);
        await outlook.Card.GetByText("Not customers ·").ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Undo: Nora Noname" }).ClickAsync();
        await Expect(outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Not a customer: Nora Noname" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_mailbox_is_closed_and_somebody_left_out_by_keyboard_alone()
    {
        await using var outlook = await live.OpenAsync($"user={SampleFirm.Tomasz.Address}&{Pages}");
        await GoToAsync(outlook, "Settings");
        await outlook.Card.GetByLabel("Edit what colleagues see").FocusAsync();
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(outlook.Card.Locator("select[name=colleaguesSee]")).ToBeFocusedAsync();
        await outlook.Page.Keyboard.TypeAsync("Only");
        await outlook.Page.Keyboard.PressAsync("Control+Enter");

        // Not the same words beside the choice: what is saved closes the form, and would close the next one with it.
        await Expect(outlook.Card.Locator(".show").GetByText("Colleagues see nothing of it")).ToBeVisibleAsync();
        await outlook.Card.GetByLabel("Edit whose mail is left out").FocusAsync();
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(outlook.Card.GetByLabel("Address or domain")).ToBeFocusedAsync();
        await outlook.Page.Keyboard.TypeAsync("birnbaum.example");
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(outlook.Card.GetByText("is our own: mail among ourselves is not logged anyway")).ToBeVisibleAsync();
        await outlook.Page.Keyboard.PressAsync("Control+A");
        await outlook.Page.Keyboard.TypeAsync("doctor@praxis.example");
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(outlook.Card.Locator(".show").GetByText("doctor@praxis.example")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Axe_finds_nothing_on_any_page_and_all_of_it_fits_320_pixels()
    {
        await FillAsync();
        foreach (var (dark, forced) in new[] { (false, ForcedColors.None), (true, ForcedColors.None), (true, ForcedColors.Active) })
        {
            await using var outlook = await live.OpenAsync($"{Pages}&theme={(dark ? "dark" : "light")}", dark, forcedColors: forced);
            foreach (var page in new[] { "Today", "People", "Settings", "Mailboxes" })
            {
                await GoToAsync(outlook, page);
                await outlook.UnfoldAsync();
                Assert.True(
                    await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320, $"{page} is wider than 320 px.");
                await outlook.AssertAccessibleAsync($"{page}, {(dark ? "dark" : "light")}, forced colours {forced}");
            }
        }
    }

    [Fact]
    public async Task An_owner_finds_work_that_could_not_be_done_and_has_it_tried_again()
    {
        await live.Services.GetRequiredService<IWorkQueue>().SendAsync(
            PoisonQueue.Of(FirmRecompute.Queue), JsonSerializer.Serialize(new RecomputeMessage(SampleFirm.TenantId)), delay: null, default);
        await using var outlook = await live.OpenAsync(Pages);
        await GoToAsync(outlook, "Mailboxes");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Health, and what is kept how long" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("1 piece of working out Insights could not be done");
        await outlook.AssertAccessibleAsync("work that could not be done");

        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Expect(outlook.Card).Not.ToContainTextAsync("could not be done");
        await Expect(outlook.Card).ToContainTextAsync("No work was given up.");
        await Expect(outlook.Who).ToHaveTextAsync("Health");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_mailbox_that_we_may_not_read_any_more_says_what_to_do_and_recovers_when_it_was_done()
    {
        await using var outlook = await live.OpenAsync(Pages);
        await GoToAsync(outlook, "Mailboxes");
        var mailbox = outlook.Card.Locator("section.candidates").Filter(new() { HasText = SampleFirm.Mira.Address });
        await LookUntilAsync("Going well");
        live.Sandbox.App.Mailboxes = [SampleFirm.Tomasz.Address];
        try
        {
            await LookUntilAsync("Outlook does not let us in");
            await Expect(mailbox).ToContainTextAsync("to let Outlook CRM read this mailbox");
            await using var again = await live.OpenAsync(Pages);
            await Expect(again.Pane.Locator("#foot button")).ToContainTextAsync("new mail is not logged");
        }
        finally
        {
            live.Sandbox.App.Mailboxes = null;
        }

        await LookUntilAsync("Going well");
        Assert.Empty(outlook.Complaints);

        // The page is as of when it was asked for.
        async Task LookUntilAsync(string words)
        {
            for (var patience = 0; patience < 30; patience++)
            {
                await mailbox.GetByRole(AriaRole.Button, new() { Name = "Look now" }).ClickAsync();
                await outlook.Page.WaitForTimeoutAsync(500);
                await GoToAsync(outlook, "Settings");
                await GoToAsync(outlook, "Mailboxes");
                if ((await mailbox.InnerTextAsync()).Contains(words, StringComparison.Ordinal))
                {
                    return;
                }
            }

            await Expect(mailbox).ToContainTextAsync(words);
        }
    }

    private static async Task GoToAsync(OutlookPage outlook, string page)
    {
        if (await outlook.Card.GetByRole(AriaRole.Navigation, new() { Name = "Logging" }).CountAsync() == 0)
        {
            await outlook.Pane.Locator("#foot button").ClickAsync();
        }

        await outlook.Card.GetByRole(AriaRole.Navigation, new() { Name = "Logging" }).GetByText(page, new() { Exact = true }).ClickAsync();
        await Expect(outlook.Card.Locator("[aria-current=page]")).ToHaveTextAsync(page);
        await Expect(outlook.Card).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    private async Task FillAsync()
    {
        await SkipAsync("e2e-a", IgnoreReason.MailingList, "weekly.news.of.a.very.long.address@newsletter.shop-with-a-long-name.example");
        await SkipAsync("e2e-b", IgnoreReason.UnknownPeople, "lea.stranger@somewhere.example");
        await SkipAsync("e2e-c", IgnoreReason.Private, null);
        await SkipAsync("e2e-d", IgnoreReason.Blocked, "noisy@blocked.example");
        await SkipAsync("e2e-e", IgnoreReason.MailingList, "s.weber@hotel-weberhof.example");
        await CorrespondAsync("ferdinand.von.und.zu.langenstein@langenstein-consulting-group.example", "Ferdinand von und zu Langenstein-Hohenfels");
        await CorrespondAsync("kim@short.example", "");
        using var mira = live.Api(SampleFirm.Mira);
        foreach (var (path, json) in new[]
        {
            ("/api/mailboxes/mine/blocks", """{"what":"blocked.example"}"""),
            ("/api/mailboxes", """{"address":"info@birnbaum.example","name":"Info"}"""),
            ("/api/firm/blocks", """{"what":"spam-with-a-long-name.example"}"""),
        })
        {
            using var answer = await mira.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
            Assert.True(answer.IsSuccessStatusCode, path);
        }
    }

    private async Task SkipAsync(string itemId, IgnoreReason reason, string? address)
    {
        var now = live.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var page = new PageReceipt(
            PageKind.Live,
            now,
            [new TakenItem("taken " + itemId, now)],
            [new SkippedItem(itemId, IsMeeting: false, now, reason, address is null ? null : Address(address))]);
        await live.Services.GetRequiredService<CaptureReceipts>().CommitAsync(SampleFirm.TenantId, SampleFirm.Mira.Id, page, [], default);
    }

    private Task CorrespondAsync(string address, string name)
    {
        var now = live.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var who = new Correspondent(Address(address), name);
        return live.Services.GetRequiredService<Correspondents>().CountAsync(
            SampleFirm.TenantId,
            SampleFirm.Mira.Id,
            [
                .. Enumerable.Range(0, 9).Select(i => new CorrespondentMail(
                    $"{address} {i}", who, i % 2 == 0 ? Direction.Incoming : Direction.Outgoing, now.AddDays(-i))),
            ],
            default);
    }

    private static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));
}
