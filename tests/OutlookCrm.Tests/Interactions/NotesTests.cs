using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Interactions;

public sealed class NotesTests
{
    [Fact]
    public async Task A_note_stands_at_the_top_with_its_author_and_on_the_card()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        await AddAsync(ben, kim, "first");
        crm.Clock.Advance(TimeSpan.FromMinutes(1));

        var answer = await PostAsync(ben, kim, new AddNoteRequest(Guid.NewGuid(), "  wants oak,\r\nnot ash  "));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var line = (await TimelineAsync(answer)).Lines[0];
        Assert.Equal(
            (InteractionKind.Note, Direction.None, "wants oak,\nnot ash", A.Ben.Name, crm.Clock.GetUtcNow()),
            (line.Kind, line.Direction, line.Text, line.By, line.At));
        var card = await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options);
        Assert.Equal(["wants oak,\nnot ash", "first"], card!.Timeline.Lines.Select(l => l.Text));
    }

    [Fact]
    public async Task A_note_is_no_contact_and_no_edit_of_the_record()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var before = await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options);
        await AddAsync(ben, kim, "about them");
        var after = await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options);

        Assert.Equal((before!.ETag, null), (after!.ETag, after.LastContactAt));
    }

    [Fact]
    public async Task The_same_note_again_adds_nothing_whatever_its_time_and_text()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var note = new AddNoteRequest(Guid.NewGuid(), "once");
        await PostAsync(ben, kim, note);
        crm.Clock.Advance(TimeSpan.FromMinutes(3));
        var before = await crm.DumpAsync(Tables.Customers);

        var again = await PostAsync(ben, kim, note with { Text = "twice", At = crm.Clock.GetUtcNow().AddYears(-1) });

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("once", Assert.Single((await TimelineAsync(again)).Lines).Text);
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers));
    }

    [Fact]
    public async Task Two_hundred_at_once_with_one_id_make_one_line()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var id = Guid.NewGuid();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            PostAsync(ben, kim, new AddNoteRequest(id, $"try {i}", crm.Clock.GetUtcNow().AddSeconds(-i)))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(199, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Single((await PageAsync(ben, kim, null, 100)).Lines);
    }

    [Fact]
    public async Task A_removed_note_does_not_come_back_with_a_late_repetition()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var note = new AddNoteRequest(Guid.NewGuid(), "gone");
        await PostAsync(ben, kim, note);

        var removed = await ben.DeleteAsync($"/api/customers/{kim}/notes/{note.Id}");
        var again = await PostAsync(ben, kim, note);

        Assert.Empty((await TimelineAsync(removed)).Lines);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Empty((await TimelineAsync(again)).Lines);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.DeleteAsync($"/api/customers/{kim}/notes/{note.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(ben, kim, note.Id, "back")).StatusCode);
    }

    [Fact]
    public async Task A_colleague_may_correct_a_note_and_its_author_stays()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var anna = crm.SignIn(A.Anna);
        var kim = await CustomerAsync(ben);
        var id = await AddAsync(ben, kim, "likes tea");

        var answer = await PutAsync(anna, kim, id, "likes coffee");

        var line = Assert.Single((await TimelineAsync(answer)).Lines);
        Assert.Equal(("likes coffee", A.Ben.Name), (line.Text, line.By));
    }

    [Fact]
    public async Task Editing_and_removing_at_once_never_brings_a_note_back()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        for (var round = 0; round < 20; round++)
        {
            var id = await AddAsync(ben, kim, "text");
            var edits = Enumerable.Range(0, 6).Select(i => PutAsync(ben, kim, id, $"edit {i}")).ToList();
            var removal = ben.DeleteAsync($"/api/customers/{kim}/notes/{id}");
            var answers = await Task.WhenAll(edits);

            Assert.Equal(HttpStatusCode.OK, (await removal).StatusCode);
            Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound));
            Assert.Empty((await PageAsync(ben, kim, null, 100)).Lines);
        }
    }

    [Fact]
    public async Task Readers_write_nothing()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        var kim = await CustomerAsync(ben);
        var id = await AddAsync(ben, kim, "text");

        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(rita, kim, new AddNoteRequest(Guid.NewGuid(), "no"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(rita, kim, id, "no")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await rita.DeleteAsync($"/api/customers/{kim}/notes/{id}")).StatusCode);
        Assert.Equal("text", Assert.Single((await PageAsync(rita, kim, null, 20)).Lines).Text);
    }

    [Fact]
    public async Task Another_firm_cannot_tell_that_a_customer_exists()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        var kim = await CustomerAsync(ben);
        var id = await AddAsync(ben, kim, "ours");

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(olga, kim, new AddNoteRequest(Guid.NewGuid(), "theirs"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(olga, kim, id, "theirs")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.DeleteAsync($"/api/customers/{kim}/notes/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync($"/api/customers/{kim}/timeline")).StatusCode);
    }

    [Theory]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":""}""", "text")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":" \n "}""", "text")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"a\u0000b"}""", "text")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"half \ud83d"}""", "text")]
    [InlineData("""{"id":"00000000-0000-0000-0000-000000000000","text":"a"}""", "id")]
    [InlineData("""{"id":"1","text":"a"}""", "id")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"a","at":"1989-12-31T23:59:59Z"}""", "at")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"a","at":"2026-03-02T09:05:01Z"}""", "at")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"a","at":"yesterday"}""", "at")]
    [InlineData("""{"id":"11111111-1111-4111-8111-111111111111","text":"a","by":"Anna"}""", "by")]
    public async Task A_note_that_cannot_be_kept_is_refused_by_field(string json, string field)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var before = await crm.DumpAsync(Tables.Customers);
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");

        var answer = await ben.PostAsync($"/api/customers/{kim}/notes", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers));
    }

    [Fact]
    public async Task A_note_may_have_4000_characters_and_not_4001()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(ben, kim, new AddNoteRequest(Guid.NewGuid(), new string('ß', 4_000)))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(ben, kim, new AddNoteRequest(Guid.NewGuid(), new string('ß', 4_001)))).StatusCode);
    }

    [Theory]
    [InlineData("1990-01-01T00:00:00Z")]
    [InlineData("2026-03-02T09:05:00Z")]
    [InlineData("2026-03-02T10:04:00+01:00")]
    public async Task A_note_keeps_the_instant_it_is_dated(string at)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        var answer = await PostAsync(ben, kim, new AddNoteRequest(Guid.NewGuid(), "dated", instant));

        Assert.Equal(instant, Assert.Single((await TimelineAsync(answer)).Lines).At);
    }

    [Fact]
    public async Task Pages_neither_skip_nor_repeat_a_line_while_others_arrive_and_go()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var ids = new List<Guid>();
        for (var i = 0; i < 50; i++)
        {
            ids.Add(await AddAsync(ben, kim, $"old {i}", crm.Clock.GetUtcNow().AddHours(-1 - (i / 3)))); // three at each instant
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await PageAsync(ben, kim, after, 7);
            seen.AddRange(page.Lines.Select(line => line.Id));
            after = page.Next;
            await AddAsync(ben, kim, "new");
            if (after is not null)
            {
                // The line at which the next page begins.
                await ben.DeleteAsync($"/api/customers/{kim}/notes/{page.Lines[^1].Id}");
            }
        }
        while (after is not null);

        Assert.Equal(ids.Select(Interaction.IdOf).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_last_page_says_so_even_when_it_is_full()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        await AddAsync(ben, kim, "one");
        await AddAsync(ben, kim, "two");

        Assert.Null((await PageAsync(ben, kim, null, 2)).Next);
        Assert.NotNull((await PageAsync(ben, kim, null, 1)).Next);
        Assert.Empty((await PageAsync(ben, await CustomerAsync(ben), null, 1)).Lines);
    }

    [Fact]
    public async Task A_cursor_of_another_customer_or_a_made_up_one_is_refused()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var lee = await CustomerAsync(ben);
        await AddAsync(ben, kim, "one");
        await AddAsync(ben, kim, "two");
        var cursor = (await PageAsync(ben, kim, null, 1)).Next!;
        var damaged = cursor[..^1] + (cursor[^1] == 'A' ? 'B' : 'A');

        foreach (var path in (string[])
            [$"{lee}/timeline?after={cursor}", $"{kim}/timeline?after={damaged}", $"{kim}/timeline?after=%21", $"{kim}/timeline?after=AAAA", $"{kim}/timeline?after={cursor}&after={cursor}"])
        {
            var answer = await ben.GetAsync($"/api/customers/{path}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("after", (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
        }
    }

    [Theory]
    [InlineData("size=0", "size")]
    [InlineData("size=101", "size")]
    [InlineData("size=ten", "size")]
    public async Task A_page_has_1_to_100_lines(string query, string field)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);

        var answer = await ben.GetAsync($"/api/customers/{await CustomerAsync(ben)}/timeline?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("x")]
    [InlineData("%2e%2e")]
    public async Task An_absent_customer_is_not_found(string id)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var before = await crm.DumpAsync(Tables.Customers);

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ben, id, new AddNoteRequest(Guid.NewGuid(), "a"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync($"/api/customers/{id}/timeline")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(ben, id, Guid.NewGuid(), "a")).StatusCode);
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers));
    }

    [Fact]
    public async Task Contact_moves_the_last_contact_forward_only_however_many_come_at_once()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var store = crm.Services.GetRequiredService<WrittenStore>();
        var newest = crm.Clock.GetUtcNow();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => store.AppendAsync(
            A.Firm,
            CustomerId.Parse(kim),
            new Interaction($"mail-{i}", InteractionKind.Mail, Direction.Incoming, newest.AddMinutes(-(i * 7 % 40)), "Oak", "…", null),
            default))));

        Assert.All(outcomes, outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        var card = await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options);
        Assert.Equal(newest, card!.LastContactAt);
        Assert.Equal(40, (await PageAsync(ben, kim, null, 100)).Lines.Count);
    }

    private static async Task<string> CustomerAsync(HttpClient client)
    {
        var answer = await client.PostAsJsonAsync("/api/customers", new CreateCustomerRequest("Kim Sørensen", $"{Guid.NewGuid():N}@fjord.example"), ContractJson.Options);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    private static async Task<Guid> AddAsync(HttpClient client, string customer, string text, DateTimeOffset? at = null)
    {
        var id = Guid.NewGuid();
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(client, customer, new AddNoteRequest(id, text, at))).StatusCode);
        return id;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string customer, AddNoteRequest note) =>
        client.PostAsJsonAsync($"/api/customers/{customer}/notes", note, ContractJson.Options);

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string customer, Guid id, string text) =>
        client.PutAsJsonAsync($"/api/customers/{customer}/notes/{id}", new EditNoteRequest(text), ContractJson.Options);

    private static async Task<Timeline> PageAsync(HttpClient client, string customer, string? after, int size) =>
        await TimelineAsync(await client.GetAsync(
            $"/api/customers/{customer}/timeline?size={size}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"));

    private static async Task<Timeline> TimelineAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<Timeline>(ContractJson.Options))!;
}
