using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(FirstHalf))]
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
            await outlook.UnfoldAsync();
            await outlook.AssertAccessibleAsync($"{state}, {(dark ? "dark" : "light")}");
        }
    }

    [Theory]
    [InlineData(false, ForcedColors.None)]
    [InlineData(true, ForcedColors.None)]
    [InlineData(true, ForcedColors.Active)]
    public async Task Axe_finds_nothing_when_a_save_is_refused_conflicts_or_reaches_nobody(bool dark, ForcedColors forced)
    {
        const string Known = "elif@zahnarzt-yilmaz.example";
        var look = $"{(dark ? "dark" : "light")}, forced colours {forced}";
        await using var outlook = await live.OpenAsync(
            $"item=from:k.vogelsang@vogelsang-optik.example&open=yes&pin=yes&theme={(dark ? "dark" : "light")}", dark, forcedColors: forced);
        var create = outlook.Card.Locator("form[data-form=create]");
        await Expect(create.Locator("[name=company]")).ToHaveValueAsync("Vogelsang Optik e. K.");
        await create.Locator("[name=website]").FillAsync("javascript:alert(1)");
        await create.GetByRole(AriaRole.Button, new() { Name = "Add customer" }).ClickAsync();
        await Expect(create.Locator(".error")).ToBeVisibleAsync();
        await outlook.AssertAccessibleAsync($"refused, {look}");

        await outlook.SelectAsync($"from:{Known}");
        await outlook.EditAsync("Edit tags");
        var tags = outlook.Card.Locator("form[data-form=tags]");
        await tags.GetByLabel("Tags, with commas between").FillAsync("mine");
        await live.PatchAsync(Known, new { tags = new[] { $"theirs {look}" } });
        await tags.Locator("button.primary").ClickAsync();
        await Expect(outlook.Card.Locator(".conflict")).ToBeVisibleAsync();
        await outlook.AssertAccessibleAsync($"conflict, {look}");
        await tags.GetByLabel("Tags, with commas between").PressAsync("Escape");

        var note = outlook.Card.Locator("form[data-form=note]");
        await note.Locator("textarea").FillAsync("Nobody hears this.");
        await outlook.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await note.Locator("button.primary").ClickAsync();
        await Expect(note.Locator(".problem")).ToBeVisibleAsync();
        await outlook.SelectAsync("none");
        await outlook.SelectAsync($"from:{Known}");
        await Expect(outlook.Bar).ToContainTextAsync("showing what we knew at");
        await outlook.AssertAccessibleAsync($"offline, {look}");
    }

    [Fact]
    public async Task Everything_fits_320_pixels()
    {
        foreach (var switches in States.Select(state => (string)state[1]))
        {
            await using var outlook = await live.OpenAsync($"{switches}&open=yes");
            await Expect(outlook.Card.Locator("#who, .empty, .signed-out").First).ToBeVisibleAsync();
            await outlook.UnfoldAsync();

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
        await Expect(outlook.Pane.Locator("#hits [role=option]").First).ToContainTextAsync("Ivana Nováková");
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
