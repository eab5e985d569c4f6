using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(SecondHalf))]
public sealed class EditingTests(LiveProduct live)
{
    [Fact]
    public async Task A_field_is_edited_in_place_and_saved()
    {
        await using var outlook = await live.OpenAsync("item=from:technik@hotel-weberhof.example&open=yes");
        await Expect(outlook.Who).ToHaveTextAsync("Luca Moretti");

        await outlook.EditAsync("Edit name, company and stage");
        var form = outlook.Card.Locator("form[data-form=record]");
        await form.GetByLabel("Job title").FillAsync("Head of maintenance");
        await form.GetByLabel("Job title").PressAsync("Enter");

        await Expect(outlook.Card.Locator(".role").First).ToHaveTextAsync("Head of maintenance");
        await Expect(outlook.Bar).ToHaveTextAsync("Saved.");
        Assert.Equal("Head of maintenance", (string?)(await live.CardAsync("technik@hotel-weberhof.example"))["jobTitle"]);
    }

    [Fact]
    public async Task A_purchase_is_entered_beside_the_mail_and_counted_on_the_card()
    {
        await using var outlook = await live.OpenAsync("item=from:technik@hotel-weberhof.example&open=yes");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Purchases", Exact = true }).ClickAsync();
        var form = outlook.Card.Locator("form[data-form=purchase]");
        await form.GetByLabel("What").FillAsync("Desk chair");
        await form.GetByLabel("Amount without tax").FillAsync("1.250");
        await form.GetByLabel("Amount without tax").PressAsync("Enter");
        await Expect(form.Locator(".error")).ToContainTextAsync("at most two decimals");

        await form.GetByLabel("Amount without tax").FillAsync("1250,50");
        await form.GetByLabel("Amount without tax").PressAsync("Enter");

        await Expect(outlook.Card.Locator(".bought li")).ToContainTextAsync("Desk chair");
        await Expect(outlook.Bar).ToHaveTextAsync("Purchase saved.");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Luca Moretti" }).ClickAsync();
        await Expect(outlook.Card.Locator(".who")).ToContainTextAsync("1 purchase, 1,250.50 EUR");
        Assert.Equal("1250.50", (string?)(await live.CardAsync("technik@hotel-weberhof.example"))["sales"]!["totals"]![0]!["revenue"]);
    }

    [Fact]
    public async Task Escape_gives_up_and_changes_nothing()
    {
        await using var outlook = await live.OpenAsync("item=from:elif@zahnarzt-yilmaz.example&open=yes");
        await outlook.EditAsync("Edit name, company and stage");
        var name = outlook.Card.Locator("form[data-form=record]").GetByLabel("Name");
        await name.FillAsync("Somebody Else");

        await name.PressAsync("Escape");

        await Expect(name).ToBeHiddenAsync();
        await Expect(outlook.Card.GetByLabel("Edit name, company and stage")).ToBeFocusedAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Dr. Elif Yılmaz");
        Assert.Equal("Dr. Elif Yılmaz", (string?)(await live.CardAsync("elif@zahnarzt-yilmaz.example"))["name"]);
    }

    [Fact]
    public async Task Two_who_edit_the_same_field_see_both_versions_and_nothing_is_overwritten_unseen()
    {
        const string Address = "saga@lindqvist-family.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes");
        await outlook.EditAsync("Edit tags");
        var tags = outlook.Card.Locator("form[data-form=tags]").GetByLabel("Tags, with commas between");
        await tags.FillAsync("private, window seat");

        await live.PatchAsync(Address, new { tags = new[] { "private", "staircase" } });
        await outlook.Card.Locator("form[data-form=tags] button.primary").ClickAsync();

        var conflict = outlook.Card.Locator(".conflict");
        await Expect(conflict).ToContainTextAsync("staircase");
        await Expect(conflict).ToContainTextAsync("window seat");
        Assert.Contains("staircase", (await live.CardAsync(Address))["tags"]!.AsArray().Select(tag => (string?)tag));
        await Expect(tags).ToHaveValueAsync("private, window seat");

        await conflict.GetByRole(AriaRole.Button, new() { Name = "Keep mine" }).ClickAsync();
        await Expect(outlook.Card.Locator(".tags")).ToContainTextAsync("window seat");
        Assert.Contains("window seat", (await live.CardAsync(Address))["tags"]!.AsArray().Select(tag => (string?)tag));
    }

    [Fact]
    public async Task Two_who_edit_different_fields_both_get_their_way()
    {
        const string Address = "chinedu.okonkwo.workbench@gmail.com";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes");
        await outlook.EditAsync("Edit name, company and stage");
        var form = outlook.Card.Locator("form[data-form=record]");
        await form.GetByLabel("Job title").FillAsync("Cabinet maker");

        await live.PatchAsync(Address, new { website = "https://okonkwo.example" });
        await form.Locator("button.primary").ClickAsync();

        await Expect(outlook.Card.Locator(".role").First).ToHaveTextAsync("Cabinet maker");
        var card = await live.CardAsync(Address);
        Assert.Equal("Cabinet maker", (string?)card["jobTitle"]);
        Assert.Equal("https://okonkwo.example", (string?)card["website"]);
    }

    [Fact]
    public async Task Saving_one_form_leaves_another_that_is_typed_in_alone_and_that_one_is_saved_without_a_conflict()
    {
        const string Address = "ingrid@halvorsen-boats.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes");
        var answers = new ConcurrentQueue<int>();
        var held = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/api/customers/*", async route =>
        {
            if (route.Request.Method != "PATCH")
            {
                await route.ContinueAsync();
                return;
            }

            await held.Task;
            var answer = await route.FetchAsync();
            answers.Enqueue(answer.Status);
            await route.FulfillAsync(new() { Response = answer });
        });
        await outlook.EditAsync("Edit tags");
        await outlook.EditAsync("Edit preferences");
        var tags = outlook.Card.Locator("form[data-form=tags] input");
        var note = outlook.Card.Locator("form[data-form=preferences]").GetByLabel("Note");
        await tags.FillAsync("oak, stairs");
        await tags.PressAsync("Enter");
        await note.FillAsync("Rings in the morning");
        await note.EvaluateAsync("input => { input.setSelectionRange(5, 5); window.typedIn = input; }");

        held.SetResult();
        await Expect(outlook.Card.Locator(".tags")).ToContainTextAsync("stairs");
        await Expect(tags).ToBeHiddenAsync();
        await Expect(note).ToBeFocusedAsync();
        await outlook.Page.Keyboard.TypeAsync(" only");

        await Expect(note).ToHaveValueAsync("Rings only in the morning");
        Assert.True(await note.EvaluateAsync<bool>("input => input === window.typedIn"));
        await note.PressAsync("Enter");
        await Expect(note).ToBeHiddenAsync();
        await Expect(outlook.Card).ToContainTextAsync("Rings only in the morning");
        Assert.Equal([200, 200], answers);
        var card = await live.CardAsync(Address);
        Assert.Equal("Rings only in the morning", (string?)card["preferences"]!["note"]);
        Assert.Equal(["oak", "stairs"], card["tags"]!.AsArray().Select(tag => (string?)tag).Order());
    }

    [Fact]
    public async Task Whoever_types_on_while_a_form_is_saved_goes_on_where_they_were_and_saves_the_rest_without_a_conflict()
    {
        const string Address = "samuel.adeyemi@lakeside-architects.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes");
        var answers = new ConcurrentQueue<int>();
        var asked = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        await outlook.Page.RouteAsync("**/api/customers/*", async route =>
        {
            if (route.Request.Method != "PATCH")
            {
                await route.ContinueAsync();
                return;
            }

            asked.TrySetResult();
            await held.Task;
            var answer = await route.FetchAsync();
            answers.Enqueue(answer.Status);
            await route.FulfillAsync(new() { Response = answer });
        });
        await outlook.EditAsync("Edit preferences");
        var note = outlook.Card.Locator("form[data-form=preferences]").GetByLabel("Note");
        await note.FillAsync("Rings late");
        await note.PressAsync("Enter");
        await asked.Task;
        await note.EvaluateAsync("input => input.setSelectionRange(5, 5)");
        await outlook.Page.Keyboard.TypeAsync(" very");

        held.SetResult();
        await Expect(outlook.Bar).ToHaveTextAsync("Saved.");
        await Expect(note).ToBeFocusedAsync();
        await outlook.Page.Keyboard.TypeAsync(",");
        await Expect(note).ToHaveValueAsync("Rings very, late");
        await note.PressAsync("Enter");

        await Expect(note).ToBeHiddenAsync();
        Assert.Equal([200, 200], answers);
        Assert.Equal("Rings very, late", (string?)(await live.CardAsync(Address))["preferences"]!["note"]);
    }

    [Fact]
    public async Task What_a_colleague_changed_under_an_open_form_is_told_there_and_what_was_typed_stays()
    {
        const string Address = "priya.raghunathan@lakeside-architects.example";
        await using var outlook = await live.OpenAsync($"item=from:{Address}&open=yes");
        await outlook.EditAsync("Edit tags");
        await outlook.EditAsync("Edit preferences");
        var form = outlook.Card.Locator("form[data-form=tags]");
        await form.Locator("input").FillAsync("mine");
        await live.PatchAsync(Address, new { tags = new[] { "theirs" } });

        var note = outlook.Card.Locator("form[data-form=preferences]").GetByLabel("Note");
        await note.FillAsync("By phone");
        await note.PressAsync("Enter");

        await Expect(outlook.Card.Locator("form[data-form=preferences]")).ToBeHiddenAsync();
        await Expect(form.Locator(".changed")).ToContainTextAsync("changed meanwhile");
        await Expect(form.Locator("input")).ToHaveValueAsync("mine");
        await form.Locator("button.primary").ClickAsync();
        await Expect(form.Locator(".conflict")).ToContainTextAsync("theirs");
        Assert.Equal(["theirs"], (await live.CardAsync(Address))["tags"]!.AsArray().Select(tag => (string?)tag));
        await form.GetByRole(AriaRole.Button, new() { Name = "Take theirs" }).ClickAsync();
        await Expect(form).ToBeHiddenAsync();
        await Expect(outlook.Card.Locator(".tags")).ToHaveTextAsync("theirs");
    }

    [Fact]
    public async Task A_note_is_written_once_edited_and_deleted()
    {
        await using var outlook = await live.OpenAsync("item=from:fiona.macleod@lakeside-architects.example&open=yes");
        var note = outlook.Card.Locator("form[data-form=note]");
        await note.Locator("textarea").FillAsync("Called about the mill yard stairs.\nWants oak, not ash.");
        await note.Locator("button.primary").ClickAsync();

        var line = outlook.Card.Locator("#timeline li", new() { HasText = "Called about the mill yard stairs." });
        await Expect(line).ToHaveCountAsync(1);
        await Expect(note.Locator("textarea")).ToHaveValueAsync("");

        await line.GetByLabel("Edit note").ClickAsync();
        await line.Locator("textarea").FillAsync("Wants ash after all.");
        await line.Locator("form button.primary").ClickAsync();
        var edited = outlook.Card.Locator("#timeline li", new() { HasText = "Wants ash after all." });
        await Expect(edited).ToHaveCountAsync(1);

        await edited.GetByLabel("Edit note").ClickAsync();
        var delete = edited.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true });
        await delete.ClickAsync();
        await Expect(delete).ToHaveCountAsync(0);
        await outlook.Page.Keyboard.PressAsync("Shift+Tab"); // whoever goes elsewhere is not asked any more
        await delete.ClickAsync();
        await edited.GetByRole(AriaRole.Button, new() { Name = "Really delete?" }).ClickAsync();
        await Expect(edited).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_people_write_is_never_run_or_taken_for_markup()
    {
        const string Hostile = "<img src=x onerror=\"document.body.dataset.hacked='yes'\"><script>document.body.dataset.hacked='yes'</script>";
        const string Address = "hostile@markup-test.example";
        using var api = live.Api(SampleFirm.Mira);
        using var made = await api.PostAsJsonAsync("/api/customers", new
        {
            name = Hostile,
            address = Address,
            company = Hostile,
            jobTitle = Hostile[..100],
            postalAddress = new { street = Hostile, city = "<b>Freiburg</b>" },
        });
        made.EnsureSuccessStatusCode();
        await live.PatchAsync(Address, new
        {
            tags = new[] { "<script>1</script>" },
            expectations = new[] { new { text = Hostile, on = "2026-01-01" } },
            preferences = new { noCampaigns = false, note = Hostile },
        });
        await using var outlook = await live.OpenAsync("item=none&open=yes");

        await outlook.Pane.GetByRole(AriaRole.Combobox, new() { Name = "Find a customer" }).PressSequentiallyAsync("hostile@markup");
        await outlook.Pane.Locator("#hits [role=option]").Filter(new() { HasText = "onerror" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync(Hostile);

        await Expect(outlook.Card.Locator("img, script")).ToHaveCountAsync(0);
        Assert.Null(await outlook.PaneFrame.EvaluateAsync<string?>("document.body.dataset.hacked ?? null"));
        Assert.Empty(outlook.Complaints);
    }
}
