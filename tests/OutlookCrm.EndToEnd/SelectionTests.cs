using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(FirstHalf))]
public sealed class SelectionTests(LiveProduct live)
{
    [Fact]
    public async Task The_sender_s_card_stands_beside_the_mail()
    {
        await using var outlook = await live.OpenAsync("item=from:s.weber@hotel-weberhof.example&open=yes");

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        await Expect(outlook.Card).ToContainTextAsync("Hotel Weberhof GmbH");
        await Expect(outlook.Card).ToContainTextAsync("One fixed contact who calls back the same day");
        Assert.Empty(outlook.Complaints);
        Assert.Empty(outlook.Outside);
    }

    [Fact]
    public async Task A_pane_of_another_origin_shows_the_same()
    {
        await using var outlook = await live.OpenAsync("item=from:s.weber@hotel-weberhof.example&open=yes&pane=other");

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_mail_that_is_opened_while_the_pane_still_starts_is_not_missed()
    {
        await using var outlook = await live.OpenAsync("item=none&open=no");
        var mayStart = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/assets/taskpane-*.js", async route =>
        {
            await mayStart.Task;
            await route.ContinueAsync();
        });
        await outlook.Page.Locator("#open-pane").ClickAsync();
        await outlook.Page.EvaluateAsync("async () => { while (!window.smallOutlook.host.hasAsked) await new Promise((soon) => setTimeout(soon, 20)); }");

        await outlook.SelectAsync("from:s.weber@hotel-weberhof.example");
        mayStart.SetResult();

        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");
    }

    [Fact]
    public async Task What_is_clicked_while_the_pane_still_starts_is_shown()
    {
        await using var outlook = await live.OpenAsync("item=none&open=no");
        var mayStart = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/outlook-web-16.01*.js", async route =>
        {
            await mayStart.Task;
            await route.ContinueAsync();
        });
        await outlook.Page.Locator("#open-pane").ClickAsync();
        await outlook.Pane.GetByRole(AriaRole.Button, new() { Name = "Insights" }).ClickAsync();
        mayStart.SetResult();

        await Expect(outlook.Who).ToHaveTextAsync("Insights");
    }

    [Fact]
    public async Task Pinned_the_card_follows_twenty_messages_and_is_never_another_person_s()
    {
        await using var outlook = await live.OpenAsync("open=yes&pin=yes");
        await Expect(outlook.Who).ToBeVisibleAsync();

        for (var message = 0; message < 20; message++)
        {
            await outlook.Page.Locator("#messages").PressAsync("ArrowDown");
            var row = outlook.Page.Locator("#messages [aria-selected=true]");
            await Expect(row).ToHaveAttributeAsync("data-index", $"{message + 1}");
            await Expect(outlook.Page.Locator("#reading h2")).ToBeVisibleAsync();

            // The sender; of a colleague's mail the customer to whom it went.
            var people = await outlook.Page.EvaluateAsync<string[]>(
                """
                () => {
                  const mail = window.smallOutlook.selected, from = mail.from.emailAddress.address;
                  return from.endsWith('@birnbaum.example')
                    ? [from, ...[...mail.toRecipients, ...mail.ccRecipients].map((one) => one.emailAddress.address)] : [from];
                }
                """);
            var shown = string.Join(", ", people.Select(one => $"[data-address='{one}' i], a[href='mailto:{Uri.EscapeDataString(one).Replace("%40", "@")}' i]"));
            await Expect(outlook.Card.Locator(shown).First).ToBeAttachedAsync();
            await Expect(outlook.Card).Not.ToHaveAttributeAsync("aria-busy", "true");
        }

        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task An_answer_that_comes_late_never_paints_over_a_newer_selection()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail");

        // The first customer's card is held back until the second one's has been shown.
        var release = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/api/card?address=s.weber**", async route =>
        {
            await release.Task;
            await route.ContinueAsync();
        });
        await outlook.SelectAsync("from:s.weber@hotel-weberhof.example");
        await outlook.SelectAsync("from:fiona.macleod@lakeside-architects.example");
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");
        release.SetResult();
        await outlook.Page.WaitForTimeoutAsync(500);

        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");
        await Expect(outlook.Card).Not.ToContainTextAsync("Sabine Weber");
    }

    [Fact]
    public async Task With_nothing_selected_the_pane_says_what_to_do()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");

        await Expect(outlook.Card).ToContainTextAsync("Select a mail or a meeting");
        await outlook.SelectAsync("from:elif@zahnarzt-yilmaz.example");
        await Expect(outlook.Who).ToHaveTextAsync("Dr. Elif Yılmaz");
        await outlook.SelectAsync("none");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail or a meeting");
    }

    [Fact]
    public async Task The_card_is_asked_for_in_the_reader_s_own_time_zone()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await Expect(outlook.Card).ToContainTextAsync("Select a mail or a meeting");

        var asked = await outlook.Page.RunAndWaitForRequestAsync(
            () => outlook.SelectAsync("from:elif@zahnarzt-yilmaz.example"),
            request => request.Url.Contains("/api/card?", StringComparison.Ordinal));

        Assert.Equal("Europe/Berlin", await asked.HeaderValueAsync("time-zone"));
    }

    [Fact]
    public async Task A_colleague_is_shown_as_one_of_us_and_never_as_a_customer()
    {
        await using var outlook = await live.OpenAsync("user=tomasz@birnbaum.example&item=from:amara@birnbaum.example&open=yes");

        await Expect(outlook.Card.Locator("[data-colleague]")).ToBeAttachedAsync();
        await Expect(outlook.Card.Locator("form[data-form=create]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Everyone_on_the_item_can_be_switched_to_and_back()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        var withSeveral = await outlook.Page.EvaluateAsync<string>(
            """
            async () => {
              const token = (await (await fetch('/sandbox/tokens', { method: 'POST', headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ colleague: 'mira@birnbaum.example', for: 'graph' }) })).json()).accessToken;
              const mails = (await (await fetch('/graph/v1.0/me/messages?$top=500&$select=id,from,toRecipients,ccRecipients',
                { headers: { Authorization: `Bearer ${token}` } })).json()).value;
              const outside = (one) => one && !one.emailAddress.address.endsWith('@birnbaum.example');
              return mails.find((mail) => outside(mail.from) && mail.ccRecipients.filter(outside).length > 0).id;
            }
            """);
        await outlook.SelectAsync(withSeveral);
        var people = outlook.Pane.Locator("#people button[data-address]");
        await Expect(people).Not.ToHaveCountAsync(0);
        var sender = await outlook.Who.TextContentAsync();

        await people.Nth(1).ClickAsync();
        await Expect(outlook.Who).Not.ToHaveTextAsync(sender!);
        await outlook.Pane.Locator("#back").ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync(sender!);
    }

    [Fact]
    public async Task Of_a_colleague_s_mail_the_customer_is_shown_and_a_known_colleague_is_not_asked_about_again()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        var mails = await outlook.Page.EvaluateAsync<string[][]>(
            """
            async () => {
              const token = (await (await fetch('/sandbox/tokens', { method: 'POST', headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ colleague: 'mira@birnbaum.example', for: 'graph' }) })).json()).accessToken;
              const mails = (await (await fetch('/graph/v1.0/me/messages?$top=500&$select=id,from,toRecipients',
                { headers: { Authorization: `Bearer ${token}` } })).json()).value;
              return mails.map((mail) => [mail.id, mail.from.emailAddress.address, mail.toRecipients[0]?.emailAddress.address ?? ''])
                .filter(([, from, to]) => from === 'tomasz@birnbaum.example' && to && !to.endsWith('@birnbaum.example'));
            }
            """);
        var (first, second) = (mails[0], mails.First(mail => mail[2] != mails[0][2]));
        ConcurrentQueue<string> asked = [];
        outlook.Page.Request += (_, request) => asked.Enqueue(request.Url);

        await outlook.SelectAsync(first[0]);
        await ShownAsync(first[2]);
        var before = asked.Count(IsAboutTomasz);
        Assert.NotEqual(0, before);
        await outlook.SelectAsync(second[0]);
        await ShownAsync(second[2]);
        Assert.Equal(before, asked.Count(IsAboutTomasz));
        Assert.Empty(outlook.Complaints);

        Task ShownAsync(string address) =>
            Expect(outlook.Card.Locator($"[data-address='{address}' i], a[href='mailto:{address}' i]").First).ToBeAttachedAsync();

        static bool IsAboutTomasz(string url) => url.Contains("/api/card?address=tomasz", StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("macl", "Fiona MacLeod")]
    [InlineData("Hotel Web", "Hotel Weberhof GmbH")]
    [InlineData("saga@lind", "Saga Lindqvist")]
    [InlineData("novakova", "Ivana Nováková")]
    public async Task A_customer_is_found_by_the_start_of_a_name_a_company_or_an_address(string typed, string found)
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes");

        await outlook.Pane.GetByRole(AriaRole.Combobox, new() { Name = "Find a customer" }).PressSequentiallyAsync(typed);
        await Expect(outlook.Pane.Locator("#hits [role=option]").Filter(new() { HasText = found }).First).ToBeVisibleAsync();
        await outlook.Pane.Locator("#hits [role=option]").Filter(new() { HasText = found }).First.ClickAsync();

        await Expect(outlook.Who).ToHaveTextAsync(found);
    }

    [Fact]
    public async Task What_is_typed_while_the_pane_still_opens_is_searched_for_too()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes");
        await outlook.Page.AddInitScriptAsync(
            """
            new MutationObserver((_, watch) => {
              const box = document.getElementById('find');
              if (box) { watch.disconnect(); box.value = 'saga@lind'; }
            }).observe(document, { childList: true, subtree: true });
            """);
        await outlook.Page.ReloadAsync();

        await Expect(outlook.Pane.Locator("#hits [role=option]").Filter(new() { HasText = "Saga Lindqvist" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_meeting_shows_whom_it_is_with()
    {
        await using var outlook = await live.OpenAsync("item=none&open=yes&pin=yes");
        await outlook.SelectAsync("meeting");

        await Expect(outlook.Who).ToBeVisibleAsync();
        await Expect(outlook.Card.Locator("[data-customer], [data-address]").First).ToBeAttachedAsync();
    }
}
