using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(FirstHalf))]
public sealed class NewCustomerTests(LiveProduct live)
{
    [Fact]
    public async Task A_new_sender_s_form_is_prefilled_from_the_signature_and_says_what_was_guessed()
    {
        await using var outlook = await live.OpenAsync("item=from:rajesh.iyer@brightwater-clinics.example&open=yes&pin=yes");
        var form = outlook.Card.Locator("form[data-form=create]");

        await Expect(form.Locator("[name=name]")).ToHaveValueAsync("Rajesh Iyer");
        await Expect(form.Locator("[name=company]")).ToHaveValueAsync("Brightwater Clinics AG");
        await Expect(form.Locator("[name=jobTitle]")).ToHaveValueAsync("Head of Estates");
        await Expect(form.Locator("[name='phones[0].number']")).Not.ToHaveValueAsync("");
        await Expect(form.Locator("label:has([name=company]) .guess")).ToBeVisibleAsync();

        await form.GetByRole(AriaRole.Button, new() { Name = "Add customer" }).ClickAsync();
        await Expect(outlook.Card.Locator("[data-customer]")).ToBeAttachedAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Rajesh Iyer");

        using var api = live.Api(SampleFirm.Mira);
        var card = await api.GetFromJsonAsync<JsonObject>("/api/card?address=rajesh.iyer%40brightwater-clinics.example");
        Assert.Equal("known", (string?)card!["state"]);
        Assert.Equal("Brightwater Clinics AG", (string?)card["card"]!["company"]!["name"]);
        Assert.Equal("mail", (string?)card["card"]!["addresses"]![0]!["source"]);
        Assert.Empty(outlook.Complaints);
    }

    [Fact]
    public async Task What_is_typed_into_the_form_survives_another_selection_and_a_reload()
    {
        await using var outlook = await live.OpenAsync("item=from:zoe@papadopoulou-ceramics.example&open=yes&pin=yes");
        var name = outlook.Card.Locator("form[data-form=create] [name=jobTitle]");
        await name.FillAsync("Potter");
        await outlook.SelectAsync("from:s.weber@hotel-weberhof.example");
        await Expect(outlook.Who).ToHaveTextAsync("Sabine Weber");

        await outlook.SelectAsync("from:zoe@papadopoulou-ceramics.example");
        await Expect(name).ToHaveValueAsync("Potter");

        await outlook.Page.ReloadAsync();
        await Expect(name).ToHaveValueAsync("Potter");
        await Expect(outlook.Card.Locator(".draft")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_refused_field_is_marked_and_nothing_typed_is_lost()
    {
        await using var outlook = await live.OpenAsync("item=from:k.vogelsang@vogelsang-optik.example&open=yes");
        var form = outlook.Card.Locator("form[data-form=create]");
        await Expect(form.Locator("[name=company]")).ToHaveValueAsync("Vogelsang Optik e. K.");
        await form.Locator("[name=website]").FillAsync("javascript:alert(1)");

        await form.GetByRole(AriaRole.Button, new() { Name = "Add customer" }).ClickAsync();

        await Expect(form.Locator("[name=website]")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(form.Locator("[name=website]")).ToHaveValueAsync("javascript:alert(1)");
        await Expect(form.Locator("[name=website]")).ToBeFocusedAsync();
        await Expect(form.Locator("[name=name]")).ToHaveValueAsync("Katharina Vogelsang");
    }

    [Fact]
    public async Task Someone_known_under_another_address_is_offered_and_one_click_adds_it()
    {
        using var api = live.Api(SampleFirm.Mira);
        using var made = await api.PostAsJsonAsync("/api/customers", new { name = "Tobias Okafor-Lindgren", address = "tobias.okafor.lindgren@gmail.com" });
        made.EnsureSuccessStatusCode();
        await using var outlook = await live.OpenAsync("item=from:t.okafor-lindgren@nordic-loft.example&open=yes");

        var add = outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Add this address to Tobias Okafor-Lindgren" });
        await Expect(add).ToBeVisibleAsync();
        await add.ClickAsync();

        await Expect(outlook.Card.Locator("[data-customer]")).ToBeAttachedAsync();
        await Expect(outlook.Card).ToContainTextAsync("t.okafor-lindgren@nordic-loft.example");
        await Expect(outlook.Card).ToContainTextAsync("tobias.okafor.lindgren@gmail.com");
    }

    [Fact]
    public async Task A_reader_sees_everything_and_is_offered_no_form()
    {
        await using var outlook = await live.OpenAsync("user=amara@birnbaum.example&item=none&open=yes");

        await outlook.Pane.GetByRole(AriaRole.Combobox, new() { Name = "Find a customer" }).PressSequentiallyAsync("Saga Lind");
        await outlook.Pane.Locator("#hits [role=option]").Filter(new() { HasText = "Saga Lindqvist" }).ClickAsync();

        await Expect(outlook.Who).ToHaveTextAsync("Saga Lindqvist");
        await Expect(outlook.Card.Locator("form")).ToHaveCountAsync(0);
    }
}
