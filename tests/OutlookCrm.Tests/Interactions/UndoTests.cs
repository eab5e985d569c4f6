using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.Interactions;

/// <summary>Why a line is here, and what a person can undo from there: over HTTP, with mailboxes that still have everything.</summary>
public sealed class UndoTests
{
    private const string Kim = "kim@hotel-sonne.example";
    private const string Lars = "lars@fjord.example";

    [Fact]
    public async Task What_was_taken_off_stays_off_however_often_the_mailbox_is_looked_at_and_comes_back_when_that_is_taken_back()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        var (kim, lars) = (await world.GivenCustomerAsync(Kim), await world.GivenCustomerAsync(Lars));
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lars}", "Both"));
        world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "Other"));
        await world.LookAsync(SampleFirm.Mira);

        using (var asked = world.SignIn(SampleFirm.Mira))
        {
            var why = (await asked.GetFromJsonAsync<JsonObject>($"/api/customers/{kim}/timeline/{await LineAsync(world, SampleFirm.Mira, kim, "Both")}"))!;
            Assert.Equal("Inbox", (string?)Assert.Single(why["seenIn"]!.AsArray())!["folder"]);
        }

        var preview = await PreviewAsync(world, SampleFirm.Mira, kim, "Both", "thing");
        Assert.Equal((1, 0, 2, 0), ((int)preview["mails"]!, (int)preview["meetings"]!, (int)preview["customers"]!, (int)preview["stays"]!));
        var key = (string)(await UndoAsync(world, SampleFirm.Mira, kim, "Both", "thing"))["key"]!;

        Assert.Equal(["Other"], await world.SubjectsAsync(kim));
        Assert.Empty(await world.SubjectsAsync(lars));
        await LookEveryWayAsync(world);
        Assert.Equal(["Other"], await world.SubjectsAsync(kim));
        Assert.Empty(await world.SubjectsAsync(lars));

        using var mira = world.SignIn(SampleFirm.Mira);
        var listed = Assert.Single((await mira.GetFromJsonAsync<JsonObject>("/api/undone"))!["things"]!.AsArray())!;
        Assert.Equal((key, "thing"), ((string)listed["key"]!, (string)listed["scope"]!));
        using var taken = await mira.DeleteAsync($"/api/undone/{key}");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        await world.SettleAsync();
        Assert.Equal(["Both", "Other"], (await world.SubjectsAsync(kim)).Order());
        Assert.Equal(["Both"], await world.SubjectsAsync(lars));
        using var again = await mira.DeleteAsync($"/api/undone/{key}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Killed_at_any_step_an_undo_and_its_taking_back_are_done_wholly_or_not_at_all()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        var (kim, lars) = (await world.GivenCustomerAsync(Kim), await world.GivenCustomerAsync(Lars));
        var deaths = 0;
        for (var (step, isKilled) = (0, true); isKilled; step++)
        {
            var subject = $"Letter {step}";
            world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lars}", subject));
            await world.LookAsync(SampleFirm.Mira);
            Assert.Equal([subject], await world.SubjectsAsync(lars));

            var path = $"/api/customers/{kim}/timeline/{await LineAsync(world, SampleFirm.Mira, kim, subject)}/undo?scope=thing";
            isKilled = await KillDuringAsync(world, step, mira => mira.PostAsync(path, null));
            Assert.Equal(await world.SubjectsAsync(kim), await world.SubjectsAsync(lars));
            Assert.Equal((await world.SubjectsAsync(kim)).Count > 0 ? ["kim", "lars"] : [], await WaitingAsync(world, SampleFirm.Mira));
            using var mira = world.SignIn(SampleFirm.Mira);
            if ((await world.SubjectsAsync(kim)).Count > 0)
            {
                (await mira.PostAsync(path, null)).EnsureSuccessStatusCode();
                await world.SettleAsync();
            }

            await world.LookAsync(SampleFirm.Mira);
            Assert.Empty((await world.SubjectsAsync(kim)).Concat(await world.SubjectsAsync(lars)));

            var undone = Assert.Single((await mira.GetFromJsonAsync<JsonObject>("/api/undone"))!["things"]!.AsArray())!;
            deaths += isKilled ? 1 : 0;
            isKilled |= await KillDuringAsync(world, step, again => again.DeleteAsync($"/api/undone/{undone["key"]}"));
            Assert.Equal(await world.SubjectsAsync(kim), await world.SubjectsAsync(lars));
            using var later = world.SignIn(SampleFirm.Mira);
            using var repeated = await later.DeleteAsync($"/api/undone/{undone["key"]}");
            await world.SettleAsync();
            Assert.Equal([subject], await world.SubjectsAsync(kim));
            Assert.Equal([subject], await world.SubjectsAsync(lars));
            Assert.Equal(["kim", "lars"], await WaitingAsync(world, SampleFirm.Mira));

            // Out of the way of the next: it is in Junk now.
            var inMailbox = world.MailboxOf(SampleFirm.Mira);
            var message = inMailbox.Messages.Single(one => one.Letter.Subject == subject);
            inMailbox.Move(message.Id, inMailbox.Folder("junkemail"), world.Sandbox.Post.Now);
            await world.LookAsync(SampleFirm.Mira);
            Assert.Empty(await world.SubjectsAsync(kim));
        }

        Assert.True(deaths >= 4, $"Killed {deaths} times: an undo is a message, a row and a write for each of two customers.");
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("personForFirm")]
    public async Task Killed_before_it_tells_who_waits_an_undo_is_told_all_the_same(string scope)
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        for (var (step, isKilled) = (0, true); isKilled; step++)
        {
            var letter = world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, $"Letter {step}"));
            await world.LookAsync(SampleFirm.Mira);
            Assert.Equal(["kim"], await WaitingAsync(world, SampleFirm.Mira));

            var path = $"/api/customers/{kim}/timeline/{await LineAsync(world, SampleFirm.Mira, kim, letter.Subject)}/undo?scope={scope}";
            isKilled = await KillDuringAsync(world, step, mira => mira.PostAsync(path, null));
            var isOff = (await world.SubjectsAsync(kim)).Count == 0;
            Assert.Equal(isOff ? [] : ["kim"], await WaitingAsync(world, SampleFirm.Mira));
            Assert.True(isKilled || isOff);

            // Out of the way of the next.
            if (isOff && scope != "thread")
            {
                using var mira = world.SignIn(SampleFirm.Mira);
                (await mira.DeleteAsync($"/api/firm/blocks?what={Kim}")).EnsureSuccessStatusCode();
                await world.SettleAsync();
            }

            var inMailbox = world.MailboxOf(SampleFirm.Mira);
            inMailbox.Move(inMailbox.Messages.Single(one => one.Letter.Subject == letter.Subject).Id, inMailbox.Folder("junkemail"), world.Sandbox.Post.Now);
            await world.LookAsync(SampleFirm.Mira);
            Assert.Empty(await WaitingAsync(world, SampleFirm.Mira));
        }
    }

    [Fact]
    public async Task When_the_list_of_one_of_the_mailboxes_is_full_it_is_said_and_nothing_is_done_in_the_other_either()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {SampleFirm.Tomasz.Address}", "Both"));
        await world.LookAsync(SampleFirm.Mira, SampleFirm.Tomasz);
        await world.Services.GetRequiredService<CapturedMailboxes>().ChangeAsync(
            world.Tenant, SampleFirm.Tomasz.Id, row => row with { IsShared = true }, default);
        var full = new UndoneThing(
            UndoneKind.Thing, "0", InteractionKind.Mail, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [CustomerId.Parse(kim)], [], []);
        var partition = TableKeys.Blocks(world.Tenant, SampleFirm.Tomasz.Id);
        foreach (var some in Enumerable.Range(0, UndoneThing.MaxOfMailbox).Chunk(100))
        {
            await world.Tables.TransactAsync(
                Tables.Blocks, partition, [.. some.Select(n => new TableChange.Put((full with { Id = $"{n:x32}" }).ToTableRow(partition)))], default);
        }

        using var mira = world.SignIn(SampleFirm.Mira);
        using var refused = await mira.PostAsync($"/api/customers/{kim}/timeline/{await LineAsync(world, SampleFirm.Mira, kim, "Both")}/undo?scope=thing", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("is full", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await world.SettleAsync();
        Assert.Equal(["Both"], await world.SubjectsAsync(kim));
        Assert.Empty((await world.Services.GetRequiredService<BlockLists>().ReadAsync(world.Tenant, SampleFirm.Mira.Id, default)).Undone);
    }

    [Fact]
    public async Task What_came_to_a_shared_mailbox_is_an_owners_to_take_off_and_take_back_and_waits_in_nobodys_day()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        await world.Services.GetRequiredService<CapturedMailboxes>().ChangeAsync(
            world.Tenant, SampleFirm.Tomasz.Id, row => row with { IsShared = true }, default);
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, SampleFirm.Tomasz.Address, "To all of us"));
        await world.LookAsync(SampleFirm.Tomasz);
        Assert.Empty(await world.Tables.RangeAsync(
            Tables.Agenda, TableKeys.Agenda(world.Tenant, SampleFirm.Tomasz.Id), TableKeys.ThreadsOfAll, 10, default));

        using var amara = world.SignIn(SampleFirm.Amara);
        using var refused = await amara.PostAsync($"/api/customers/{kim}/timeline/{await LineAsync(world, SampleFirm.Amara, kim, "To all of us")}/undo?scope=thing", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(["To all of us"], await world.SubjectsAsync(kim));

        var key = (string)(await UndoAsync(world, SampleFirm.Mira, kim, "To all of us", "thing"))["key"]!;
        await LookEveryWayAsync(world);
        Assert.Empty(await world.SubjectsAsync(kim));
        using var notHers = await amara.DeleteAsync($"/api/undone/{key}");
        Assert.Equal(HttpStatusCode.NotFound, notHers.StatusCode);
        using var mira = world.SignIn(SampleFirm.Mira);
        (await mira.DeleteAsync($"/api/undone/{key}")).EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Equal(["To all of us"], await world.SubjectsAsync(kim));
    }

    [Fact]
    public async Task A_thread_goes_from_customers_too_with_whom_it_shares_no_mail_and_comes_back_to_them()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        var (kim, lars) = (await world.GivenCustomerAsync(Kim), await world.GivenCustomerAsync(Lars));
        var first = world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "To us"));
        world.Deliver(world.Letter(Lars, SampleFirm.Mira.Address, "Passed on to Lars, who answers", letter =>
            letter with { References = [first.InternetMessageId], Headers = [new MailHeader("References", first.InternetMessageId)] }));
        world.Deliver(world.Letter(Lars, SampleFirm.Mira.Address, "Elsewhere"));
        await world.LookAsync(SampleFirm.Mira);

        var key = (string)(await UndoAsync(world, SampleFirm.Mira, kim, "To us", "thread"))["key"]!;
        await world.SettleAsync();
        Assert.Empty(await world.SubjectsAsync(kim));
        Assert.Equal(["Elsewhere"], await world.SubjectsAsync(lars));
        using var mira = world.SignIn(SampleFirm.Mira);
        (await mira.DeleteAsync($"/api/undone/{key}")).EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Equal(2, (await world.SubjectsAsync(lars)).Count);
    }

    [Fact]
    public async Task A_thread_goes_from_every_customer_and_what_a_colleague_has_too_stays_as_theirs()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        var (kim, lars) = (await world.GivenCustomerAsync(Kim), await world.GivenCustomerAsync(Lars));
        var first = world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lars}", "One"));
        Letter Answer(Letter letter) => letter with { References = [first.InternetMessageId], Headers = [new MailHeader("References", first.InternetMessageId)] };
        world.Deliver(world.Letter(Lars, SampleFirm.Mira.Address, "Two", Answer));
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {SampleFirm.Tomasz.Address}", "Three", Answer));
        world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "Elsewhere"));
        await world.LookAsync(SampleFirm.Mira, SampleFirm.Tomasz);

        var preview = await PreviewAsync(world, SampleFirm.Mira, kim, "One", "thread");
        Assert.Equal((2, 2, 1), ((int)preview["mails"]!, (int)preview["customers"]!, (int)preview["stays"]!));
        var key = (string)(await UndoAsync(world, SampleFirm.Mira, kim, "One", "thread"))["key"]!;

        world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "Four", Answer)); // the thread goes on
        await LookEveryWayAsync(world);
        Assert.Equal(["Elsewhere", "Three"], (await world.SubjectsAsync(kim)).Order());
        Assert.Empty(await world.SubjectsAsync(lars));
        using var tomasz = world.SignIn(SampleFirm.Tomasz);
        using var notHis = await tomasz.DeleteAsync($"/api/undone/{key}");
        Assert.Equal(HttpStatusCode.NotFound, notHis.StatusCode);

        using var mira = world.SignIn(SampleFirm.Mira);
        (await mira.DeleteAsync($"/api/undone/{key}")).EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Equal(["Elsewhere", "Four", "One", "Three"], (await world.SubjectsAsync(kim)).Order());
        Assert.Equal(["One", "Two"], (await world.SubjectsAsync(lars)).Order());
    }

    [Fact]
    public async Task Only_me_hides_a_mail_from_colleagues_for_later_customers_too_and_is_nobody_elses_to_change()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lars}", "Secret"));
        await world.LookAsync(SampleFirm.Mira, SampleFirm.Tomasz);
        using var tomasz = world.SignIn(SampleFirm.Tomasz);
        var line = await LineAsync(world, SampleFirm.Tomasz, kim, "Secret");
        var why = (await tomasz.GetFromJsonAsync<JsonObject>($"/api/customers/{kim}/timeline/{line}"))!;
        Assert.Equal((Kim, "from", SampleFirm.Mira.Name), ((string)why["match"]!, (string)why["matchRole"]!, (string)Assert.Single(why["seenIn"]!.AsArray())!["name"]!));
        Assert.DoesNotContain("thing", why["may"]!.AsArray().Select(scope => (string)scope!));
        foreach (var scope in new[] { "thing", "thread", "person", "onlyMe" })
        {
            using var refused = await tomasz.PostAsync($"/api/customers/{kim}/timeline/{line}/undo?scope={scope}", null);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains(scope == "person" ? "your own mailbox" : "colleagues' mailboxes", (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"], StringComparison.Ordinal);
        }

        var key = (string)(await UndoAsync(world, SampleFirm.Mira, kim, "Secret", "onlyMe"))["key"]!;

        Assert.Empty(await world.TimelineAsync(kim, SampleFirm.Tomasz));
        using var hidden = await tomasz.GetAsync($"/api/customers/{kim}/timeline/{line}");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Equal(["Secret"], await world.SubjectsAsync(kim)); // as Mira sees it
        var lars = await world.GivenCustomerAsync(Lars);
        await LookEveryWayAsync(world);
        Assert.Equal(["Secret"], await world.SubjectsAsync(lars));
        Assert.Empty((await world.TimelineAsync(kim, SampleFirm.Tomasz)).Concat(await world.TimelineAsync(lars, SampleFirm.Tomasz)));

        using var mira = world.SignIn(SampleFirm.Mira);
        (await mira.DeleteAsync($"/api/undone/{key}")).EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Single(await world.TimelineAsync(kim, SampleFirm.Tomasz));
        Assert.Single(await world.TimelineAsync(lars, SampleFirm.Tomasz));
    }

    [Fact]
    public async Task Who_is_never_wanted_goes_from_their_timeline_is_not_named_on_others_and_comes_back()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        var (kim, lars) = (await world.GivenCustomerAsync(Kim), await world.GivenCustomerAsync(Lars));
        world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "Alone"));
        world.Deliver(world.Letter(Lars, $"{SampleFirm.Mira.Address} {Kim}", "Both"));
        world.Deliver(world.Letter(Kim, SampleFirm.Tomasz.Address, "To Tomasz"));
        await world.LookAsync(SampleFirm.Mira, SampleFirm.Tomasz);

        var done = await UndoAsync(world, SampleFirm.Mira, kim, "Alone", "person");
        Assert.Equal((2, 1, 1), ((int)done["did"]!["mails"]!, (int)done["did"]!["customers"]!, (int)done["did"]!["stays"]!));

        await LookEveryWayAsync(world);
        Assert.Equal(["To Tomasz"], await world.SubjectsAsync(kim));
        using var mira = world.SignIn(SampleFirm.Mira);
        var line = await LineAsync(world, SampleFirm.Mira, lars, "Both");
        var why = await mira.GetStringAsync($"/api/customers/{lars}/timeline/{line}");
        Assert.DoesNotContain(Kim, why, StringComparison.Ordinal);

        (await mira.DeleteAsync($"/api/mailboxes/mine/blocks?what={Kim}")).EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Equal(["Alone", "Both", "To Tomasz"], (await world.SubjectsAsync(kim)).Order());
        Assert.Contains(Kim, await mira.GetStringAsync($"/api/customers/{lars}/timeline/{line}"), StringComparison.Ordinal);
    }

    /// <summary>All that could bring a thing back: what is new, everything anew after lost cursors, the recount, a customer's history.</summary>
    private static async Task LookEveryWayAsync(CaptureWorld world)
    {
        await world.SettleAsync();
        world.Sandbox.DeltaTokens.ExpireAll(DeltaRefusal.Gone);
        var requests = world.Services.GetRequiredService<CaptureRequests>();
        await requests.LookAsync(
            [.. new[] { SampleFirm.Mira, SampleFirm.Tomasz }.Select(one => new MailboxToLookAt(world.Tenant, one.Id, Recount: true))], default);
        foreach (var address in new[] { Kim, Lars })
        {
            Assert.True(MailAddress.TryParse(address, out var parsed));
            await requests.FindHistoryAsync(world.Tenant, parsed, default);
        }

        await world.SettleAsync();
    }

    /// <returns>False when it was done before the product could be killed.</returns>
    private static async Task<bool> KillDuringAsync(CaptureWorld world, int step, Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        world.Life.EndAfter(step, isDone: step % 2 == 0);
        using (var mira = world.SignIn(SampleFirm.Mira))
        {
            using var answer = await ask(mira);
        }

        var isKilled = world.Life.IsOver;
        await world.RestartAsync();
        await world.SettleAsync();
        return isKilled;
    }

    /// <summary>Who waits for us, by name, as a colleague's own day says.</summary>
    private static async Task<IReadOnlyList<string>> WaitingAsync(CaptureWorld world, SampleColleague colleague)
    {
        using var client = world.SignIn(colleague);
        var day = (await client.GetFromJsonAsync<JsonObject>("/api/my-day"))!;
        return [.. (day["waiting"]?["forUs"]?.AsArray() ?? []).Select(one => (string)one!["name"]!).Order(StringComparer.Ordinal)];
    }

    private static async Task<string> LineAsync(CaptureWorld world, SampleColleague colleague, string customer, string subject) =>
        (string)(await world.TimelineAsync(customer, colleague)).Single(line => (string?)line["title"] == subject)["id"]!;

    private static async Task<JsonObject> PreviewAsync(CaptureWorld world, SampleColleague colleague, string customer, string subject, string scope)
    {
        using var client = world.SignIn(colleague);
        var line = await LineAsync(world, colleague, customer, subject);
        return (await client.GetFromJsonAsync<JsonObject>($"/api/customers/{customer}/timeline/{line}/undo?scope={scope}"))!;
    }

    private static async Task<JsonObject> UndoAsync(CaptureWorld world, SampleColleague colleague, string customer, string subject, string scope)
    {
        using var client = world.SignIn(colleague);
        var line = await LineAsync(world, colleague, customer, subject);
        using var answer = await client.PostAsync($"/api/customers/{customer}/timeline/{line}/undo?scope={scope}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
