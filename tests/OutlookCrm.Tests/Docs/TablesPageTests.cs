using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Interactions;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Docs;

public sealed class TablesPageTests
{
    [Fact]
    public async Task Every_table_and_column_that_is_written_stands_on_the_tables_page()
    {
        var written = new ConcurrentDictionary<(string Table, string Column), bool>();
        var keys = new ConcurrentDictionary<(string Table, string RowKey), bool>();
        await using var crm = await TestCrm.StartAsync(services: services =>
        {
            var real = services.Last(service => service.ServiceType == typeof(ITableStore));
            services.RemoveAll<ITableStore>();
            services.AddSingleton<ITableStore>(provider => new NotingStore((ITableStore)real.ImplementationFactory!(provider), written, keys));
        });
        await FillAsync(crm);

        // A fault of this test, not of the page, when a table is not written at all.
        Assert.Equal(
            Tables.All.Except([Tables.Schedules, Tables.Restores]).Order(), written.Keys.Select(one => one.Table).Where(table => table != Tables.Schedules).Distinct().Order());
        var page = await File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "docs", "tables.md"));
        var missing = written.Keys
            .Where(one => !page.Contains($"## `{one.Table}`", StringComparison.Ordinal) || !page.Contains($"`{one.Column}`", StringComparison.Ordinal))
            .Select(one => $"{one.Table}.{one.Column}")
            .Order();
        Assert.Empty(missing);

        var known = KeysOn(page);
        Assert.Empty(keys.Keys.Where(one => !known[one.Table].Any(key => key.IsMatch(one.RowKey))).Select(one => $"{one.Table} {one.RowKey}").Order());

        // And the other way round: no kind of row that this test does not write.
        Assert.Empty(known.SelectMany(table => table, (table, key) => (Table: table.Key, Key: key))
            .Where(one => one.Table is not (Tables.Schedules or Tables.Restores) && !keys.Keys.Any(row => row.Table == one.Table && one.Key.IsMatch(row.RowKey)))
            .Select(one => $"{one.Table} {one.Key}"));
    }

    /// <summary>The row keys that the first table of the page names, by table: what stands in braces may be anything.</summary>
    private static ILookup<string, Regex> KeysOn(string page)
    {
        var table = "";
        var keys = new List<(string Table, Regex Key)>();
        foreach (var line in page.Split('\n').SkipWhile(line => !line.StartsWith("| table |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')))
        {
            var cells = Regex.Split(line, @"(?<!\\)\|");
            table = cells[1].Trim(' ', '`') is { Length: > 0 } name ? name : table;
            keys.AddRange(Regex.Matches(cells[3], "`([^`]+)`").Select(key => key.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal))
                .Select(key => (table, new Regex($"^{Regex.Replace(Regex.Escape(key), @"\\\{[^}]*}", ".+")}$"))));
        }

        return keys.ToLookup(key => key.Table, key => key.Key);
    }

    /// <summary>Writes every column of every table of <see cref="A.Firm"/>.</summary>
    internal static async Task FillAsync(TestCrm crm)
    {
        using var anna = crm.SignIn(A.Anna);
        var customer = await WriteAllThereIsAsync(anna);
        await WriteHistoryAsync(crm.Services, customer);
        await WriteImportAsync(anna);
        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
        await WriteWhatCaptureDoesAsync(crm.Services);
        await WriteFollowUpsAsync(crm.Services, customer);
        var tables = crm.Services.GetRequiredService<ITableStore>();
        await Waiting.UntilAsync(async () =>
            await tables.FindAsync(Tables.Colleagues, TableKeys.Colleagues(A.Firm), TableKeys.Colleague(A.Anna.Id), default) is not null);
    }

    private static async Task<CustomerId> WriteAllThereIsAsync(HttpClient anna)
    {
        var organisation = await PostAsync(anna, "/api/customers", new { name = "Hotel Sonne", kind = "organisation", address = "info@hotel-sonne.example" });
        var person = await PostAsync(anna, "/api/customers", new
        {
            name = "Kim Sommer",
            address = "kim@hotel-sonne.example",
            companyId = (string?)organisation["id"],
            jobTitle = "Manager",
            phones = new[] { new { label = "work", number = "+49 761 5550" } },
            postalAddress = new { street = "Lindenallee 1", postalCode = "79098", city = "Freiburg", region = "BW", country = "DE" },
            language = "de",
            website = "https://hotel-sonne.example",
        });
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{person["id"]}")
        {
            Content = JsonContent.Create(new
            {
                tags = new[] { "hotel" },
                expectations = new[] { new { text = "An answer the same day", on = "2026-01-01" } },
                preferences = new { contactBy = "phone", noCampaigns = true, note = "not before ten" },
                everyDays = 90,
            }),
        };
        patch.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((string)person["eTag"]!));
        (await anna.SendAsync(patch)).EnsureSuccessStatusCode();
        await PostAsync(anna, $"/api/customers/{person["id"]}/addresses", new { address = "kim.private@gmail.com", label = "private" });
        await PostAsync(anna, $"/api/customers/{person["id"]}/notes", new { id = Guid.NewGuid(), text = "Called about the lobby." });
        await PostAsync(anna, $"/api/customers/{person["id"]}/purchases", new
        {
            id = Guid.NewGuid(),
            items = new[] { new { product = "Lobby chairs", amount = "500" } },
            currency = "EUR",
            isCreditNote = true,
            number = "2026-0417",
        });
        var deal = Guid.NewGuid();
        await PostAsync(anna, $"/api/customers/{person["id"]}/deals", new
        {
            id = deal,
            title = "Lobby",
            stage = "Offer",
            amount = "9000",
            currency = "EUR",
            expectedOn = "2026-05-01",
            nextStep = "Send drawings",
        });
        await PostAsync(anna, $"/api/deals/{deal}/close", new { outcome = "lost", why = "Too dear" });
        var answer = Guid.NewGuid();
        foreach (var id in new[] { answer, Guid.NewGuid() })
        {
            await PostAsync(anna, $"/api/customers/{person["id"]}/feedback", new { id, question = "recommend", score = "9", words = "Always on time." });
        }

        (await anna.DeleteAsync($"/api/customers/{person["id"]}/feedback/{answer}")).EnsureSuccessStatusCode();
        (await anna.PutAsJsonAsync("/api/insights/settings", new { winningCost = "250" })).EnsureSuccessStatusCode();
        (await anna.PutAsJsonAsync("/api/products", new
        {
            name = "Lobby chairs",
            links = new[] { new { kind = "goesWith", product = "Rug" } },
        })).EnsureSuccessStatusCode();
        foreach (var product in new[] { "Lobby chairs", "Lamp" })
        {
            await PostAsync(anna, $"/api/customers/{person["id"]}/purchases", new
            {
                id = Guid.NewGuid(),
                items = new[] { new { product, amount = "500" } },
                currency = "EUR",
            });
        }

        return CustomerId.Parse((string)person["id"]!);
    }

    private static async Task WriteImportAsync(HttpClient anna)
    {
        using var file = new StringContent("email,date,amount,currency,invoice\nkim@hotel-sonne.example,2025-01-02,5,EUR,1\nnobody@x.example,2025-01-02,5,EUR,2\n");
        using var given = await anna.PostAsync("/api/imports?name=invoices.csv", file);
        given.EnsureSuccessStatusCode();
        var import = (await given.Content.ReadFromJsonAsync<JsonObject>())!;
        (await anna.PostAsync($"/api/imports/{import["id"]}/start?plan={import["preview"]!["stamp"]}", null)).EnsureSuccessStatusCode();
        await UntilAsync("done");
        (await anna.PostAsync($"/api/imports/{import["id"]}/undo", null)).EnsureSuccessStatusCode();
        await UntilAsync("undone");

        Task UntilAsync(string state) => Waiting.UntilAsync(async () =>
            (string?)(await anna.GetFromJsonAsync<JsonObject>($"/api/imports/{import["id"]}"))!["state"] == state);
    }

    private static async Task WriteHistoryAsync(IServiceProvider services, CustomerId customer)
    {
        var mail = Recordings.Mail(A.Ben.Id, "<1@x>") with { By = "Ben", NeedsNoAnswer = true, AttachmentNames = ["a", "b", "c", "d"] };
        var copy = Recordings.Mail(A.Anna.Id, "<1@x>") with { Title = "Other", AttachmentNames = ["1", "2", "3", "4"] };
        await services.GetRequiredService<InteractionStore>().RecordAsync(
            A.Firm, customer, [mail.For(customer), copy.For(customer), Recordings.Meeting(A.Ben.Id, "uid", Recordings.Morning).For(customer)], default);
    }

    private static async Task WriteFollowUpsAsync(IServiceProvider services, CustomerId customer)
    {
        var now = DateTimeOffset.UnixEpoch;
        var day = new DateOnly(2026, 12, 4);
        var source = new FollowUpSource(A.Ben.Id, "AAMk", "<1@x>", ThreadId: null, "https://outlook.example/1", "Offer");
        var planned = new FollowUp(
            Guid.NewGuid(), customer, A.Ben.Id, "Ben", "Send the offer", day, new TimeOnly(9, 30), "Europe/Berlin", FollowUpKind.WeOwe, source,
            FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 0)
        {
            PlannedAfter = now,
        };
        var followUps = services.GetRequiredService<FollowUpStore>();
        Assert.IsType<PlanOutcome.Planned>(await followUps.PlanAsync(A.Firm, planned, default));
        await followUps.SaveSinkAsync(
            A.Firm, customer, planned.Id, now => new FollowUpSink(SinkKind.CalendarEvent, now.OwnerId, "ErrorAccessDenied"), default);
        var text = new ShownText("Send the offer", now, day);
        var shown = new ShownReminder(
            planned.Id, customer, SinkKind.Task, A.Ben.Id, "key", "AAMk1", "AAMk2", text, text, now, "0123", now, Failures: 1, TroubleSince: now);
        var tables = services.GetRequiredService<ITableStore>();
        await tables.PutAsync(Tables.Reminders, shown.ToTableRow(A.Firm), default);
        await tables.PutAsync(Tables.Reminders, shown.ToItemRow(A.Firm), default);
        await tables.PutAsync(Tables.Reminders, TickedTask.Of(shown).ToTableRow(A.Firm), default);
        await services.GetRequiredService<MissingMailboxes>().NoteAsync(A.Firm, A.Ben.Id, default);
        await tables.PutAsync(Tables.Reminders, OutlookReadBack.CursorRow(A.Firm, A.Ben.Id, "AAMk1", "https://graph.example/delta"), default);
        var quiet = services.GetRequiredService<QuietAgenda>();
        await quiet.SaveAsync(A.Firm, A.Ben.Id, [(new QuietCustomer(customer.ToString(), "Kim", null, 90, null), HasFollowUp: false)], default);
        await quiet.DismissAsync(A.Firm, A.Ben.Id, customer, default);
        var at = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await services.GetRequiredService<InteractionStore>().RecordAsync(
            A.Firm, customer,
            [
                (Recordings.Mail(A.Ben.Id, "<2@x>", "<2@x>") with { At = at }).For(customer),
                (Recordings.Mail(A.Ben.Id, "<3@x>", "<3@x>") with { At = at, Direction = Direction.Outgoing }).For(customer),
                (Recordings.Mail(A.Ben.Id, "<4@x>", "<4@x>") with { At = at }).For(customer),
            ],
            default);
        var history = services.GetRequiredService<InteractionStore>();
        await services.GetRequiredService<NoAnswerNeeded>().SayAsync(
            A.Firm, customer, (await history.FindDetailsAsync(A.Firm, customer, InteractionId.OfMail("<4@x>"), default))!, isSaid: true, default);
        await services.GetRequiredService<Agenda>().ShowAsync(
            A.Firm, A.Ben.Id, (await followUps.GetAsync(A.Firm, customer, planned.Id, default))!, "Kim", default);
        var done = (await followUps.GetAsync(A.Firm, customer, planned.Id, default))!.Complete("Ben", now);
        await services.GetRequiredService<Agenda>().ShowAsync(A.Firm, A.Ben.Id, done with { Id = Guid.NewGuid(), OwnerId = A.Ben.Id }, "Kim", default);
        await followUps.ChangeAsync(A.Firm, customer, planned.Id, f => f.CloseByReply("0123", "Ben", now), default);
        var settings = services.GetRequiredService<ReminderSettingsStore>();
        await settings.SaveAsync(A.Firm, A.Ben.Id, new ReminderSettings(SinkKind.Task, "Europe/Berlin") { Digest = new DigestChoice(new(7, 0), "Europe/Berlin", "de-DE") }, default);
        var marks = services.GetRequiredService<DigestMarks>();
        await marks.EndAsync((await marks.TakeAsync(A.Firm, A.Ben.Id, day, now, default))!, DigestProblem.NotAllowed, default);
        await settings.SaveHolidaysAsync(A.Firm, [day], default);
    }

    private static async Task WriteWhatCaptureDoesAsync(IServiceProvider services)
    {
        var ben = new ColleagueAccount(A.Ben.Id, A.Ben.Name, A.Ben.Address);
        var firm = A.Firm;
        Assert.True(MailAddress.TryParse("kim@stranger.example", out var kim));
        var mailboxes = services.GetRequiredService<CapturedMailboxes>();
        await mailboxes.AppearAsync(firm, ben, default);
        await mailboxes.ChangeAsync(firm, ben.UserId, row => row with { Folders = ["AAMk"] }, default);
        var blocks = services.GetRequiredService<BlockLists>();
        await blocks.AddAsync(firm, ben.UserId, BlockTarget.Of(kim), ben.Name, default);
        Assert.True(BlockTarget.TryParse("stranger.example", out var domain));
        await blocks.AddAsync(firm, ben.UserId, domain, ben.Name, default);
        foreach (var kind in Enum.GetValues<UndoneKind>())
        {
            var undone = new UndoneThing(
                kind, "1", InteractionKind.Mail, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [CustomerId.Parse(new string('0', 32))],
                ["2"], [new UndoneItem("3", IsMeeting: false, IsByHand: true)], DateTimeOffset.UnixEpoch);
            await blocks.PutUndoneAsync(firm, ben.UserId, undone, default);
        }

        var wishes = await FirmWishes.ReadAsync(services.GetRequiredService<ITableStore>(), firm, services.GetRequiredService<MailboxOptions>(), default);
        Assert.True(await (wishes with { MonthsBack = 6 }).TryWriteAsync(services.GetRequiredService<ITableStore>(), firm, default));
        await services.GetRequiredService<ITableStore>().PutAsync(Tables.Mailboxes, FirmDomains.ToRow(firm, ["bergdesign.example"], DateTimeOffset.UnixEpoch), default);
        var begun = new Erasure(
            "0123", IsCustomer: true, CustomerId.Parse(new string('0', 32)), CustomerId.Parse(new string('1', 32)), [kim], PurchasesChoice.Keep, DateTimeOffset.UnixEpoch, "Anna");
        foreach (var erasure in new[] { begun, begun with { Name = "4567", DoneAt = DateTimeOffset.UnixEpoch } })
        {
            await services.GetRequiredService<ITableStore>().PutAsync(Tables.Tombstones, erasure.ToTableRow(firm), default);
        }

        await services.GetRequiredService<Correspondents>().CountAsync(
            firm, ben.UserId, [new CorrespondentMail("1", new Correspondent(kim, "Kim"), Direction.Incoming, DateTimeOffset.UnixEpoch)], default);
        await services.GetRequiredService<ErasedPeople>().AddAsync(firm, kim, default);
        await services.GetRequiredService<ErasedPeople>().ForgetCardsAsync(firm, default);
        var now = DateTimeOffset.UnixEpoch;
        foreach (var kind in new[] { PageKind.Live, PageKind.History })
        {
            var page = new PageReceipt(
                kind, now, [new TakenItem($"{kind} 1", now)], [new SkippedItem($"{kind} 2", IsMeeting: false, now, IgnoreReason.UnknownPeople, kim)]);
            await services.GetRequiredService<CaptureReceipts>().CommitAsync(firm, ben.UserId, page, [], default);
        }

        await blocks.AddAsync(firm, userId: null, BlockTarget.Of(kim), ben.Name, default);
        await services.GetRequiredService<Correspondents>().HideAsync(firm, ben.UserId, kim, isHidden: true, default);
        await services.GetRequiredService<NotificationSecrets>().ClientStateOfAsync(firm, ben.UserId, default);
        await services.GetRequiredService<LoggedMeetings>().PutAsync(
            firm, ben.UserId, [new LoggedMeeting("AAMk", "AAMkSeries", "0123", now, [new CustomerId(Guid.NewGuid())])], default);
        var range = PageRange.Of(PageRangeKind.History, now, now.AddDays(1));
        var cursor = new FolderCursor(FolderCursor.Calendar, "https://graph.example/next", now, now.AddDays(1), Given: 1, now, new DateOnly(2025, 1, 1), Done: 1, [range]);
        var status = new MailboxStatus(
            ben.UserId, now, TimeSpan.FromSeconds(1), GraphTrouble.Temporary, "TooManyRequests", now, now, IsNotified: true, now, 1, now, HistoryIsComplete: false, now, 1)
        {
            MailElsewhere = [new NamedFolder("AAMk", "Hotels")],
            RecountSoFar = 1,
            RecountedAllAt = now,
        };
        foreach (var row in new[]
        {
            cursor.ToTableRow(firm, ben.UserId),
            status.ToTableRow(firm),
            new MailboxLeaseRow("worker", now, now, Failures: 1, now).ToTableRow(firm, ben.UserId),
            new SubscriptionRow(FolderCursor.Calendar, Guid.NewGuid(), "https://crm.example", now).ToTableRow(firm, ben.UserId),
        })
        {
            await services.GetRequiredService<ITableStore>().PutAsync(Tables.Mailboxes, row, default);
        }
    }

    private static async Task<JsonObject> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    /// <summary>Notes which columns are written, and passes everything on.</summary>
    private sealed class NotingStore(ITableStore real, ConcurrentDictionary<(string Table, string Column), bool> written, ConcurrentDictionary<(string Table, string RowKey), bool> keys) : ITableStore
    {
        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            real.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(
            string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            real.RangeAsync(table, partitionKey, range, maxRows, cancellation);

        public Task<TransactionOutcome> TransactAsync(
            string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            foreach (var column in changes.SelectMany(ColumnsOf))
            {
                written.TryAdd((table, column), true);
            }

            foreach (var row in changes.Select(RowOf).OfType<TableRow>())
            {
                keys.TryAdd((table, row.RowKey), true);
            }

            return real.TransactAsync(table, partitionKey, changes, cancellation);
        }

        private static IEnumerable<string> ColumnsOf(TableChange change) => RowOf(change)?.Properties.Keys ?? [];

        private static TableRow? RowOf(TableChange change) => change switch
        {
            TableChange.Insert insert => insert.Row,
            TableChange.Replace replace => replace.Row,
            TableChange.Put put => put.Row,
            _ => null,
        };
    }
}
