using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>What is recorded while a card is shown comes to it by itself, and takes nothing out of anybody's hands.</summary>
[Collection(nameof(SecondHalf))]
public sealed class RenewalTests(LiveProduct live)
{
    private const string Cards = "**/api/card?**";

    /// <summary>How often it looks, renewal.test.ts says.</summary>
    [Fact]
    public async Task What_a_colleague_records_comes_with_the_next_look_and_disturbs_nobody()
    {
        const string Address = "chloe@atelier-dubois.example";
        await WriteAsync(Address, [.. Enumerable.Range(1, 15).Select(number => $"Older note {number}. {new string('x', 200)}")]);
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        await Expect(Line(outlook, "Older note 15")).ToBeVisibleAsync();
        var note = outlook.Card.Locator("form[data-form=note] textarea");
        await note.PressSequentiallyAsync("Half a thou");
        var read = Line(outlook, "Older note 14");
        await read.GetByRole(AriaRole.Button, new() { Name = "Show all" }).EvaluateAsync("button => button.click()");
        await outlook.PaneFrame.EvaluateAsync("() => new Promise((scrolled) => { addEventListener('scroll', scrolled, { once: true }); scrollTo(0, 300); })");
        var before = await read.EvaluateAsync<double>("line => line.getBoundingClientRect().top");

        await WriteAsync(Address, ["Rang: the frame may be oak."]);
        ConcurrentQueue<string> looks = [];
        await outlook.Page.RouteAsync(Cards, async route =>
        {
            var answer = await route.FetchAsync();
            looks.Enqueue(await answer.TextAsync());
            await route.FulfillAsync(new() { Response = answer });
        });
        await Expect(Line(outlook, "the frame may be oak")).ToBeAttachedAsync();

        // One may have been on its way when it was written, and brought it.
        Assert.True(looks.IsEmpty || looks.First().Contains("the frame may be oak", StringComparison.Ordinal));
        await Expect(outlook.Pane.Locator("#say")).ToContainTextAsync("Something new");
        await Expect(note).ToBeFocusedAsync();
        await Expect(note).ToHaveValueAsync("Half a thou");
        await Expect(read.GetByRole(AriaRole.Button, new() { Name = "Show less" })).ToBeVisibleAsync();
        Assert.Equal(before, await read.EvaluateAsync<double>("line => line.getBoundingClientRect().top"), tolerance: 2);
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task A_form_that_is_open_waits_and_a_save_from_it_overwrites_nothing_unseen()
    {
        const string Address = "oliver@quillandpage.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        await outlook.EditAsync("Edit tags");
        var form = outlook.Card.Locator("form[data-form=tags]");
        await form.GetByLabel("Tags, with commas between").FillAsync("bakery, mine");

        await live.PatchAsync(Address, new { tags = new[] { "bakery", "theirs" } });
        await WriteAsync(Address, ["The card has been asked for again."]);
        await Expect(Line(outlook, "asked for again")).ToBeVisibleAsync();
        await Expect(form.GetByLabel("Tags, with commas between")).ToHaveValueAsync("bakery, mine");
        await form.Locator("button.primary").ClickAsync();

        var conflict = outlook.Card.Locator(".conflict");
        await Expect(conflict).ToContainTextAsync("theirs");
        await Expect(conflict).ToContainTextAsync("mine");
        Assert.DoesNotContain("mine", (await live.CardAsync(Address))["tags"]!.AsArray().Select(tag => (string?)tag));

        await form.GetByLabel("Tags, with commas between").PressAsync("Escape");
        await Expect(outlook.Card.Locator(".tags")).ToContainTextAsync("theirs");
        await Expect(outlook.Card.GetByLabel("Edit tags")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Somebody_who_becomes_a_customer_elsewhere_turns_from_a_form_into_a_card_unless_it_is_being_filled_in()
    {
        const string Address = "newsletter@holz-handwerk.example";
        await using var idle = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        await using var typing = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        await Expect(idle.Card.Locator("form[data-form=create]")).ToBeVisibleAsync();
        var typed = typing.Card.Locator("form[data-form=create] [name=jobTitle]");
        await typed.FillAsync("Editor");

        using var api = live.Api(SampleFirm.Tomasz);
        using var made = await api.PostAsJsonAsync("/api/customers", new { name = "Holz und Handwerk", address = Address });
        made.EnsureSuccessStatusCode();

        await Expect(idle.Who).ToHaveTextAsync("Holz und Handwerk");
        await Expect(idle.Card.Locator("form[data-form=note]")).ToBeVisibleAsync();
        await Expect(typing.Bar).ToContainTextAsync("is a customer now");
        await Expect(typed).ToHaveValueAsync("Editor");
        await typing.Pane.Locator("#bar-button").ClickAsync();
        await Expect(typing.Who).ToHaveTextAsync("Holz und Handwerk");
    }

    [Fact]
    public async Task As_long_as_nothing_happens_nothing_is_sent()
    {
        await using var outlook = await live.OpenAsync("item=from:fiona.macleod@lakeside-architects.example&open=yes&pin=yes");
        await Expect(outlook.Who).ToHaveTextAsync("Fiona MacLeod");

        await outlook.Page.WaitForResponseAsync(
            response => response.Url.Contains("/api/card?", StringComparison.Ordinal) && response.Status == 304);

        await Expect(outlook.Card).ToContainTextAsync("Lakeside");
    }

    [Fact]
    public async Task What_was_asked_for_before_a_click_does_not_undo_it_on_the_screen()
    {
        const string Address = "fiona.macleod@lakeside-architects.example";
        using var api = live.Api(SampleFirm.Mira);
        using var planned = await api.PostAsJsonAsync(
            $"/api/customers/{(await live.CardAsync(Address))["id"]}/follow-ups", new { id = Guid.NewGuid(), note = "Show the oak", when = "tomorrow" });
        planned.EnsureSuccessStatusCode();
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes&pin=yes");
        var promise = outlook.Card.Locator("#follow-ups .promise").Filter(new() { HasText = "Show the oak" });
        await Expect(promise).ToBeVisibleAsync();
        var (isRead, mayCome) = (new TaskCompletionSource(), new TaskCompletionSource());
        await outlook.Page.RouteAsync(Cards, async route =>
        {
            var answer = await route.FetchAsync();
            if (answer.Status == 200 && isRead.TrySetResult())
            {
                await mayCome.Task;
            }

            await route.FulfillAsync(new() { Response = answer });
        });
        await WriteAsync(Address, ["Asked how the oak looks."]);
        await isRead.Task;

        await promise.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(promise).ToContainTextAsync("Done · ");
        var come = outlook.Page.WaitForRequestFinishedAsync(new() { Predicate = request => request.Url.Contains("/api/card?", StringComparison.Ordinal) });
        mayCome.SetResult();
        await come;

        // Told of at the browser's end of the wire; the pane draws it a moment later.
        await outlook.PaneFrame.EvaluateAsync("() => new Promise((soon) => setTimeout(soon, 200))");
        Assert.Contains("Done · ", await promise.InnerTextAsync(), StringComparison.Ordinal);
        await Expect(Line(outlook, "how the oak looks")).ToBeAttachedAsync();
        Assert.Empty(outlook.Complaints);
    }

    /// <summary>Not by its place: a meeting that is still to come stands above what was just written.</summary>
    private static ILocator Line(OutlookPage outlook, string text) => outlook.Card.Locator("#timeline li", new() { HasText = text });

    /// <summary>Notes as a colleague's own pane would save them.</summary>
    private async Task WriteAsync(string address, string[] notes)
    {
        var id = (await live.CardAsync(address))["id"];
        using var api = live.Api(SampleFirm.Tomasz);
        foreach (var text in notes)
        {
            using var answer = await api.PostAsJsonAsync($"/api/customers/{id}/notes", new { id = Guid.NewGuid(), text });
            answer.EnsureSuccessStatusCode();
        }
    }
}
