using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>An owner erases a customer from the card: what goes is said, a wrong name is refused in words, then nobody is found any more.</summary>
[Collection(nameof(SecondHalf))]
public sealed class ErasureTests(LiveProduct live)
{
    [Fact]
    public async Task A_customer_is_erased_from_the_card()
    {
        const string address = "olga.forgetmi@lethe.example";
        using var mira = live.Api(SampleFirm.Mira);
        using var made = await mira.PostAsync(
            "/api/customers", new StringContent($$"""{"name":"Olga Forgetmi","address":"{{address}}"}""", System.Text.Encoding.UTF8, "application/json"));
        made.EnsureSuccessStatusCode();
        await using var outlook = await live.OpenAsync("item=none&open=yes");
        await Expect(outlook.Pane.Locator("#receipt")).ToBeVisibleAsync(); // with the first line at the foot comes what is to be forgotten
        await outlook.Pane.Locator("#find").FillAsync("Olga Forgetmi");
        await outlook.Pane.Locator("#hits [data-show]", new() { HasText = "Olga Forgetmi" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Olga Forgetmi");
        await outlook.Card.GetByText("Call, mail and more").ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Erase this customer" }).ClickAsync();
        var form = outlook.Card.Locator("form[data-form=erase]");
        await Expect(form).ToContainTextAsync(address);
        await outlook.AssertAccessibleAsync("what is erased");
        Assert.True(await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320);

        await form.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Erase this customer" }).ClickAsync();
        Assert.True(await IsKeptAsync());
        await form.Locator("[name=name]").FillAsync("Olga");
        await form.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await Expect(form).ToContainTextAsync("must be what the customer is called");
        await form.Locator("[name=name]").FillAsync("Olga Forgetmi");
        await form.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Erased");

        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Erased people" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync($"A customer, asked for by {SampleFirm.Mira.Name}");
        await outlook.AssertAccessibleAsync("erased people");

        // Browsers forget their cards when they hear of it, here by a click on the line at the foot.
        for (var patience = 0; patience < 200 && await IsKeptAsync(); patience++)
        {
            await outlook.Pane.Locator("#receipt").ClickAsync();
            await outlook.Page.WaitForTimeoutAsync(250);
        }

        Assert.False(await IsKeptAsync());
        Assert.DoesNotContain("Olga", await mira.GetStringAsync("/api/search?q=olga+forgetmi"), StringComparison.Ordinal);
        Assert.Empty(outlook.Complaints);

        Task<bool> IsKeptAsync() => outlook.PaneFrame.EvaluateAsync<bool>(
            "Object.entries(localStorage).some(([key, value]) => key.startsWith('crm.card.') && value.includes('Olga'))");
    }
}
