using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OutlookCrm.Capture;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>From a line of the timeline: why it is here, not this mail, and back again; a call is written down.</summary>
[Collection(nameof(SecondHalf))]
public sealed class UndoTests(LiveProduct live)
{
    [Fact]
    public async Task A_mail_needs_no_answer_says_why_it_is_here_is_taken_off_and_taken_back()
    {
        const string Sender = "undo.me@reading-room.example";
        var customer = await CustomerAsync(Sender, "Una Domery");
        var letter = new Letter(
            "<undo@reading-room.example>", "undo", new Correspondent("Una Domery", Sender), [new("Mira", SampleFirm.Mira.Address)], [], "Reading lamps",
            live.Sandbox.Post.Now, "How soon could they come?", null, [], []);
        live.Sandbox.Post.Deliver(letter, "inbox");
        await live.Services.GetRequiredService<CaptureRequests>().LookAsync(SampleFirm.TenantId, SampleFirm.Mira.Id, default);
        using var mira = live.Api(SampleFirm.Mira);
        for (var tries = 0; tries < 600 && !(await mira.GetStringAsync($"/api/customers/{customer}/timeline")).Contains("Reading lamps", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(100);
        }

        await using var outlook = await live.OpenAsync($"item=from:{Sender}&open=yes");
        var line = outlook.Card.Locator(".lines > li", new() { HasText = "Reading lamps" });
        var waits = outlook.Card.Locator(".who", new() { HasText = "They wait for us" });
        await Expect(waits).ToBeVisibleAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "No answer needed" }).FocusAsync();
        await outlook.Page.Keyboard.PressAsync("Enter");
        var undo = line.GetByRole(AriaRole.Button, new() { Name = "Undo" });
        await Expect(undo).ToBeFocusedAsync();
        await Expect(line).ToContainTextAsync("No answer needed");
        await Expect(waits).ToHaveCountAsync(0);
        await LookAtAsync(outlook, "no answer needed");
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(line.GetByRole(AriaRole.Button, new() { Name = "No answer needed" })).ToBeFocusedAsync();
        await Expect(waits).ToBeVisibleAsync();

        await line.GetByText("Why?").FocusAsync();
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(line).ToContainTextAsync($"because {Sender} wrote it");
        await Expect(line).ToContainTextAsync("your mailbox");
        await LookAtAsync(outlook, "why");

        await line.GetByRole(AriaRole.Button, new() { Name = "Not this mail" }).ClickAsync();
        await Expect(line).ToContainTextAsync("Removes 1 mail from 1 customer.");
        await LookAtAsync(outlook, "preview");
        await line.GetByRole(AriaRole.Button, new() { Name = "Not this mail" }).ClickAsync();
        var taken = outlook.Card.Locator(".lines > li", new() { HasText = "Taken off: 1 mail from 1 customer." });
        await Expect(taken).ToBeVisibleAsync();
        await Expect(line).ToHaveCountAsync(0);
        Assert.DoesNotContain("Reading lamps", await mira.GetStringAsync($"/api/customers/{customer}/timeline"), StringComparison.Ordinal);

        await taken.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(line).ToBeVisibleAsync();
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_call_is_written_down_and_edited()
    {
        const string Caller = "rings@often.example";
        var customer = await CustomerAsync(Caller, "Rina Often");
        await using var outlook = await live.OpenAsync("item=none&open=yes&theme=dark", dark: true);
        await outlook.Pane.Locator("#find").FillAsync("Rina Often");
        await outlook.Pane.Locator("#hits [data-show]", new() { HasText = "Rina Often" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Rina Often");
        await outlook.Card.GetByText("Call, mail and more").ClickAsync();
        var form = outlook.Card.Locator("form[data-form=call]");
        await form.Locator("[name=direction]").SelectOptionAsync("incoming");
        await form.Locator("textarea").FillAsync("Asked for the price.");
        await LookAtAsync(outlook, "call");
        await form.Locator("button.primary").ClickAsync();
        var line = outlook.Card.Locator(".lines > li", new() { HasText = "Asked for the price." });
        await Expect(line).ToContainTextAsync("Call taken by Mira");

        await line.GetByLabel("Edit call").ClickAsync();
        await line.Locator("textarea").FillAsync("Ordered.");
        await line.Locator("button.primary").ClickAsync();
        await Expect(outlook.Card.Locator(".lines > li", new() { HasText = "Ordered." })).ToHaveCountAsync(1);
        using var mira = live.Api(SampleFirm.Mira);
        Assert.Contains("\"kind\":\"call\"", await mira.GetStringAsync($"/api/customers/{customer}/timeline"), StringComparison.Ordinal);
    }

    private static async Task LookAtAsync(OutlookPage outlook, string what)
    {
        Assert.True(await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320, $"{what} is wider than 320 px.");
        await outlook.AssertAccessibleAsync(what);
    }

    private async Task<string> CustomerAsync(string address, string name)
    {
        using var mira = live.Api(SampleFirm.Mira);
        using var answer = await mira.PostAsync(
            "/api/customers", new StringContent($$"""{"name":"{{name}}","address":"{{address}}"}""", System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        return (string)System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!;
    }
}
