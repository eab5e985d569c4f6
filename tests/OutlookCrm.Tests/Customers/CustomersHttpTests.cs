using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Customers;

public sealed class CustomersHttpTests : IAsyncLifetime
{
    private TestCrm crm = null!;
    private HttpClient anna = null!;
    private HttpClient rita = null!;
    private HttpClient olga = null!;

    public async Task InitializeAsync()
    {
        crm = await TestCrm.StartAsync();
        anna = crm.SignIn(A.Anna);
        rita = crm.SignIn(A.Rita);
        olga = crm.SignIn(A.Olga);
    }

    public async Task DisposeAsync()
    {
        anna.Dispose();
        rita.Dispose();
        olga.Dispose();
        await crm.DisposeAsync();
    }

    [Fact]
    public async Task A_firm_without_customers_is_told_what_to_do_first_and_a_reader_nothing_they_may_not_do()
    {
        Assert.False((await anna.GetFromJsonAsync<FirstSteps>("/api/first-steps"))!.HasCustomers);
        Assert.Equal(["/api/correspondents", "/api/imports", "/api/mailboxes/mine"], await LeadsToAsync(anna));
        Assert.Equal(["/api/mailboxes/mine"], await LeadsToAsync(rita));

        await CreateAsync("kim@novak.example", "Kim Novak");

        Assert.True((await rita.GetFromJsonAsync<FirstSteps>("/api/first-steps"))!.HasCustomers);
        Assert.False((await olga.GetFromJsonAsync<FirstSteps>("/api/first-steps"))!.HasCustomers);

        static async Task<IEnumerable<string>> LeadsToAsync(HttpClient who)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/first-steps");
            request.Headers.Accept.ParseAdd("text/html");
            using var answer = await who.SendAsync(request);
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
            return page.QuerySelectorAll("[data-begin] [data-show]").Select(link => link.GetAttribute("data-show")!);
        }
    }

    [Fact]
    public async Task A_known_sender_costs_one_point_read_and_one_range_read()
    {
        var created = await CreateAsync("kim@novak.example", "Kim Novak");
        for (var i = 0; i < 25; i++)
        {
            await PostAsync(anna, $"/api/customers/{created.Id}/notes", new { id = Guid.NewGuid(), text = $"Note {i}" });
        }

        using var ben = crm.SignIn(A.Ben);
        await ben.GetAsync("/api/card?address=kim@novak.example");
        await anna.GetAsync("/api/card?address=kim@novak.example"); // the firm's colleagues are in memory from now on
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(ben, $"/api/customers/{created.Id}/notes", new { id = Guid.NewGuid(), text = "News" })).StatusCode);
        using var counts = new StorageCounts(crm.Services.GetRequiredService<ITableStore>());

        var sender = await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=KIM@Novak.example"));

        var card = Assert.IsType<KnownSender>(sender).Card;
        Assert.Equal(created.Id, card.Id);
        Assert.Equal(20, card.Timeline.Lines.Count);
        Assert.Contains(card.Timeline.Lines, line => line.Text == "News");
        Assert.NotNull(card.Timeline.Next);
        Assert.Equal(1, counts.PointReads(Tables.Addresses));
        Assert.Equal(1, counts.RangeReads(Tables.Customers));
        Assert.Equal(0, counts.PointReads(Tables.Customers) + counts.RangeReads(Tables.Addresses) + counts.RangeReads(Tables.Search)
            + counts.PointReads(Tables.Colleagues) + counts.RangeReads(Tables.Colleagues));
    }

    [Fact]
    public async Task A_card_is_not_read_again_until_something_of_it_changes()
    {
        var kim = await CreateAsync("kim@novak.example", "Kim Novak");
        await CreateAsync("lee@novak.example", "Lee Wong"); // at the same domain: written beside the address of the first
        using var ben = crm.SignIn(A.Ben);
        Assert.Equal("Kim Novak", await NameAsync(anna));
        using var counts = new StorageCounts(crm.Services.GetRequiredService<ITableStore>());

        Assert.Equal(("Kim Novak", "Kim Novak"), (await NameAsync(anna), await NameAsync(anna)));
        Assert.Equal(0, Reads());
        Assert.Equal("Kim Novak", await NameAsync(rita));
        Assert.Equal(2, Reads());

        Assert.True((await PatchAsync(ben, kim.Id, kim.ETag, new { name = "Kim Hill" })).IsSuccessStatusCode);
        Assert.Equal(("Kim Hill", "Kim Hill"), (await NameAsync(anna), await NameAsync(rita)));

        await PostAsync(ben, $"/api/customers/{kim.Id}/addresses", new { address = "kim@hill.example" });
        Assert.True((await ben.DeleteAsync($"/api/customers/{kim.Id}/addresses/kim@novak.example")).IsSuccessStatusCode);
        Assert.Null(await NameAsync(anna));

        async Task<string?> NameAsync(HttpClient who) =>
            (await ReadAsync<SenderCard>(await who.GetAsync("/api/card?address=kim@novak.example")) as KnownSender)?.Card.Name;

        long Reads() => counts.PointReads(Tables.Addresses) + counts.RangeReads(Tables.Customers);
    }

    [Theory]
    [InlineData("kim.novak@novak-partner.co.uk", null, "Kim Novak", "Novak Partner", "name,company")]
    [InlineData("k@novak.example", "Novak, Kim (Sales)", "Kim Novak", "Novak", "name,company")]
    [InlineData("k@novak.example", "KIM NOVAK", "Kim Novak", "Novak", "name,company")]
    [InlineData("k@novak.example", "'Kim Novak' via LinkedIn", "Kim Novak", "Novak", "name,company")]
    [InlineData("k@novak.example", "Kim Novak | Novak GmbH & Co. KG", "Kim Novak", "Novak GmbH & Co. KG", "name,company")]
    [InlineData("kim.novak82@gmail.com", "Kim Novak", "Kim Novak", null, "")]
    [InlineData("kim.novak82@gmail.com", "kim.novak82@gmail.com", "Kim Novak", null, "name")]
    public async Task An_unknown_sender_gets_a_form_that_says_what_is_guessed(
        string address, string? display, string name, string? company, string guessed)
    {
        var sender = await ReadAsync<SenderCard>(await anna.GetAsync(
            $"/api/card?address={Uri.EscapeDataString(address)}" + (display is null ? "" : $"&name={Uri.EscapeDataString(display)}")));

        var draft = Assert.IsType<UnknownSender>(sender).Draft;
        Assert.Equal((name, company), (draft.Name, draft.Company));
        Assert.Equal(guessed, string.Join(',', draft.Guessed));
        Assert.Equal(CustomerKind.Person, draft.Kind);
    }

    [Fact]
    public async Task A_company_address_is_drafted_as_an_organisation_and_later_senders_belong_to_it()
    {
        var desk = Assert.IsType<UnknownSender>(await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=info@novak.example")));
        Assert.Equal((CustomerKind.Organisation, "Novak"), (desk.Draft.Kind, desk.Draft.Name));

        var organisation = await CreateAsync("info@novak.example", "Novak GmbH", kind: "organisation");
        var kim = Assert.IsType<UnknownSender>(await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=kim@novak.example&name=Kim+Novak")));

        Assert.Equal((organisation.Id, "Novak GmbH"), (kim.Draft.CompanyId, kim.Draft.Company));
        Assert.Equal(new Candidate(organisation.Id, "Novak GmbH", null, "info@novak.example", CandidateReason.SameCompanyDomain), Assert.Single(kim.Candidates));
    }

    [Fact]
    public async Task Someone_of_the_same_name_is_a_candidate_even_with_free_mail()
    {
        var known = await CreateAsync("kim@novak.example", "Kim Novák");

        var sender = Assert.IsType<UnknownSender>(await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=kim@gmail.com&name=Novak,+Kim")));

        Assert.Equal((known.Id, CandidateReason.SameName), (Assert.Single(sender.Candidates).Id, sender.Candidates[0].Reason));
        Assert.Null(sender.Draft.Company);
    }

    [Fact]
    public async Task A_colleague_is_no_customer()
    {
        var sender = await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=ben@bergdesign.example&name=Ben"));

        Assert.Equal(new ColleagueSender("Ben", "ben@bergdesign.example"), sender);
    }

    [Fact]
    public async Task A_thousand_creates_of_one_address_at_once_make_one_customer()
    {
        var spellings = new[] { "kim@müller.example", "KIM@MÜLLER.example", "kim@xn--mller-kva.example", " Kim@mu\u0308ller.example" };
        var creates = Enumerable.Range(0, 1_000)
            .Select(i => PostAsync(anna, "/api/customers", new { name = $"Kim {i}", address = spellings[i % 4] }))
            .ToList();
        var answers = await WhileTimePassesAsync(Task.WhenAll(creates));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(999, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        var cards = await Task.WhenAll(answers.Select(ReadAsync<CustomerCard>));
        var id = Assert.Single(cards.Select(c => c.Id).Distinct());
        var hits = await ReadAsync<SearchResults>(await anna.GetAsync("/api/search?q=kim"));
        Assert.Equal(id, Assert.Single(hits.Hits).Id);
    }

    [Fact]
    public async Task Ten_thousand_edits_by_eight_writers_lose_nothing()
    {
        const int Writers = 8;
        const int EditsEach = 1_250;
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await CreateAsync($"c{i}@novak.example", $"Customer {i}")).Id);
        }

        var conflicts = 0;
        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var last = new Dictionary<string, int>();
            for (var edit = 1; edit <= EditsEach; edit++)
            {
                var id = ids[random.Next(ids.Count)];
                var card = await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{id}"));
                while (true)
                {
                    // Each writer keeps one tag, and writes the whole list: a lost update would take somebody's newest one.
                    var tags = card.Tags.Where(t => !t.StartsWith($"w{writer}-", StringComparison.Ordinal)).Append($"w{writer}-{edit}");
                    var answer = await PatchAsync(anna, id, card.ETag, new { tags });
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        last[id] = edit;
                        break;
                    }

                    Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
                    Interlocked.Increment(ref conflicts);
                    card = (await ReadAsync<EditConflict>(answer)).Theirs;
                }
            }

            return last;
        })));

        foreach (var id in ids)
        {
            var card = await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{id}"));
            var expected = acknowledged.SelectMany((last, writer) => last.TryGetValue(id, out var edit) ? [$"w{writer}-{edit}"] : Array.Empty<string>());
            Assert.Equal(expected.Order(), card.Tags.Order());
        }

        Assert.True(conflicts > 100, $"only {conflicts} conflicts: the writers hardly met");
    }

    [Fact]
    public async Task A_stale_edit_is_told_what_differs_and_saves_nothing()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        await PatchAsync(anna, card.Id, card.ETag, new { name = "Kim Novak-Hill", stage = "customer" });

        var answer = await PatchAsync(anna, card.Id, card.ETag, new { name = "Kim Hill", stage = "customer", jobTitle = "CEO" });

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        var conflict = await ReadAsync<EditConflict>(answer);
        Assert.Equal("Kim Novak-Hill", conflict.Theirs.Name);
        Assert.Equal(
            [new FieldConflict("name", "Name", "Kim Hill", "Kim Novak-Hill"), new FieldConflict("jobTitle", "Job title", "CEO", "")],
            conflict.Fields);
        var saved = await PatchAsync(anna, card.Id, conflict.Theirs.ETag, new { name = "Kim Hill" });
        Assert.Equal("Kim Hill", (await ReadAsync<CustomerCard>(saved)).Name);
    }

    [Fact]
    public async Task Notes_and_addresses_do_not_stand_in_the_way_of_an_edit()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        await PostAsync(anna, $"/api/customers/{card.Id}/notes", new { id = Guid.NewGuid(), text = "Called." });
        await PostAsync(anna, $"/api/customers/{card.Id}/addresses", new { address = "kim@home.example" });

        var answer = await PatchAsync(anna, card.Id, card.ETag, new { name = "Kim Hill" });

        var after = await ReadAsync<CustomerCard>(answer);
        Assert.Equal(("Kim Hill", 2, 1), (after.Name, after.Addresses.Count, after.Timeline.Lines.Count));
        Assert.NotEqual(card.ETag, after.ETag);
        Assert.Equal(after.ETag, answer.Headers.ETag!.ToString());
        Assert.False(answer.Headers.ETag.IsWeak);
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_writes_nothing_and_one_sent_twice_is_done_once()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        var before = await crm.DumpAsync(Tables.Customers, Tables.Addresses, Tables.Search);
        var same = await ReadAsync<CustomerCard>(await PatchAsync(anna, card.Id, card.ETag, new { name = " Kim Novak ", tags = Array.Empty<string>() }));
        Assert.Equal(card.ETag, same.ETag);
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers, Tables.Addresses, Tables.Search));

        var first = await ReadAsync<CustomerCard>(await PatchAsync(anna, card.Id, card.ETag, new { tags = new[] { "vip" } }));
        var again = await ReadAsync<CustomerCard>(await PatchAsync(anna, card.Id, card.ETag, new { tags = new[] { "vip" } }));
        Assert.Equal(first.ETag, again.ETag);
    }

    [Fact]
    public async Task Null_clears_a_field_and_what_is_left_out_stays()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        var full = await ReadAsync<CustomerCard>(await PatchAsync(anna, card.Id, card.ETag, new
        {
            company = "Novak GmbH",
            jobTitle = "CEO",
            phones = new[] { new { label = (string?)"work", number = "+49 (30) 12/34-5" }, new { label = (string?)null, number = "0170 1" } },
            postalAddress = new { street = "Weg 1", postalCode = "10115", city = "Berlin", country = "de" },
            language = "DE-at",
            website = "Novak.example",
            stage = "prospect",
            tags = new[] { "VIP", " vip ", "Messe 2026" },
            expectations = new[] { new { text = "Delivery before Christmas", on = "2026-02-01" } },
            preferences = new { contactBy = "phone", noCampaigns = true, note = "not before 10\r\nnever on Friday" },
        }));

        Assert.Equal(("de-AT", "https://novak.example", "DE"), (full.Language, full.Website, full.PostalAddress!.Country));
        Assert.Equal(["VIP", "Messe 2026"], full.Tags);
        Assert.Equal([new Phone("work", "+49 (30) 12/34-5"), new Phone(null, "0170 1")], full.Phones);
        Assert.Equal(new Preferences(ContactChannel.Phone, true, "not before 10\nnever on Friday"), full.Preferences);
        Assert.Equal(A.Anna.Name, full.Owner!.Name);

        var cleared = await ReadAsync<CustomerCard>(await SendAsync(anna, HttpMethod.Patch, $"/api/customers/{card.Id}", """
            {"company":null,"phones":null,"postalAddress":null,"language":null,"website":null,"expectations":null,"preferences":null,"ownerId":null}
            """, full.ETag));
        Assert.Null(cleared.Company);
        Assert.Empty(cleared.Phones);
        Assert.Null(cleared.PostalAddress);
        Assert.Null(cleared.Owner);
        Assert.Equal(("CEO", CustomerStage.Prospect, 2), (cleared.JobTitle, cleared.Stage, cleared.Tags.Count));
        Assert.Equal(new Preferences(null, false, null), cleared.Preferences);
    }

    [Fact]
    public async Task Each_wrong_field_is_named_and_nothing_changes()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        var before = await crm.DumpAsync(Tables.Customers, Tables.Addresses, Tables.Search);

        await RefusedAsync("""{"name":"  "}""", "name");
        await RefusedAsync("""{"name":null}""", "name");
        await RefusedAsync($$"""{"name":"{{new string('x', 201)}}"}""", "name");
        await RefusedAsync("""{"name":"a\u0000b"}""", "name");
        await RefusedAsync("""{"nickname":"x"}""", "nickname");
        await RefusedAsync("""{"phones":[{"number":"call me"}]}""", "phones[0].number");
        await RefusedAsync("""{"phones":"1"}""", "phones");
        await RefusedAsync("""{"language":"klingonese"}""", "language");
        await RefusedAsync("""{"website":"javascript:alert(1)"}""", "website");
        await RefusedAsync("""{"website":"https://user:secret@novak.example/"}""", "website");
        await RefusedAsync("""{"website":"ftp://novak.example/"}""", "website");
        await RefusedAsync("""{"postalAddress":{"country":"XX"}}""", "postalAddress.country");
        await RefusedAsync("""{"tags":["a",""]}""", "tags[1]");
        await RefusedAsync($$"""{"tags":["{{new string('x', 41)}}"]}""", "tags[0]");
        await RefusedAsync("""{"expectations":[{"text":"x","on":"2030-01-01"}]}""", "expectations[0].on");
        await RefusedAsync("""{"expectations":[{"text":"x"}]}""", "expectations[0].on");
        await RefusedAsync("""{"companyId":"00000000000000000000000000000000"}""", "companyId");
        await RefusedAsync($$"""{"companyId":"{{card.Id}}"}""", "companyId");
        await RefusedAsync("""{"ownerId":"00000000-0000-0000-0000-000000000000"}""", "ownerId");
        await RefusedAsync("""{"stage":"vip"}""", "stage");
        foreach (var (body, field) in new[]
        {
            ("""{"name":"Kim"}""", "address"),
            ("""{"name":"Kim","address":"kim"}""", "address"),
            ("""{"name":"Kim","address":"kim@novak.example\u0000"}""", "address"),
            ("""{"name":"","address":"lee@novak.example"}""", "name"),
            ("""{"address":"lee@novak.example"}""", "name"),
        })
        {
            await AssertNamesAsync(await SendAsync(anna, HttpMethod.Post, "/api/customers", body), field);
        }

        await AssertNamesAsync(await anna.GetAsync("/api/card?address=/o=ExchangeLabs/ou=x/cn=y"), "address");
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers, Tables.Addresses, Tables.Search));

        async Task RefusedAsync(string body, string field) =>
            await AssertNamesAsync(await SendAsync(anna, HttpMethod.Patch, $"/api/customers/{card.Id}", body, card.ETag), field);
    }

    [Fact]
    public async Task Another_firm_cannot_tell_that_a_customer_exists()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");
        var none = Guid.NewGuid().ToString("N");

        foreach (var path in new[] { "", "/timeline" })
        {
            Assert.Equal(await ShapeAsync(await olga.GetAsync($"/api/customers/{none}{path}")), await ShapeAsync(await olga.GetAsync($"/api/customers/{card.Id}{path}")));
        }

        Assert.Equal(
            await ShapeAsync(await PatchAsync(olga, none, card.ETag, new { name = "x" })),
            await ShapeAsync(await PatchAsync(olga, card.Id, card.ETag, new { name = "x" })));
        Assert.Equal(
            await ShapeAsync(await PostAsync(olga, $"/api/customers/{none}/addresses", new { address = "a@b.example" })),
            await ShapeAsync(await PostAsync(olga, $"/api/customers/{card.Id}/addresses", new { address = "a@b.example" })));
        Assert.Equal(
            await ShapeAsync(await olga.DeleteAsync($"/api/customers/{none}/addresses/kim@novak.example")),
            await ShapeAsync(await olga.DeleteAsync($"/api/customers/{card.Id}/addresses/kim@novak.example")));
        Assert.IsType<UnknownSender>(await ReadAsync<SenderCard>(await olga.GetAsync("/api/card?address=kim@novak.example")));
        Assert.Empty((await ReadAsync<SearchResults>(await olga.GetAsync("/api/search?q=novak"))).Hits);

        var theirs = await PostAsync(olga, "/api/customers", new { name = "Kim of the other firm", address = "kim@novak.example" });
        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
        Assert.Equal("Kim Novak", Assert.IsType<KnownSender>(await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=kim@novak.example"))).Card.Name);

        static async Task<string> ShapeAsync(HttpResponseMessage answer) =>
            $"{answer.StatusCode} {answer.Content.Headers.ContentType} {await answer.Content.ReadAsStringAsync()}";
    }

    [Fact]
    public async Task A_reader_reads_and_writes_nothing()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");

        Assert.Equal(HttpStatusCode.OK, (await rita.GetAsync($"/api/customers/{card.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await rita.GetAsync("/api/card?address=kim@novak.example")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(rita, "/api/customers", new { name = "x", address = "x@y.example" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PatchAsync(rita, card.Id, card.ETag, new { name = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(rita, $"/api/customers/{card.Id}/addresses", new { address = "x@y.example" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await rita.DeleteAsync($"/api/customers/{card.Id}/addresses/kim@novak.example")).StatusCode);
    }

    [Fact]
    public async Task Without_If_Match_nothing_is_changed()
    {
        var card = await CreateAsync("kim@novak.example", "Kim Novak");

        var answer = await SendAsync(anna, HttpMethod.Patch, $"/api/customers/{card.Id}", """{"name":"x"}""");

        Assert.Equal((HttpStatusCode)428, answer.StatusCode);
    }

    [Fact]
    public async Task Addresses_come_and_go_and_each_has_one_owner()
    {
        var kim = await CreateAsync("kim@novak.example", "Kim Novak");
        var lee = await CreateAsync("lee@novak.example", "Lee Novak");

        var added = await ReadAsync<CustomerCard>(await PostAsync(
            anna, $"/api/customers/{kim.Id}/addresses", new { address = "Kim@Home.example", label = "private", primary = true, source = "mail" }));
        Assert.Equal(["Kim@home.example", "kim@novak.example"], added.Addresses.Select(a => a.Address));
        Assert.Equal((true, "private", AddressSource.Mail, "Anna Berg"), (added.Addresses[0].Primary, added.Addresses[0].Label, added.Addresses[0].Source, added.Addresses[0].AddedBy));
        Assert.Equal(kim.Id, Assert.Single((await ReadAsync<SearchResults>(await anna.GetAsync("/api/search?q=kim@home"))).Hits).Id);

        var taken = await PostAsync(anna, $"/api/customers/{lee.Id}/addresses", new { address = "kim@home.example" });
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);

        var removed = await ReadAsync<CustomerCard>(await anna.DeleteAsync($"/api/customers/{kim.Id}/addresses/kim@HOME.example"));
        Assert.Equal(("kim@novak.example", true), (Assert.Single(removed.Addresses).Address, removed.Addresses[0].Primary));
        Assert.Empty((await ReadAsync<SearchResults>(await anna.GetAsync("/api/search?q=kim@home"))).Hits);
        Assert.IsType<UnknownSender>(await ReadAsync<SenderCard>(await anna.GetAsync("/api/card?address=kim@home.example")));

        var given = await PostAsync(anna, $"/api/customers/{lee.Id}/addresses", new { address = "kim@home.example" });
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anna.DeleteAsync($"/api/customers/{kim.Id}/addresses/kim@home.example")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await anna.DeleteAsync($"/api/customers/{kim.Id}/addresses/kim@novak.example")).StatusCode);
    }

    [Fact]
    public async Task A_customer_has_at_most_twenty_addresses_also_when_many_come_at_once()
    {
        var kim = await CreateAsync("kim@novak.example", "Kim Novak");

        var answers = await WhileTimePassesAsync(Task.WhenAll(Enumerable.Range(0, 30)
            .Select(i => PostAsync(anna, $"/api/customers/{kim.Id}/addresses", new { address = $"kim{i}@novak.example" }))));

        Assert.Equal(19, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(11, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(20, (await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{kim.Id}"))).Addresses.Count);
    }

    [Fact]
    public async Task People_belong_to_an_organisation_and_carry_its_new_name()
    {
        var novak = await CreateAsync("info@novak.example", "Novak GmbH", kind: "organisation");
        var kim = await ReadAsync<CustomerCard>(await PostAsync(
            anna, "/api/customers", new { name = "Kim Novak", address = "kim@novak.example", companyId = novak.Id, company = "as typed", jobTitle = "CEO" }));
        Assert.Equal(new CompanyLink(novak.Id, "Novak GmbH"), kim.Company);

        novak = await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{novak.Id}"));
        Assert.Equal(new PersonLink(kim.Id, "Kim Novak", "CEO", "kim@novak.example"), Assert.Single(novak.People));

        await PatchAsync(anna, novak.Id, novak.ETag, new { name = "Hill AG" });
        CustomerCard? renamed = null;
        await Waiting.UntilAsync(async () =>
            (renamed = await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{kim.Id}"))).Company?.Name == "Hill AG");
        Assert.Equal(kim.ETag, renamed!.ETag); // nobody edited her
        SearchResults? found = null;
        await Waiting.UntilAsync(async () => (found = await ReadAsync<SearchResults>(await anna.GetAsync("/api/search?q=kim+hill"))).Hits.Count > 0);
        Assert.Equal(kim.Id, Assert.Single(found!.Hits).Id);

        var sentBack = await ReadAsync<CustomerCard>(await PatchAsync(anna, kim.Id, kim.ETag, new { company = "Hill AG", jobTitle = "CTO" }));
        Assert.Equal(novak.Id, sentBack.Company!.Id); // the form's own text is no other company

        var left = await ReadAsync<CustomerCard>(await PatchAsync(anna, kim.Id, sentBack.ETag, new { company = "Own Ltd" }));
        Assert.Equal(new CompanyLink(null, "Own Ltd"), left.Company);
        Assert.Empty((await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{novak.Id}"))).People);
    }

    [Fact]
    public async Task An_organisation_with_many_people_still_shows_its_history()
    {
        var novak = await CreateAsync("info@novak.example", "Novak GmbH", kind: "organisation");
        for (var i = 0; i < 75; i++)
        {
            await PostAsync(anna, "/api/customers", new { name = $"Person {i}", address = $"p{i}@novak.example", companyId = novak.Id });
        }

        await PostAsync(anna, $"/api/customers/{novak.Id}/notes", new { id = Guid.NewGuid(), text = "Still here" });

        foreach (var path in new[] { $"/api/customers/{novak.Id}", "/api/card?address=info@novak.example" })
        {
            var body = JsonDocument.Parse(await anna.GetStringAsync(path)).RootElement;
            var card = body.TryGetProperty("card", out var inner) ? inner : body;
            Assert.Equal(50, card.GetProperty("people").GetArrayLength());
            Assert.Equal("Still here", card.GetProperty("timeline").GetProperty("lines")[0].GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task Everyone_on_a_mail_is_told_apart_in_one_call_and_in_order()
    {
        var kim = await CreateAsync("kim@novak.example", "Kim Novak");

        var people = (await ReadAsync<PeopleOnItem>(await PostAsync(anna, "/api/people", new
        {
            people = new[]
            {
                new { address = "lee@hill.example", name = (string?)"Hill, Lee" },
                new { address = "KIM@novak.example", name = (string?)null },
                new { address = "/o=ExchangeLabs/cn=x", name = (string?)"Old Exchange" },
                new { address = "ben@bergdesign.example", name = (string?)"Ben" },
                new { address = "kim@novak.example", name = (string?)"again" },
                new { address = "", name = (string?)null },
            },
        }))).People;

        Assert.Equal(
            [
                new PersonOnItem("lee@hill.example", "Lee Hill", PersonState.Unknown, null, null),
                new PersonOnItem("KIM@novak.example", "Kim Novak", PersonState.Known, kim.Id, null),
                new PersonOnItem("/o=ExchangeLabs/cn=x", "Old Exchange", PersonState.Invalid, null, null),
                new PersonOnItem("ben@bergdesign.example", "Ben", PersonState.Colleague, null, null),
                new PersonOnItem("kim@novak.example", "Kim Novak", PersonState.Known, kim.Id, null),
                new PersonOnItem("", "", PersonState.Invalid, null, null),
            ],
            people);
    }

    [Fact]
    public async Task A_signature_improves_the_form()
    {
        var sender = await ReadAsync<SenderCard>(await PostAsync(anna, "/api/card/guess", new
        {
            address = "kim@novak.example",
            name = "Kim Novak",
            text = "Hello Anna,\n\nplease call me.\n\nBest regards\nKim Novak\nHead of Sales\nNovak GmbH\nPhone: +49 30 1234567\n",
        }));

        var draft = Assert.IsType<UnknownSender>(sender).Draft;
        Assert.Equal(("Kim Novak", "Head of Sales", "+49 30 1234567"), (draft.Name, draft.JobTitle, draft.Phone));
        Assert.Contains("phone", draft.Guessed);
        Assert.DoesNotContain("Head of Sales", await crm.DumpAsync(Tables.All.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_in_every_field_is_kept_as_text_and_drawn_as_text()
    {
        const string Script = "<script>alert(1)</script>";
        var card = await ReadAsync<CustomerCard>(await PostAsync(
            anna, "/api/customers", new { name = Script, address = "kim@novak.example", company = Script, jobTitle = Script }));
        await PatchAsync(anna, card.Id, card.ETag, new { tags = new[] { Script }, expectations = new[] { new { text = Script, on = "2026-01-01" } } });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/card?address=kim@novak.example");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        var html = await (await anna.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Script, (await ReadAsync<CustomerCard>(await anna.GetAsync($"/api/customers/{card.Id}"))).Name);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        try
        {
            return JsonSerializer.Deserialize<T>(body, ContractJson.Options)!;
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {body}");
        }
    }

    private static async Task AssertNamesAsync(HttpResponseMessage answer, string field)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await ReadAsync<Problem>(answer)).Errors!.Keys);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) => client.PostAsJsonAsync(path, body);

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, string id, string etag, object body) =>
        SendAsync(client, HttpMethod.Patch, $"/api/customers/{id}", JsonSerializer.Serialize(body), etag);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string json, string? etag = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        return await client.SendAsync(request);
    }

    private async Task<CustomerCard> CreateAsync(string address, string name, string kind = "person")
    {
        var answer = await PostAsync(anna, "/api/customers", new { name, address, kind });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var card = await ReadAsync<CustomerCard>(answer);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"/api/customers/{card.Id}"), answer.Headers.Location!.ToString());
        return card;
    }

    // The test's clock stands still, and who waits for another's commit waits on it.
    private async Task<T> WhileTimePassesAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            crm.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.WhenAny(task, Task.Delay(10));
        }

        return await task;
    }
}
