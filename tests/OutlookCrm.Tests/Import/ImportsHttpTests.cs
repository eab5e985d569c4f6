using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Import;

public sealed class ImportsHttpTests
{
    private const string Invoices = """
        Customer;E-mail;Invoice no;Date;Net amount;Product
        Kim;kim@kunde.example;1;02.01.2026;1.000,00;Table
        Kim;kim@kunde.example;1;02.01.2026;80,50;Chair
        KIM AG;;2;05.02.2026;-50,00;Table
        Nobody;nobody@neu.example;3;05.02.2026;30,00;Lamp
        Kim;kim@kunde.example;4;31.02.2026;30,00;Lamp

        """;

    [Fact]
    public async Task A_file_is_shown_taken_in_once_and_taken_back_whole()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben, new { name = "Kim AG", kind = "organisation", address = "kim@kunde.example" });

        var given = await GiveAsync(ben, Invoices);
        var preview = given.Preview!;
        Assert.Equal((ImportDelimiter.Semicolon, true, DecimalSign.Comma, "d.M.yyyy", "USD"), (
            preview.Plan.Delimiter, preview.Plan.HasHeader, preview.Plan.Decimals, preview.Plan.DatePattern, preview.Plan.Currency));
        Assert.Equal((5, 4, 1, 1, 1), (preview.Rows, preview.GoodRows, preview.ByAddress, preview.ByName, preview.Unknown));
        Assert.Equal(["Nobody"], preview.UnknownNames);
        Assert.Equal(new ImportLine(2, "Kim", new DateOnly(2026, 1, 2), "1000.00", "USD", "Table", "1"), preview.Lines[0]);
        Assert.Equal((6, "'31.02.2026' is not a date like the others (d.M.yyyy)."), (preview.Problems[0].Line, Assert.Single(preview.Problems).Reason));
        Assert.Null((await CardAsync(ben, kim)).Sales);

        var planned = await PlanAsync(ben, given, preview.Plan with { Currency = "EUR" });
        using var stale = await ben.PostAsync($"/api/imports/{given.Id}/start?plan={preview.Stamp}", null);
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        var done = await StartedAsync(ben, planned);
        Assert.Equal(
            new ImportResult(5, 5, 3, 2, 0, 2, 0, []),
            done.Result! with { Problems = [], Kept = [] });
        Assert.Equal([(5, "'Nobody' is no customer."), (6, "'31.02.2026' is not a date like the others (d.M.yyyy).")], done.Result!.Problems.Select(one => (one.Line!.Value, one.Reason)));
        var card = await CardAsync(ben, kim);
        Assert.Equal((new CurrencyTotal("EUR", 1, "1030.50"), CustomerStage.Customer), (Assert.Single(card.Sales!.Totals), card.Stage));
        var list = await PurchasesAsync(ben, kim);
        Assert.Equal(["Table", "Chair"], list.Purchases.Single(one => !one.IsCreditNote).Items.Select(item => item.Product));
        Assert.DoesNotContain(crm.Logs.Lines, line => line.Contains("kim@kunde", StringComparison.Ordinal) || line.Contains("1000", StringComparison.Ordinal));

        // The same file, and a later one that holds the same invoices otherwise ordered and one by hand.
        var again = await TakeInAsync(ben, Invoices, plan => plan with { Currency = "EUR" });
        Assert.Equal((0, 3, 2), (again.Result!.Added, again.Result.AlreadyThere, again.Result.LeftOut));
        (await ben.PostAsJsonAsync(
            $"/api/customers/{kim}/purchases",
            new AddPurchaseRequest(Guid.NewGuid(), [new PurchaseItem("Desk", "70")], "EUR", new DateOnly(2026, 2, 7), Number: "9"), ContractJson.Options)).EnsureSuccessStatusCode();
        var later = await TakeInAsync(ben, """
            invoice,date,amount,currency,email,item
            1,2026-01-02,80.5,EUR,kim@kunde.example,Chair
            1,2026-01-02,1000,EUR,kim@kunde.example,Table
            2,2026-02-05,-51,EUR,kim@kunde.example,Table
            9,2026-02-07,70,EUR,kim@kunde.example,Desk
            10,2026-02-08,20,EUR,kim@kunde.example,Lamp

            """);
        Assert.Equal((1, 3, 1), (later.Result!.Added, later.Result.AlreadyThere, later.Result.LeftOut));
        Assert.StartsWith("This invoice is there already with other amounts.", Assert.Single(later.Result.Problems).Reason, StringComparison.Ordinal);

        // Taken back, only its own go; what was there before it was not its own.
        await UndoneAsync(ben, again.Id);
        Assert.Equal("1120.50", (await CardAsync(ben, kim)).Sales!.Totals[0].Revenue);
        await UndoneAsync(ben, done.Id);
        await UndoneAsync(ben, done.Id);
        Assert.Equal(("90.00", CustomerStage.Customer), ((await CardAsync(ben, kim)).Sales!.Totals[0].Revenue, (await CardAsync(ben, kim)).Stage));
        var anew = await TakeInAsync(ben, Invoices, plan => plan with { Currency = "EUR" });
        Assert.Equal((3, "1120.50"), (anew.Result!.Added, (await CardAsync(ben, kim)).Sales!.Totals[0].Revenue));
        Assert.Equal(4, (await ben.GetFromJsonAsync<ImportList>("/api/imports", ContractJson.Options))!.Imports.Count);

        // The file itself is gone; what it quoted goes with it.
        Assert.DoesNotContain("|c|0000", await crm.DumpAsync(Tables.Imports), StringComparison.Ordinal);
        (await ben.DeleteAsync($"/api/imports/{done.Id}")).EnsureSuccessStatusCode();
        Assert.DoesNotContain(done.Id.ToString("N"), await crm.DumpAsync(Tables.Imports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_unknown_becomes_a_customer_once_and_nobody_is_taken_for_another()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        await CustomerAsync(ben, new { name = "Twin", address = "one@twin.example" });
        await CustomerAsync(ben, new { name = "Twin", address = "two@twin.example" });
        const string File = """
            Kunde;E-Mail;Kundennr;Datum;Betrag;Währung
            Sonne GmbH;info@sonne.example;17;01.02.2026;10,00;EUR
            ;;17;02.02.2026;11,00;EUR
            Mond GmbH;;18;03.02.2026;12,00;CHF
            Twin;;;04.02.2026;13,00;EUR

            """;

        var first = await TakeInAsync(ben, File, plan => plan with { Unknown = UnknownCustomers.MakeCustomers });
        var second = await TakeInAsync(ben, File, plan => plan with { Unknown = UnknownCustomers.MakeCustomers });

        Assert.Equal((3, 2, 1), (first.Result!.Added, first.Result.NewCustomers, first.Result.LeftOut));
        Assert.Equal((5, "More than one customer is called 'Twin'."), (first.Result.Problems[0].Line, Assert.Single(first.Result.Problems).Reason));
        Assert.Equal((0, 3, 0), (second.Result!.Added, second.Result.AlreadyThere, second.Result.NewCustomers));
        var hits = (await ben.GetFromJsonAsync<SearchResults>("/api/search?q=gmbh", ContractJson.Options))!.Hits;
        Assert.Equal(["Mond GmbH", "Sonne GmbH"], hits.Select(hit => hit.Name));
        var sun = await CardAsync(ben, hits[1].Id);
        Assert.Equal(("21.00", CustomerStage.Customer, CustomerKind.Organisation, AddressSource.Import), (
            sun.Sales!.Totals[0].Revenue, sun.Stage, sun.Kind, sun.Addresses[0].Source));
    }

    [Fact]
    public async Task An_undo_removes_the_customers_that_it_made_and_leaves_those_whom_anybody_has_touched()
    {
        var store = new Breaking();
        await using var crm = await TestCrm.StartAsync(services: services => Put(store, services));
        using var ben = crm.SignIn(A.Ben);
        string[] names = ["Untouched", "Nameless", "Noted", "Edited", "Addressed", "Bought", "Removed", "Planned", "Dealt", "Answered", "Employer"];
        var file = "customer,email,date,amount,currency\n" + string.Concat(names.Select(name =>
            $"{name},{(name is "Nameless" or "Employer" ? "" : name + "@neu.example")},2026-01-02,5,EUR\n"));
        var done = await TakeInAsync(ben, file, plan => plan with { Unknown = UnknownCustomers.MakeCustomers });
        var ids = new Dictionary<string, string>();
        foreach (var name in names)
        {
            ids[name] = Assert.Single((await ben.GetFromJsonAsync<SearchResults>($"/api/search?q={name}", ContractJson.Options))!.Hits).Id;
        }

        var removed = Guid.NewGuid();
        await PostAsync($"/api/customers/{ids["Noted"]}/notes", new { id = Guid.NewGuid(), text = "Called" });
        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{ids["Edited"]}") { Content = JsonContent.Create(new { tags = new[] { "fair" } }) };
        edit.Headers.TryAddWithoutValidation("If-Match", (await CardAsync(ben, ids["Edited"])).ETag);
        (await ben.SendAsync(edit)).EnsureSuccessStatusCode();
        await PostAsync($"/api/customers/{ids["Addressed"]}/addresses", new { address = "more@neu.example" });
        await PostAsync($"/api/customers/{ids["Bought"]}/purchases", Desk(Guid.NewGuid()));
        await PostAsync($"/api/customers/{ids["Removed"]}/purchases", Desk(removed));
        (await ben.DeleteAsync($"/api/customers/{ids["Removed"]}/purchases/{removed}")).EnsureSuccessStatusCode();
        await PostAsync($"/api/customers/{ids["Dealt"]}/deals", new { id = Guid.NewGuid(), title = "Kitchen", stage = "Offer" });
        await PostAsync($"/api/customers/{ids["Answered"]}/feedback", new { id = Guid.NewGuid(), question = "recommend", score = "9" });
        await PostAsync("/api/customers", new { name = "Kim", address = "kim@kunde.example", companyId = ids["Employer"] });

        // At the last moment, when the undo has looked already.
        var isPlanned = 0;
        store.BeforeRemoval = partition => partition == TableKeys.Customer(A.Firm, ids["Planned"]) && Interlocked.Exchange(ref isPlanned, 1) == 0
            ? PostAsync($"/api/customers/{ids["Planned"]}/follow-ups", new { id = Guid.NewGuid(), note = "Call", kind = "weOwe", dueOn = "2027-01-05" })
            : Task.CompletedTask;
        await UndoneAsync(ben, done.Id);

        var result = (await PageAsync(ben, done.Id)).Result!;
        Assert.Equal((11, 1), (result.NewCustomers, isPlanned));
        Assert.Equal([new(KeptBecause.Purchases, 1), new(KeptBecause.Contact, 1), new(KeptBecause.Work, 7)], result.Kept);
        foreach (var name in names)
        {
            using var card = await ben.GetAsync($"/api/customers/{ids[name]}");
            Assert.Equal((name, name is "Untouched" or "Nameless" ? HttpStatusCode.NotFound : HttpStatusCode.OK), (name, card.StatusCode));
            var hits = (await ben.GetFromJsonAsync<SearchResults>($"/api/search?q={name}", ContractJson.Options))!.Hits;
            Assert.Equal((name, card.IsSuccessStatusCode), (name, hits.Any(hit => hit.Id == ids[name])));
        }

        var html = await HtmlAsync(ben, $"/api/imports/{done.Id}");
        Assert.Contains("Of 11 customers that it made, 2 are gone too, 9 stay:", html, StringComparison.Ordinal);
        Assert.Contains("1 customer with mails, meetings, calls or notes", html, StringComparison.Ordinal);

        // The address is free, and the next file makes whoever is gone again.
        var again = await TakeInAsync(ben, file, plan => plan with { Unknown = UnknownCustomers.MakeCustomers });
        Assert.Equal((11, 2), (again.Result!.Added, again.Result.NewCustomers));

        async Task PostAsync(string path, object body) =>
            Assert.True((await ben.PostAsJsonAsync(path, body)).IsSuccessStatusCode, path);

        static AddPurchaseRequest Desk(Guid id) => new(id, [new PurchaseItem("Desk", "70")], "EUR", new DateOnly(2026, 2, 7));
    }

    [Fact]
    public async Task A_run_that_dies_anywhere_is_run_again_and_nothing_is_there_twice_or_lost()
    {
        var store = new Breaking();
        await using var crm = await TestCrm.StartAsync(services: services => Put(store, services));
        using var ben = crm.SignIn(A.Ben);
        var sales = crm.Services.GetRequiredService<SalesStore>();
        var breaks = 0;
        var undone = 0;

        // So many writes of the run get through, the next ones do not.
        foreach (var writes in new[] { 0, 3, 8, 14, 20 })
        {
            var file = new StringBuilder("email,customer,date,amount,invoice,currency\n");
            for (var i = 0; i < 120; i++)
            {
                var who = i % 4;
                file.Append(CultureInfo.InvariantCulture, $"{(who < 2 ? $"c{who}.{writes}@kunde.example" : "")},Round{writes} {who},{new DateOnly(2025, 1, 1).AddDays(i):yyyy-MM-dd},{i + 1}.25,{(i % 3 == 0 ? "" : i)},EUR\n");
            }

            var given = await GiveAsync(ben, file.ToString());
            given = await PlanAsync(ben, given, given.Preview!.Plan with { Unknown = UnknownCustomers.MakeCustomers });
            store.BreakAfter(1 + writes, table => table is Tables.Customers or Tables.Addresses or Tables.Imports);
            using var started = await ben.PostAsync($"/api/imports/{given.Id}/start?plan={given.Preview!.Stamp}", null);
            started.EnsureSuccessStatusCode();
            await Waiting.UntilAsync(async () => store.IsBroken || (await PageAsync(ben, given.Id)).State == ImportState.Done);
            breaks += store.IsBroken ? 1 : 0;
            store.Mend();

            // The queue brings it again, and whoever waits for an address that a dead run had claimed does so by the clock.
            await Waiting.WhileTimePassesAsync(crm.Clock, async () => (await PageAsync(ben, given.Id)).State == ImportState.Done, TimeSpan.FromSeconds(1));
            var done = await PageAsync(ben, given.Id);
            Assert.Equal((ImportState.Done, 120, 120, 0, 4), (done.State, done.Result!.Added, done.Result.Looked, done.Result.LeftOut, done.Result.NewCustomers));
            List<SearchHit> customers = [];
            await Waiting.WhileTimePassesAsync(crm.Clock, async () =>
            {
                // Search follows the record, after a crash by a message.
                customers = [.. (await ben.GetFromJsonAsync<SearchResults>($"/api/search?q=round{writes}", ContractJson.Options))!.Hits
                    .Where(hit => hit.Name.StartsWith($"Round{writes} ", StringComparison.Ordinal))];
                return customers.Count >= 4;
            }, TimeSpan.FromSeconds(1));
            Assert.Equal(4, customers.Count);
            var totals = await Task.WhenAll(customers.Select(async hit => (await CardAsync(ben, hit.Id)).Sales!.Totals.Single()));
            Assert.Equal((120, Enumerable.Range(1, 120).Sum(i => i + 0.25m)), (
                totals.Sum(total => total.Purchases), totals.Sum(total => decimal.Parse(total.Revenue, CultureInfo.InvariantCulture))));
            // The customers that it made go with it, wherever the undo dies; one of them has a note and stays.
            var noted = customers.Single(hit => hit.Name.EndsWith(" 1", StringComparison.Ordinal)).Id;
            (await ben.PostAsJsonAsync($"/api/customers/{noted}/notes", new { id = Guid.NewGuid(), text = "Called" })).EnsureSuccessStatusCode();
            store.BreakAfter(1 + writes, table => table is Tables.Customers or Tables.Addresses or Tables.Imports or Tables.Search);
            (await ben.PostAsync($"/api/imports/{given.Id}/undo", null)).EnsureSuccessStatusCode();
            await Waiting.UntilAsync(async () => store.IsBroken || (await PageAsync(ben, given.Id)).State == ImportState.Undone);
            undone += store.IsBroken ? 1 : 0;
            store.Mend();
            await Waiting.WhileTimePassesAsync(crm.Clock, async () => (await PageAsync(ben, given.Id)).State == ImportState.Undone, TimeSpan.FromSeconds(1));
            Assert.Equal([new KeptCustomers(KeptBecause.Contact, 1)], (await PageAsync(ben, given.Id)).Result!.Kept);
            Assert.Equal((null, CustomerStage.Lead), (await CardAsync(ben, noted)) is var card ? (card.Sales, card.Stage) : default);

            // A worker that was only slow comes back: what was taken away stays away.
            var late = InvoicePurchase.Of(
                [new InvoiceRow(2, "", null, null, null, new DateOnly(2025, 1, 2), "1", 2.25m, null, "EUR", "Invoice")], given.Id, "Ben", crm.Clock.GetUtcNow());
            foreach (var hit in customers)
            {
                await sales.ImportAsync(A.Firm, CustomerId.Parse(hit.Id), given.Id, [late[0].Purchase], default);
            }

            Assert.Null((await CardAsync(ben, noted)).Sales);
            await Waiting.WhileTimePassesAsync(crm.Clock, async () =>
            {
                // The last look takes what is left of those who are gone: a customer is found by nothing any more.
                var all = string.Concat(await Task.WhenAll(new[] { Tables.Customers, Tables.Addresses, Tables.Search, Tables.Buyers }.Select(table => crm.DumpAsync(table))));
                return customers.All(hit => hit.Id == noted || !all.Contains(hit.Id, StringComparison.Ordinal));
            }, TimeSpan.FromMinutes(2));
        }

        Assert.True(undone >= 4, $"The undo broke {undone} times only.");

        Assert.True(breaks >= 4, $"The run broke {breaks} times only.");
    }

    [Fact]
    public async Task What_stands_still_is_started_again_as_often_as_one_likes_and_nothing_is_there_twice()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var imports = crm.Services.GetRequiredService<ImportStore>();
        var file = new StringBuilder("customer,email,date,amount,currency\n");
        for (var i = 0; i < 60; i++)
        {
            file.Append(CultureInfo.InvariantCulture, $"Still {i % 3},still{i % 3}@kunde.example,{new DateOnly(2025, 1, 1).AddDays(i):yyyy-MM-dd},1,EUR\n");
        }

        var given = await GiveAsync(ben, file.ToString());
        given = await PlanAsync(ben, given, given.Preview!.Plan with { Unknown = UnknownCustomers.MakeCustomers });
        Assert.Equal(HttpStatusCode.Conflict, (await ben.PostAsync($"/api/imports/{given.Id}/resume", null)).StatusCode);

        // It was started, and its message was lost.
        var stored = (await imports.FindAsync(A.Firm, given.Id, default))!;
        Assert.True(await imports.SaveAsync(A.Firm, stored with { State = ImportState.Running, StartedAt = crm.Clock.GetUtcNow() }, default));
        Assert.False((await PageAsync(ben, given.Id)).StandsStill);
        Assert.DoesNotContain("Start again", await HtmlAsync(ben, $"/api/imports/{given.Id}"), StringComparison.Ordinal);
        crm.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.True((await PageAsync(ben, given.Id)).StandsStill);
        Assert.Contains("Start again", await HtmlAsync(ben, $"/api/imports/{given.Id}"), StringComparison.Ordinal);

        // Pressed by two at once, beside a worker that was only slow.
        await Task.WhenAll(
            ben.PostAsync($"/api/imports/{given.Id}/resume", null),
            ben.PostAsync($"/api/imports/{given.Id}/resume", null),
            crm.Services.GetRequiredService<ImportJob>().AskAsync(A.Firm, given.Id, default));
        await UntilAsync(ImportState.Done);
        using var late = await ben.PostAsync($"/api/imports/{given.Id}/resume", null);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        var done = await PageAsync(ben, given.Id);
        Assert.Equal((60, 60, 3, false), (done.Result!.Added, done.Result.Looked, done.Result.NewCustomers, done.StandsStill));
        Assert.Equal(60, await CountAsync("p|"));
        Assert.Equal(3, await CountAsync(TableKeys.Record));

        // Of an undo as of the import.
        stored = (await imports.FindAsync(A.Firm, given.Id, default))!;
        Assert.True(await imports.SaveAsync(A.Firm, stored with { State = ImportState.Undoing, UndoAt = crm.Clock.GetUtcNow() }, default));
        crm.Clock.Advance(TimeSpan.FromMinutes(4));
        using var undone = await ben.PostAsync($"/api/imports/{given.Id}/resume", null);
        Assert.False((await undone.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!.StandsStill);
        await UntilAsync(ImportState.Undone);
        Assert.Equal(0, await CountAsync("p|"));

        // Whoever waits for an address that another is just claiming does so by the clock.
        Task UntilAsync(ImportState state) => Waiting.WhileTimePassesAsync(crm.Clock, async () => (await PageAsync(ben, given.Id)).State == state, TimeSpan.FromSeconds(1));

        async Task<int> CountAsync(string rowKey) =>
            await crm.Services.GetRequiredService<ITableScan>().ScanAsync(Tables.Customers, A.Firm.ToString("N"), default)
                .CountAsync(row => rowKey.EndsWith('|') ? row.RowKey.StartsWith(rowKey, StringComparison.Ordinal) : row.RowKey == rowKey);
    }

    [Fact]
    public async Task A_customer_who_went_in_between_is_told_and_the_others_are_entered()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var gone = await CustomerAsync(ben, new { name = "Gone", address = "gone@kunde.example" });
        var kim = await CustomerAsync(ben, new { name = "Kim", address = "kim@kunde.example" });
        var given = await GiveAsync(ben, "email,date,amount,currency\ngone@kunde.example,2026-01-01,1,EUR\ngone@kunde.example,2026-01-02,1,EUR\nkim@kunde.example,2026-01-01,2,EUR\n");
        Assert.Equal(2, given.Preview!.ByAddress);

        await crm.Services.GetRequiredService<ITableStore>().DeleteAsync(
            Tables.Customers, TableKeys.Customer(A.Firm, gone), TableKeys.Record, etag: null, default);
        var done = await StartedAsync(ben, given);

        Assert.Equal((1, 2), (done.Result!.Added, done.Result.LeftOut));
        Assert.Equal((2, "The customer was removed meanwhile. (2 rows from here on)"), (done.Result.Problems[0].Line, Assert.Single(done.Result.Problems).Reason));
        Assert.Equal("2.00", (await CardAsync(ben, kim)).Sales!.Totals[0].Revenue);
    }

    [Fact]
    public async Task A_file_that_is_started_while_a_colleague_forgets_it_is_taken_in_and_can_be_taken_back()
    {
        var store = new Breaking();
        await using var crm = await TestCrm.StartAsync(services: services => Put(store, services));
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben, new { name = "Kim", address = "kim@kunde.example" });
        var given = await GiveAsync(ben, "email,date,amount,currency\nkim@kunde.example,2026-01-01,2,EUR\n");

        store.OnceAFileWasRead(() => StartedAsync(ben, given));
        using var forgotten = await anna.DeleteAsync($"/api/imports/{given.Id}");

        Assert.Equal(HttpStatusCode.Conflict, forgotten.StatusCode);
        Assert.Single((await PurchasesAsync(ben, kim)).Purchases);
        await UndoneAsync(ben, given.Id);
        Assert.Empty((await PurchasesAsync(ben, kim)).Purchases);
        using var then = await anna.DeleteAsync($"/api/imports/{given.Id}");
        Assert.Equal(HttpStatusCode.OK, then.StatusCode);
        Assert.DoesNotContain(given.Id.ToString("N"), await crm.DumpAsync(Tables.Imports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_erased_is_in_no_import_any_more_and_an_undo_finds_what_was_kept()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        var kim = await CustomerAsync(anna, new { name = "Kim", address = "kim@kunde.example" });
        var done = await TakeInAsync(anna, "email,date,amount,currency\nkim@kunde.example,2026-01-01,77,EUR\nx@stranger.example,2026-01-02,1,EUR\n");
        Assert.Equal("'x@stranger.example' is no customer.", Assert.Single(done.Result!.Problems).Reason);

        (await anna.PostAsJsonAsync($"/api/customers/{kim}/erase", new { name = "Kim", purchases = "keep" })).EnsureSuccessStatusCode();
        (await anna.PostAsJsonAsync("/api/erasures", new { address = "x@stranger.example" })).EnsureSuccessStatusCode();
        await Waiting.WhileTimePassesAsync(
            crm.Clock,
            async () => !(await crm.DumpAsync(Tables.Imports)).Contains(kim, StringComparison.Ordinal)
                && (await PageAsync(anna, done.Id)).Result!.Problems[0] is { Line: 3, Reason: "Of somebody who was erased." }
                && await PurchasesAsync() == 1,
            TimeSpan.FromSeconds(5));

        await UndoneAsync(anna, done.Id);
        Assert.Equal(0, await PurchasesAsync());

        async Task<int> PurchasesAsync() =>
            await crm.Services.GetRequiredService<ITableScan>().ScanAsync(Tables.Customers, A.Firm.ToString("N"), default).CountAsync(row => row.RowKey.StartsWith("p|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_file_of_invoices_is_refused_and_nothing_of_it_is_kept()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        using var olga = crm.SignIn(A.Olga);
        var given = await GiveAsync(ben, Invoices);
        var before = await crm.DumpAsync(Tables.Imports);

        using var pdf = await SendAsync(ben, "%PDF-1.7"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, pdf.StatusCode);
        Assert.StartsWith("This is no text file but a PDF", (await pdf.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!["file"][0], StringComparison.Ordinal);
        using var large = await SendAsync(ben, new byte[ImportLimits.MaxBytes + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var unsaid = await SendAsync(ben, new byte[ImportLimits.MaxBytes + 1], isChunked: true);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, unsaid.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(rita, Encoding.UTF8.GetBytes(Invoices))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync($"/api/imports/{given.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.PostAsync($"/api/imports/{given.Id}/start?plan={given.Preview!.Stamp}", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ben.PostAsync($"/api/imports/{given.Id}/undo", null)).StatusCode);
        using var bad = await ben.PutAsJsonAsync($"/api/imports/{given.Id}/plan", given.Preview.Plan with { Columns = new ImportColumns(Date: "201"), DatePattern = "yy", Currency = "XXX" }, ContractJson.Options);
        Assert.Equal(["columns.date", "currency", "datePattern"], (await bad.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys.Order());
        Assert.Equal(before, await crm.DumpAsync(Tables.Imports));

        var unready = await PlanAsync(ben, given, given.Preview.Plan with { Columns = given.Preview.Plan.Columns! with { Amount = null } });
        Assert.Equal(["Say which column holds the amount."], unready.Preview!.Missing);
        Assert.Equal(HttpStatusCode.Conflict, (await ben.PostAsync($"/api/imports/{given.Id}/start?plan={unready.Preview.Stamp}", null)).StatusCode);

        // Nobody took it in: a day later it is forgotten.
        crm.Clock.Advance(TimeSpan.FromHours(25));
        await crm.Services.GetRequiredService<TidyImports>().RunAsync(new Microsoft.Azure.Functions.Worker.TimerInfo(), default);
        Assert.Equal("", await crm.DumpAsync(Tables.Imports));
    }

    [Fact]
    public async Task A_file_is_taken_in_worked_out_and_taken_back_without_a_thread_that_requests_need()
    {
        // The name of the run that reads or writes a row, and whether on the thread pool.
        var running = new AsyncLocal<string?>();
        var seen = new ConcurrentDictionary<(string? Function, bool IsOnPool), int>();
        await using var crm = await TestCrm.StartAsync(
            services: services =>
            {
                var real = services.Last(service => service.ServiceType == typeof(ITableStore));
                services.RemoveAll<ITableStore>();
                services.AddSingleton<ITableStore>(provider => new Watched(
                    (ITableStore)real.ImplementationFactory!(provider),
                    () => seen.AddOrUpdate((running.Value, Thread.CurrentThread.IsThreadPoolThread), 1, (_, count) => count + 1)));
            },
            middleware: builder =>
            {
                builder.Use(next => async context =>
                {
                    running.Value = context.FunctionDefinition.Name;
                    await next(context);
                });
                builder.UseOutlookCrm();
            });
        using var ben = crm.SignIn(A.Ben);
        const int Buyers = 40;
        var text = "Customer;Date;Net amount;Product\n" + string.Concat(Enumerable.Range(1, Buyers).Select(i => $"Buyer {i};02.01.2026;{i},00;Lamp\n"));
        var done = await TakeInAsync(ben, text, plan => plan with { Unknown = UnknownCustomers.MakeCustomers });
        Assert.Equal(Buyers, done.Result!.Added);
        await Waiting.UntilAsync(() => CountOf(nameof(RecomputeInsights), isOnPool: false) + CountOf(nameof(RecomputeInsights), isOnPool: true) > 2 * Buyers);
        await UndoneAsync(ben, done.Id);

        foreach (var function in new[] { nameof(RunImport), nameof(RecomputeInsights) })
        {
            Assert.Equal(0, CountOf(function, isOnPool: true));
            Assert.InRange(CountOf(function, isOnPool: false), Buyers, int.MaxValue);
        }

        int CountOf(string function, bool isOnPool) => seen.GetValueOrDefault((function, isOnPool));
    }

    private static async Task<ImportPage> TakeInAsync(HttpClient client, string text, Func<ImportPlan, ImportPlan>? change = null)
    {
        var given = await GiveAsync(client, text);
        return await StartedAsync(client, change is null ? given : await PlanAsync(client, given, change(given.Preview!.Plan)));
    }

    private static async Task<ImportPage> GiveAsync(HttpClient client, string text)
    {
        using var answer = await SendAsync(client, Encoding.UTF8.GetBytes(text));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, byte[] content, bool isChunked = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?name=invoices.csv") { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.ExpectContinue = content.Length > 1_000_000;
        request.Headers.TransferEncodingChunked = isChunked ? true : null;
        return client.SendAsync(request);
    }

    private static async Task<ImportPage> PlanAsync(HttpClient client, ImportPage file, ImportPlan plan)
    {
        using var answer = await client.PutAsJsonAsync($"/api/imports/{file.Id}/plan", plan, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
    }

    private static async Task<ImportPage> StartedAsync(HttpClient client, ImportPage file)
    {
        using var answer = await client.PostAsync($"/api/imports/{file.Id}/start?plan={file.Preview!.Stamp}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Waiting.UntilAsync(async () => (await PageAsync(client, file.Id)).State == ImportState.Done);
        return await PageAsync(client, file.Id);
    }

    private static async Task UndoneAsync(HttpClient client, Guid id)
    {
        (await client.PostAsync($"/api/imports/{id}/undo", null)).EnsureSuccessStatusCode();
        await Waiting.UntilAsync(async () => (await PageAsync(client, id)).State == ImportState.Undone);
    }

    private static void Put(Breaking store, IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(ITableStore));
        services.RemoveAll<ITableStore>();
        services.AddSingleton<ITableStore>(provider => store.Over((ITableStore)real.ImplementationFactory!(provider)));
    }

    private static async Task<string> HtmlAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<ImportPage> PageAsync(HttpClient client, Guid id) =>
        (await client.GetFromJsonAsync<ImportPage>($"/api/imports/{id}", ContractJson.Options))!;

    private static async Task<CustomerCard> CardAsync(HttpClient client, string customer) =>
        (await client.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;

    private static async Task<PurchaseList> PurchasesAsync(HttpClient client, string customer) =>
        (await client.GetFromJsonAsync<PurchaseList>($"/api/customers/{customer}/purchases", ContractJson.Options))!;

    private static async Task<string> CustomerAsync(HttpClient client, object customer)
    {
        using var made = await client.PostAsJsonAsync("/api/customers", customer);
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    /// <summary>A store that tells of each call, on the thread that makes it.</summary>
    private sealed class Watched(ITableStore real, Action onCall) : ITableStore
    {
        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation)
        {
            onCall();
            return real.FindAsync(table, partitionKey, rowKey, cancellation);
        }

        public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation)
        {
            onCall();
            return real.RangeAsync(table, partitionKey, range, maxRows, cancellation);
        }

        public Task<TransactionOutcome> TransactAsync(
            string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            onCall();
            return real.TransactAsync(table, partitionKey, changes, cancellation);
        }
    }

    /// <summary>A store that goes away in the middle of a run, for all who write to some tables.</summary>
    private sealed class Breaking
    {
        private ITableStore? over;
        private Func<string, bool> isBreaking = _ => false;
        private volatile bool isBroken;
        private int left = int.MaxValue;
        private Func<Task>? afterFile;

        public bool IsBroken => isBroken;

        /// <summary>Runs before a customer of this partition is removed.</summary>
        public Func<string, Task> BeforeRemoval { get; set; } = _ => Task.CompletedTask;

        public ITableStore Over(ITableStore real) => over ??= new Store(this, real);

        /// <summary>Runs once, after a file's row was read and before its reader goes on.</summary>
        public void OnceAFileWasRead(Func<Task> then) => afterFile = then;

        public void BreakAfter(int writes, Func<string, bool> tables) => (isBroken, isBreaking, left) = (false, tables, writes);

        public void Mend() => left = int.MaxValue;

        private sealed class Store(Breaking breaking, ITableStore real) : ITableStore
        {
            public async Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation)
            {
                var row = await real.FindAsync(table, partitionKey, rowKey, cancellation);
                if (table == Tables.Imports && Interlocked.Exchange(ref breaking.afterFile, null) is { } then)
                {
                    await then();
                }

                return row;
            }

            public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
                real.RangeAsync(table, partitionKey, range, maxRows, cancellation);

            public async Task<TransactionOutcome> TransactAsync(
                string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
            {
                if (table == Tables.Customers && changes is [TableChange.Delete { RowKey: TableKeys.Record }, ..])
                {
                    await breaking.BeforeRemoval(partitionKey);
                }

                if (breaking.isBreaking(table) && Interlocked.Decrement(ref breaking.left) < 0)
                {
                    breaking.isBroken = true;
                    throw new TableStoreUnavailableException("It went away.");
                }

                return await real.TransactAsync(table, partitionKey, changes, cancellation);
            }
        }
    }
}
