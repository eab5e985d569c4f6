using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(SecondHalf))]
public sealed class OfflineTests(LiveProduct live)
{
    [Fact]
    public async Task A_server_that_stops_while_one_types_costs_not_a_word_and_the_note_is_kept_once()
    {
        const string Note = "Wants the drawings before Easter.";
        await using var outlook = await live.OpenAsync("item=from:s.weber@hotel-weberhof.example&open=yes&pin=yes");
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        var form = outlook.Card.Locator("form[data-form=note]");
        await form.Locator("textarea").FillAsync(Note);

        await live.StopProductAsync();
        try
        {
            await form.Locator("button.primary").ClickAsync();
            await Expect(form.Locator(".problem")).ToBeVisibleAsync();
            await Expect(form.Locator("textarea")).ToHaveValueAsync(Note);

            // Elsewhere and back: the last known card is there, marked as such, and so is the draft.
            await outlook.SelectAsync("none");
            await outlook.SelectAsync("from:s.weber@hotel-weberhof.example");
            await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
            await Expect(outlook.Bar).ToContainTextAsync("showing what we knew at");
            await Expect(form.Locator("textarea")).ToHaveValueAsync(Note);
        }
        finally
        {
            await live.StartProductAsync();
        }

        await form.Locator("button.primary").ClickAsync();
        var lines = outlook.Card.Locator("#timeline li", new() { HasText = Note });
        await Expect(lines).ToHaveCountAsync(1);
        using var api = live.Api(SampleFirm.Mira);
        var card = await api.GetFromJsonAsync<JsonObject>("/api/card?address=s.weber%40hotel-weberhof.example");
        Assert.Single(card!["card"]!["timeline"]!["lines"]!.AsArray(), line => (string?)line!["text"] == Note);
    }

    [Fact]
    public async Task Who_tries_again_by_keyboard_goes_on_at_the_card_when_the_button_has_gone()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");
        var isAway = true;
        await outlook.Page.RouteAsync("**/api/card?*", route => isAway ? route.AbortAsync() : route.ContinueAsync());
        await outlook.SelectAsync("from:n.petrova@krueger-immo.example");
        var again = outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "Try now" });
        await again.FocusAsync();
        isAway = false;
        await outlook.Page.Keyboard.PressAsync("Enter");

        await Expect(outlook.Who).ToHaveTextAsync("Nadja Petrova");
        await Expect(outlook.Who).ToBeFocusedAsync();
    }

    [Fact]
    public async Task When_the_server_is_back_the_card_comes_by_itself()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");
        await live.StopProductAsync();
        try
        {
            await outlook.SelectAsync("from:elif@zahnarzt-yilmaz.example");
            await Expect(outlook.Bar).ToContainTextAsync("Trying again by itself");
        }
        finally
        {
            await live.StartProductAsync();
        }

        await Expect(outlook.Who).ToHaveTextAsync("Dr. Elif Yılmaz");
        await Expect(outlook.Card).ToContainTextAsync("Zahnarztpraxis");
    }
}
