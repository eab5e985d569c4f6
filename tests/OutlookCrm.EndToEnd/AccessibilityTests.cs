using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(LiveProduct))]
public sealed class AccessibilityTests(LiveProduct live)
{
    public static TheoryData<string, string> States => new()
    {
        { "nothing selected", "item=none" },
        { "known", "item=from:s.weber@hotel-weberhof.example" },
        { "organisation", "item=from:info@hotel-weberhof.example" },
        { "unknown", "item=from:beatriz.santos@quinta-do-vale.example" },
        { "colleague", "user=tomasz@birnbaum.example&item=from:amara@birnbaum.example" },
        { "reader", "user=amara@birnbaum.example" },
        { "signed out", "item=from:s.weber@hotel-weberhof.example&signedin=no" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task Axe_finds_nothing_in_light_dark_and_with_every_form_open(string state, string switches)
    {
        foreach (var dark in new[] { false, true })
        {
            await using var outlook = await live.OpenAsync($"{switches}&open=yes&theme={(dark ? "dark" : "light")}", dark);
            await Expect(outlook.Card.Locator("#who, .empty, .signed-out").First).ToBeVisibleAsync();
            await Expect(outlook.Card).Not.ToHaveAttributeAsync("aria-busy", "true");
            await outlook.PaneFrame.EvaluateAsync("document.querySelectorAll('details').forEach((one) => (one.open = true))");

            var found = await outlook.Page.RunAxe(new AxeRunContext
            {
                Include = [new AxeSelector("#pane-frame")],
            });

            Assert.True(
                found.Violations.Length == 0,
                $"{state}, {(dark ? "dark" : "light")}:\n" + string.Join('\n', found.Violations.Select(v =>
                    $"{v.Id}: {v.Help} — {string.Join(" | ", v.Nodes.Select(node => node.Html))}")));
        }
    }

    [Fact]
    public async Task Everything_fits_320_pixels()
    {
        foreach (var switches in States.Select(state => (string)state[1]))
        {
            await using var outlook = await live.OpenAsync($"{switches}&open=yes");
            await Expect(outlook.Card.Locator("#who, .empty, .signed-out").First).ToBeVisibleAsync();
            await outlook.PaneFrame.EvaluateAsync("document.querySelectorAll('details').forEach((one) => (one.open = true))");

            Assert.Equal(320, await outlook.PaneFrame.EvaluateAsync<int>("innerWidth"));
            Assert.True(
                await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320,
                $"{switches} is wider than 320 px.");
        }
    }

    [Fact]
    public async Task The_keyboard_alone_finds_edits_and_saves()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes");
        var find = outlook.Pane.GetByRole(AriaRole.Combobox, new() { Name = "Find a customer" });
        await find.FocusAsync();
        await outlook.Page.Keyboard.TypeAsync("Ivana Nov");
        await Expect(outlook.Pane.Locator("#hits [role=option]").First).ToBeVisibleAsync();
        await outlook.Page.Keyboard.PressAsync("ArrowDown");
        await outlook.Page.Keyboard.PressAsync("Enter");
        await Expect(outlook.Who).ToHaveTextAsync("Ivana Nováková");

        // The heading has the focus; the first pencil is a few steps on.
        var pencil = outlook.Card.GetByLabel("Edit name, company and stage");
        for (var step = 0; step < 10 && !await pencil.EvaluateAsync<bool>("one => one === document.activeElement"); step++)
        {
            await outlook.Page.Keyboard.PressAsync("Tab");
        }

        await outlook.Page.Keyboard.PressAsync("Enter");
        var name = outlook.Card.Locator("form[data-form=record]").GetByLabel("Name");
        await Expect(name).ToBeFocusedAsync();
        await outlook.Page.Keyboard.PressAsync("Tab");
        await outlook.Page.Keyboard.TypeAsync("Baker");
        await outlook.Page.Keyboard.PressAsync("Enter");

        await Expect(outlook.Card.Locator(".role").First).ToHaveTextAsync("Baker");
        await Expect(outlook.Pane.Locator("#say")).ToHaveTextAsync("Saved.");
    }
}
