using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(FirstHalf))]
public sealed class SignInTests(LiveProduct live)
{
    private const string Mail = "item=from:s.weber@hotel-weberhof.example&open=yes&pin=yes";

    [Fact]
    public async Task Whoever_is_signed_in_to_Outlook_is_never_asked()
    {
        await using var outlook = await live.OpenAsync(Mail);

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        Assert.Single(outlook.Page.Context.Pages);
        Assert.Equal(["GetInitContext", "GetToken"], await BridgeRequestsAsync(outlook));
    }

    [Fact]
    public async Task Nor_where_office_js_brings_the_bridge_only_when_it_is_ready()
    {
        await using var outlook = await live.OpenAsync(Mail + "&bridge=late");

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        Assert.Equal(["GetInitContext", "GetToken"], await BridgeRequestsAsync(outlook));
    }

    [Fact]
    public async Task Signed_out_one_click_signs_in_through_Outlook_and_the_card_is_there()
    {
        await using var outlook = await live.OpenAsync(Mail + "&signedin=no");
        var signIn = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Sign in" });
        await Expect(signIn).ToBeVisibleAsync();

        await PickMiraAsync(outlook, signIn);

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
    }

    [Fact]
    public async Task A_cancelled_sign_in_says_so_and_asks_again_only_after_a_click()
    {
        await using var outlook = await live.OpenAsync(Mail + "&signedin=no");
        var signIn = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Sign in" });

        var window = await outlook.Page.Context.RunAndWaitForPageAsync(() => signIn.ClickAsync());
        await window.CloseAsync();

        await Expect(outlook.Card).ToContainTextAsync("Signing in was cancelled");
        await outlook.Page.WaitForTimeoutAsync(2_000);
        Assert.Single(outlook.Page.Context.Pages);
        Assert.Single(await BridgeRequestsAsync(outlook), method => method == "GetTokenPopup");
    }

    [Fact]
    public async Task Without_a_bridge_the_window_of_the_ordinary_sign_in_does_and_the_page_that_was_asked_for_comes()
    {
        await using var outlook = await live.OpenAsync(Mail + "&bridge=off&signedin=no");
        var signIn = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Sign in" });
        await Expect(signIn).ToBeVisibleAsync();
        await outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "My day" }).ClickAsync();

        await PickMiraAsync(outlook, signIn);

        await Expect(outlook.Who).ToHaveTextAsync("My day");
        await outlook.Pane.Locator("#back").ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
    }

    [Fact]
    public async Task A_bridge_that_never_answers_does_not_hang_the_pane()
    {
        await using var outlook = await live.OpenAsync(Mail + "&bridge=silent");

        await Expect(outlook.Card).ToContainTextAsync("Outlook did not answer");
        var signIn = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Sign in" });
        await Expect(signIn).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_token_that_the_server_no_longer_takes_is_renewed_without_a_word()
    {
        await using var outlook = await live.OpenAsync(Mail);
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");

        // What a pane holds after a long night: a token that nobody accepts, though its date says otherwise.
        var refusedOnce = false;
        await outlook.Page.RouteAsync("**/api/card?**", async route =>
        {
            if (refusedOnce)
            {
                await route.ContinueAsync();
                return;
            }

            refusedOnce = true;
            await route.FulfillAsync(new() { Status = 401, Body = "" });
        });
        await outlook.SelectAsync("from:fiona.macleod@lakeside-architects.example");

        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");
        Assert.True(refusedOnce);
    }

    [Fact]
    public async Task A_server_that_refuses_every_token_is_asked_twice_and_no_more()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");
        var asked = 0;
        await outlook.Page.RouteAsync("**/api/card?**", async route =>
        {
            Interlocked.Increment(ref asked);
            await route.FulfillAsync(new() { Status = 401, Body = "" });
        });

        await outlook.SelectAsync("from:fiona.macleod@lakeside-architects.example");
        await Expect(outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await outlook.Page.WaitForTimeoutAsync(3_000);

        Assert.Equal(2, asked);
    }

    private static async Task PickMiraAsync(OutlookPage outlook, ILocator signIn)
    {
        var window = await outlook.Page.Context.RunAndWaitForPageAsync(() => signIn.ClickAsync());
        await window.GetByText("Mira Birnbaum").First.ClickAsync();
    }

    private static Task<string[]> BridgeRequestsAsync(OutlookPage outlook) =>
        outlook.Page.EvaluateAsync<string[]>("window.smallOutlook.bridgeRequests.map((request) => request.method)");
}
