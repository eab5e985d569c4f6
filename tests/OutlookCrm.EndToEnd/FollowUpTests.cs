using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(SecondHalf))]
public sealed class FollowUpTests(LiveProduct live)
{
    private const string Address = "technik@hotel-weberhof.example";

    [Fact]
    public async Task A_promise_is_planned_beside_the_mail_done_where_it_stands_and_taken_back()
    {
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        var subject = await outlook.Page.EvaluateAsync<string>("() => window.smallOutlook.selected.subject");
        await outlook.Card.Locator("#follow-ups").GetByRole(AriaRole.Button, new() { Name = "Follow up" }).ClickAsync();
        var note = outlook.Card.Locator("#follow-ups").GetByLabel("What");
        await Expect(note).ToHaveValueAsync(subject);
        await note.FillAsync("Send the pallet sizes");
        await outlook.Card.Locator("#follow-ups").GetByRole(AriaRole.Button, new() { Name = "Tomorrow" }).ClickAsync();

        // Another promise to the same customer may stand there as done.
        var promise = outlook.Card.Locator("#follow-ups .promise").Filter(new() { HasText = "Send the pallet sizes" });
        await promise.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(promise).ToContainTextAsync("Done · ");
        await promise.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(promise.GetByRole(AriaRole.Button, new() { Name = "Done" })).ToBeVisibleAsync();

        // On one's own day too, which stays when the mail is closed, until it is put off there and done.
        await outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "My day" }).ClickAsync();
        var line = outlook.Card.Locator(".agenda .promise").Filter(new() { HasText = "Send the pallet sizes" });
        await Expect(line).ToBeVisibleAsync();
        await Expect(outlook.Pane.Locator("#back")).ToBeVisibleAsync();
        await outlook.SelectAsync("none");
        await Expect(outlook.Pane.Locator("#back")).ToBeHiddenAsync();
        await line.GetByText("Later, hand over, change").ClickAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "In 3 days" }).ClickAsync();
        await Expect(outlook.Bar).ToHaveTextAsync("Put off.");
        await line.GetByRole(AriaRole.Button, new() { Name = "Done" }).PressAsync("Enter");
        await Expect(line).ToContainTextAsync("Done · ");
        Assert.Empty(await OpenAsync());

        // It stays there to be taken back, with the focus.
        await Expect(line).ToBeFocusedAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Undo" }).PressAsync("Enter");
        await Expect(line.GetByRole(AriaRole.Button, new() { Name = "Done" })).ToBeVisibleAsync();
        Assert.Single(await OpenAsync());
        await line.GetByRole(AriaRole.Button, new() { Name = "Done" }).PressAsync("Enter");
        await Expect(line).ToContainTextAsync("Done · ");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_promise_that_is_being_typed_stays_under_ones_hands_while_the_wish_to_stay_in_touch_is_saved()
    {
        const string Address = "u.schaefer@schaefer-bau.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        var held = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/api/customers/*", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        var section = outlook.Card.Locator("#follow-ups");
        await section.GetByRole(AriaRole.Button, new() { Name = "Follow up" }).ClickAsync();
        var note = section.GetByLabel("What");
        await note.FillAsync("Send the sizes");
        var days = section.GetByRole(AriaRole.Spinbutton);
        await days.FillAsync("60");
        await days.PressAsync("Enter");
        await note.FocusAsync();
        await note.EvaluateAsync("input => input.setSelectionRange(9, 9)");

        held.SetResult();
        await Expect(outlook.Bar).ToHaveTextAsync("Saved.");
        await Expect(note).ToBeFocusedAsync();
        await outlook.Page.Keyboard.TypeAsync("pallet ");
        await Expect(note).ToHaveValueAsync("Send the pallet sizes");

        // The other form goes on from what it saved, without a conflict.
        await days.FillAsync("90");
        var saved = await outlook.Page.RunAndWaitForResponseAsync(() => days.PressAsync("Enter"), answer => answer.Request.Method == "PATCH");
        Assert.Equal(200, saved.Status);
        Assert.Equal(90, (int?)(await live.CardAsync(Address))["everyDays"]);
        await section.GetByRole(AriaRole.Button, new() { Name = "Tomorrow" }).ClickAsync();
        await Expect(section.Locator(".promise")).ToContainTextAsync("Send the pallet sizes");
        Assert.Empty(outlook.Complaints);
    }

    [Theory]
    [InlineData("Samples to see", false)]
    [InlineData("Samples to take", true)] // as Outlook opens a meeting for whoever called it
    public async Task A_promise_made_beside_a_meeting_opens_it(string subject, bool isEdited)
    {
        const string Address = "kenichi.sato@sato-trading.example";
        var now = live.Sandbox.Clock.GetUtcNow();
        var booked = live.Sandbox.MailboxOf(SampleFirm.Mira).Calendar.Add(
            new Meeting(
                subject, new Correspondent(SampleFirm.Mira.Name, SampleFirm.Mira.Address), [new Attendee(new Correspondent("Kenichi Sato", Address), "accepted")],
                subject, "", "", now.AddDays(1), now.AddDays(1).AddHours(1), "Europe/Berlin"),
            now)!;
        await using var outlook = await live.OpenAsync($"event={Uri.EscapeDataString(booked.Id)}&open=no&pin=yes");
        if (isEdited)
        {
            await outlook.Page.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();
            await Expect(outlook.Page.Locator(".planner")).ToBeVisibleAsync();
        }

        await outlook.Page.Locator("#open-pane").ClickAsync();
        var section = outlook.Card.Locator("#follow-ups");
        await section.GetByRole(AriaRole.Button, new() { Name = "Follow up" }).ClickAsync();
        await Expect(section.GetByLabel("What")).ToHaveValueAsync(subject);
        await section.GetByRole(AriaRole.Button, new() { Name = "Tomorrow" }).ClickAsync();

        // The mailbox is asked for its link behind the click, and the card comes to know it by itself.
        var link = section.Locator(".promise", new() { HasText = subject }).GetByRole(AriaRole.Link, new() { Name = "Open in Outlook" });
        await Expect(link).ToHaveAttributeAsync("href", $"{live.Sandbox.Addresses.Outlook}?event={Uri.EscapeDataString(booked.Id)}");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task Ones_own_day_shows_by_itself_what_was_planned_elsewhere_meanwhile()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes");
        await outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "My day" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("My day");
        using var api = live.Api(SampleFirm.Mira);
        using var planned = await api.PostAsJsonAsync(
            $"/api/customers/{(await live.CardAsync(Address))["id"]}/follow-ups", new { id = Guid.NewGuid(), note = "Measure the gate", when = "tomorrow" });
        planned.EnsureSuccessStatusCode();

        var line = outlook.Card.Locator(".agenda .promise").Filter(new() { HasText = "Measure the gate" });
        await Expect(line).ToBeVisibleAsync();
        await Expect(outlook.Who).ToBeFocusedAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(line).ToContainTextAsync("Done · ");
    }

    private async Task<JsonArray> OpenAsync()
    {
        using var api = live.Api(SampleFirm.Mira);
        var card = (await api.GetFromJsonAsync<JsonObject>($"/api/card?address={Address}"))!["card"]!;
        return card["followUps"]!["open"]!.AsArray();
    }
}
