using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>From the click on the card to what rings in Outlook, in a sandbox of its own: its time is moved.</summary>
public sealed class ReminderTests : IAsyncLifetime
{
    private const string Kim = "kim@fjord.example";

    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-reminders-").FullName;
    private SandboxApplication sandbox = null!;
    private LocalHostApplication product = null!;
    private TestBrowser browser = null!;
    private OutlookPage outlook = null!;
    private HttpClient api = null!;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, EmptyMailboxes = true });
        product = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Settings = new Dictionary<string, string?>(ProductSettings.For(sandbox.Addresses))
            {
                ["Storage:Kind"] = "sqlite",
                ["Storage:SqliteFile"] = Path.Combine(folder, "crm.db"),
            },
            Clock = sandbox.Clock,
        });
        sandbox.Product = product.Address;
        api = new HttpClient { BaseAddress = product.Address };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Issuer.CreateAccessToken(SampleFirm.Mira));
        (await api.PostAsJsonAsync("/api/customers", new { name = "Kim Fjord", address = Kim })).EnsureSuccessStatusCode();
        var (from, to) = (new Correspondent("Kim Fjord", Kim), new Correspondent(SampleFirm.Mira.Name, SampleFirm.Mira.Address));
        sandbox.Post.Deliver(new Letter("<offer@fjord.example>", "offer", from, [to], [], "The offer", sandbox.Post.Now, "When can we have it?", null, [], []), "inbox");
        browser = await TestBrowser.StartAsync();
        var context = await browser.NewProfileAsync(new() { Locale = "en-GB", TimezoneId = "Europe/Berlin", ViewportSize = new() { Width = 1_280, Height = 900 } });
        outlook = new OutlookPage(await context.NewPageAsync());
        await outlook.Page.GotoAsync($"{sandbox.Addresses.Outlook}?item=from:{Kim}&open=yes&pin=yes");
        await outlook.Page.WaitForSelectorAsync("html[data-ready=yes]", new() { State = WaitForSelectorState.Attached });
    }

    public async Task DisposeAsync()
    {
        await outlook.DisposeAsync();
        await browser.DisposeAsync();
        api.Dispose();
        await product.DisposeAsync();
        await sandbox.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_is_planned_beside_a_mail_is_ticked_moved_and_rings_in_Outlook_and_opens_the_mail()
    {
        // As a task for whoever wants tasks: ticked there it is done here.
        await RemindByAsync("task");
        await PlanAsync("Count the chairs", DateOnly.FromDateTime(sandbox.Clock.GetUtcNow().UtcDateTime).AddDays(3));
        await outlook.Page.Locator("#show-tasks").ClickAsync();
        await outlook.Page.GetByLabel("Done: Count the chairs").ClickAsync();
        await UntilAsync(async () => (await FollowUpsAsync())["ended"] is JsonObject ended && (string)ended["ending"]! == "outlook");
        await RemindByAsync("calendarEvent");

        // Tuesday of next week, so that Thursday is in the same week of the calendar and yet to come.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(sandbox.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).DateTime);
        var tuesday = today.AddDays(8 - (((int)today.DayOfWeek + 6) % 7));
        await PlanAsync("Send the pallet sizes", tuesday);
        var promise = outlook.Card.Locator("#follow-ups .promise").Filter(new() { HasText = "Send the pallet sizes" });
        await Expect(promise).ToBeVisibleAsync();

        // In the calendar, private and free; dragged to Thursday there it is due on Thursday here.
        await outlook.Page.Locator("#show-calendar").ClickAsync();
        await outlook.Page.Locator("#later").ClickAsync();
        var days = outlook.Page.Locator("#week .day");
        var shown = outlook.Page.Locator("#week .event", new() { HasText = "Send the pallet sizes" });
        await Expect(days.Nth(1).Locator(".event")).ToContainTextAsync("Send the pallet sizes");
        await shown.DragToAsync(days.Nth(3).Locator("h3"));
        await Expect(days.Nth(3).Locator(".event")).ToContainTextAsync("Send the pallet sizes");
        await UntilAsync(async () => (string)(await OpenAsync())["dueOn"]! == Text(tuesday.AddDays(2)));

        // It rings when its time comes, and leads to the mail.
        await outlook.Page.GetByRole(AriaRole.Button, new() { Name = "Pretend" }).ClickAsync();
        var later = outlook.Page.Locator("#pretend").GetByRole(AriaRole.Button, new() { Name = "A week later" });
        await later.ClickAsync();
        await later.ClickAsync();
        var window = outlook.Page.Locator("#reminders");
        await Expect(window).ToContainTextAsync("Send the pallet sizes");
        await window.GetByRole(AriaRole.Button, new() { Name = "Open the mail" }).ClickAsync();
        await Expect(outlook.Page.Locator("#mail-list")).ToBeVisibleAsync();
        await outlook.Page.WaitForFunctionAsync("() => window.smallOutlook.selected?.subject === 'The offer'");
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task RemindByAsync(string sink)
    {
        using var saved = await api.PatchAsJsonAsync("/api/my-day/settings", new { sink });
        saved.EnsureSuccessStatusCode();
    }

    private async Task PlanAsync(string note, DateOnly dueOn)
    {
        var form = outlook.Card.Locator("#follow-ups");
        await form.GetByRole(AriaRole.Button, new() { Name = "Follow up" }).ClickAsync();
        await form.GetByLabel("What").FillAsync(note);
        await form.GetByLabel("Or on").FillAsync(Text(dueOn));
        await form.GetByRole(AriaRole.Button, new() { Name = "Plan for that day" }).ClickAsync();
        await Expect(outlook.Bar).ToHaveTextAsync("Planned.");
    }

    private async Task<JsonObject> OpenAsync() => (await FollowUpsAsync())["open"]!.AsArray().Single()!.AsObject();

    private async Task<JsonObject> FollowUpsAsync() =>
        (await api.GetFromJsonAsync<JsonObject>($"/api/card?address={Kim}"))!["card"]!["followUps"]!.AsObject();

    /// <summary>What is done in Outlook is seen with the next look, some seconds later.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var patience = 0; !await isSo(); patience++)
        {
            Assert.True(patience < 300, "It did not happen.");
            await Task.Delay(200);
        }
    }
}
