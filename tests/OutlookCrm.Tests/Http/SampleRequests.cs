using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.Http;

/// <summary>Good requests, made by hand; bad ones are made of them by changing one thing.</summary>
internal static class SampleRequests
{
    public static JsonObject Of(HttpEndpoint endpoint) => endpoint.Takes!.Request.Name switch
    {
        "CreateCustomerRequest" => new()
        {
            ["name"] = "Kim Customer",
            ["address"] = "kim@kunde.example",
            ["kind"] = "person",
            ["company"] = "Kunde GmbH",
            ["jobTitle"] = "Buyer",
            ["phones"] = new JsonArray(new JsonObject { ["label"] = "work", ["number"] = "+49 30 1234" }),
            ["postalAddress"] = new JsonObject { ["street"] = "Weg 1", ["postalCode"] = "10115", ["city"] = "Berlin", ["country"] = "DE" },
            ["language"] = "de",
            ["website"] = "https://kunde.example",
            ["stage"] = "prospect",
            ["source"] = "mail",
        },
        "UpdateCustomerRequest" => new()
        {
            ["name"] = "Kim Changed",
            ["company"] = "Kunde AG",
            ["jobTitle"] = "Head of buying",
            ["phones"] = new JsonArray(new JsonObject { ["number"] = "+49 30 99" }),
            ["postalAddress"] = new JsonObject { ["city"] = "Hamburg" },
            ["language"] = "en",
            ["website"] = "https://kunde.example/en",
            ["stage"] = "customer",
            ["tags"] = new JsonArray("vip"),
            ["expectations"] = new JsonArray(new JsonObject { ["text"] = "before Christmas", ["on"] = "2026-03-01" }),
            ["preferences"] = new JsonObject { ["contactBy"] = "phone", ["noCampaigns"] = true, ["note"] = "not before 10\nnever on Friday" },
            ["everyDays"] = 90,
        },
        "AddAddressRequest" => new() { ["address"] = "kim@privat.example", ["label"] = "private", ["primary"] = false, ["source"] = "typed" },
        "AddNoteRequest" => new() { ["id"] = "0b0d6f6e-6d5f-4bb5-9a9f-0d5a3b7c1d11", ["text"] = "Called.\nWill call back.", ["at"] = "2026-03-01T10:00:00Z" },
        "AddPurchaseRequest" => new()
        {
            ["id"] = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d12",
            ["items"] = new JsonArray(new JsonObject { ["product"] = "Oak shelf", ["amount"] = "1250.50", ["cost"] = "800" }),
            ["currency"] = "EUR",
            ["on"] = "2026-03-01",
            ["isCreditNote"] = false,
            ["number"] = "2026-0417",
        },
        "AddDealRequest" => new()
        {
            ["id"] = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d13",
            ["title"] = "Kitchen",
            ["stage"] = "Offer",
            ["amount"] = "9000",
            ["currency"] = "EUR",
            ["expectedOn"] = "2026-05-01",
            ["nextStep"] = "Send drawings",
        },
        "UpdateDealRequest" => new()
        {
            ["version"] = "1",
            ["title"] = "Kitchen",
            ["stage"] = "Offer",
            ["amount"] = "9000",
            ["currency"] = "EUR",
            ["expectedOn"] = "2026-05-01",
            ["nextStep"] = "Send drawings",
        },
        "InsightsSettings" => new() { ["winningCost"] = "250.50" },
        "AddFeedbackRequest" => new()
        {
            ["id"] = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d14",
            ["question"] = "satisfied",
            ["score"] = "5",
            ["words"] = "Quick.\nFriendly.",
            ["on"] = "2026-03-01",
        },
        "CloseDealRequest" => new() { ["outcome"] = "lost", ["why"] = "Too dear" },
        "SaveProductRequest" => new()
        {
            ["name"] = "Filter",
            ["isConsumable"] = true,
            ["isContract"] = false,
            ["links"] = new JsonArray(new JsonObject { ["kind"] = "replacedAfter", ["product"] = "Filter", ["after"] = "months12" }),
        },
        "ImportPlan" => new()
        {
            ["delimiter"] = "comma",
            ["hasHeader"] = true,
            ["columns"] = new JsonObject { ["customer"] = "1", ["date"] = "2", ["amount"] = "3", ["address"] = null },
            ["decimals"] = "point",
            ["datePattern"] = "yyyy-MM-dd",
            ["currency"] = "EUR",
            ["amountIsPerPiece"] = false,
            ["unknown"] = "makeCustomers",
            ["encoding"] = "western",
        },
        "EditNoteRequest" => new() { ["text"] = "Called twice." },
        "AddCallRequest" => new()
        {
            ["id"] = "0b0d6f6e-6d5f-4bb5-9a9f-0d5a3b7c1d12",
            ["direction"] = "incoming",
            ["text"] = "Asked for the price.",
            ["at"] = "2026-03-01T10:00:00Z",
            ["length"] = "fifteenMinutes",
        },
        "EditCallRequest" => new() { ["direction"] = "outgoing", ["text"] = "Told them the price.", ["at"] = "2026-03-01T11:00:00Z", ["length"] = "hour" },
        "LogMailRequest" => new() { ["internetMessageId"] = "<1@kunde.example>" },
        "GuessRequest" => new() { ["address"] = "lea@neu.example", ["name"] = "Lea Neu", ["text"] = "Best regards\r\nLea Neu\r\nNeu Ltd" },
        "FindPeopleRequest" => new() { ["people"] = new JsonArray(new JsonObject { ["address"] = "kim@kunde.example", ["name"] = "Kim" }) },
        "UpdateMailboxRequest" => new()
        {
            ["isOn"] = true,
            ["colleaguesSee"] = "timesAndPeople",
            ["since"] = "2025-09-01",
            ["privateCategories"] = new JsonArray("Doctor"),
        },
        "ChooseFolderRequest" => new() { ["id"] = "AAMk-folder" },
        "BlockSenderRequest" => new() { ["what"] = "nobody@blocked.example" },
        "AddMailboxRequest" => new() { ["address"] = "office@bergdesign.example", ["name"] = "Office" },
        "UpdateFirmLoggingRequest" => new() { ["monthsBack"] = "six" },
        "PlanFollowUpRequest" => new()
        {
            ["id"] = "5b0d6f6e-6d5f-4bb5-9a9f-0d5a3b7c1d22",
            ["note"] = "Send the offer",
            ["kind"] = "weOwe",
            ["dueOn"] = "2027-03-05",
            ["dueTime"] = "09:30",
            ["timeZone"] = "Europe/Berlin",
            ["internetMessageId"] = "<offer@kunde.example>",
            ["itemId"] = "AAMk-offer",
            ["webLink"] = "https://outlook.example/AAMk-offer",
            ["subject"] = "Offer",
        },
        "ChangeFollowUpRequest" => new() { ["note"] = "Send it again", ["kind"] = "weWait", ["dueOn"] = "2027-03-08", ["dueTime"] = "10:00" },
        "UpdateReminderChoicesRequest" => new() { ["sink"] = "task", ["timeZone"] = "W. Europe Standard Time" },
        "UpdateHolidaysRequest" => new() { ["days"] = new JsonArray("2026-12-24", "2026-12-25") },
        "EraseCustomerRequest" => new() { ["name"] = "Seed", ["purchases"] = "keep" },
        "EraseAddressRequest" => new() { ["address"] = "pen@friend.example" },
        "LiftErasureRequest" => new() { ["address"] = "gone@friend.example" },
        "HandOverFollowUpsRequest" => new() { ["ownerId"] = A.Anna.Id.ToString("D") },
        "SnoozeFollowUpRequest" => new() { ["dueOn"] = "2027-03-10", ["dueTime"] = "10:00" },
        var other => throw new InvalidOperationException($"Write a good {other} here, so that it is tested."),
    };

    public static string PathOf(HttpEndpoint endpoint, Seed seed) => "/api/" + endpoint.Route
        .Replace("mailboxes/{id}", $"mailboxes/{(endpoint.Name == "RemoveSharedMailbox" ? seed.SharedMailboxId : "mine")}", StringComparison.Ordinal)
        .Replace("correspondents/{address}", "correspondents/pen@friend.example", StringComparison.Ordinal)
        .Replace("{id}", seed.CustomerId, StringComparison.Ordinal)
        .Replace("{importId}", endpoint.Name is "UndoImport" or "ResumeImport" ? Seed.DoneImport : Seed.WaitingImport, StringComparison.Ordinal)
        .Replace("{followUpId}", seed.FollowUpId, StringComparison.Ordinal)
        .Replace("{userId}", Seed.Leaver, StringComparison.Ordinal)
        .Replace("{noteId}", seed.NoteId, StringComparison.Ordinal)
        .Replace("{feedbackId}", seed.NoteId, StringComparison.Ordinal)
        .Replace("{dealId}", seed.NoteId, StringComparison.Ordinal)
        .Replace("{purchaseId}", seed.NoteId, StringComparison.Ordinal)
        .Replace("{callId}", seed.CallId, StringComparison.Ordinal)
        .Replace("{list}", "value", StringComparison.Ordinal)
        .Replace("{lineId}", seed.LineId, StringComparison.Ordinal)
        .Replace("{key}", seed.UndoneKey, StringComparison.Ordinal)
        .Replace("{address}", "second@kunde.example", StringComparison.Ordinal)
        .Replace("{*file}", "taskpane.html", StringComparison.Ordinal);

    public static string QueryOf(HttpEndpoint endpoint) => endpoint.Name switch
    {
        "GetCard" => "?address=seed@kunde.example&name=Seed",
        "SearchCustomers" => "?q=kun",
        "GetTimeline" => "?size=5",
        "GiveFile" => "?name=invoices.csv",
        "StartImport" => $"?plan={ImportPreviews.StampOf(Seed.Plan)}",
        "ForgetProduct" => "?name=Table",
        "GetAudience" or "ListAudienceAddresses" => "?list=value&without=Boiler",
        "GetMyDay" => "?from=2026-03-01&until=2027-12-31&size=5",
        "GetReceipt" => "?day=2026-03-01",
        "TakeAnyway" or "DismissSkipped" => "?item=AAMk-skipped",
        "AllowSender" or "AllowSenderForFirm" => "?what=blocked.example",
        "PreviewUndo" or "UndoLine" => "?scope=thing",
        "LeaveFolder" => "?folder=AAMk-folder",
        "MailArrived" => "?validationToken=hello",
        _ => "",
    };
}

/// <summary>
/// A customer with two addresses, a note, a call, a mail and one that was taken off; of Anna's mailbox something that was skipped, somebody whom she keeps writing with,
/// somebody whose mail is left out; a shared mailbox; somebody who left.
/// </summary>
internal sealed record Seed(
    string CustomerId, string ETag, string NoteId, string CallId, string LineId, string UndoneKey, string FollowUpId, string FollowUpETag, string MailboxETag, string FirmETag, string SharedMailboxId)
{
    public const string WaitingImport = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d21";
    public const string Leaver = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d23";
    public const string DoneImport = "5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d22";

    public static readonly byte[] Invoices = "customer,date,amount\nSeed,2026-01-02,5\n,2026-01-02,5\n"u8.ToArray();

    /// <summary>Of the file that waits.</summary>
    public static readonly ImportPlan Plan = new(
        ImportDelimiter.Comma, HasHeader: true, new ImportColumns(Customer: "1", Date: "2", Amount: "3"), DecimalSign.Point, "yyyy-MM-dd", "EUR");

    /// <summary>The version that an endpoint's If-Match means.</summary>
    public string ETagFor(HttpEndpoint endpoint) => endpoint.Name switch
    {
        "ChangeFollowUp" => FollowUpETag,
        "UpdateMailbox" => MailboxETag,
        "UpdateFirmLogging" => FirmETag,
        _ => ETag,
    };

    public static async Task<Seed> PlantAsync(TestCrm crm)
    {
        using var anna = crm.SignIn(A.Anna);
        var customer = await SendAsync(anna, HttpMethod.Post, "/api/customers", """{"name":"Seed","address":"seed@kunde.example"}""");
        var id = customer["id"]!.GetValue<string>();
        await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/addresses", """{"address":"second@kunde.example"}""");
        var noteId = Guid.NewGuid().ToString("D");
        await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/notes", $$"""{"id":"{{noteId}}","text":"First"}""");
        await SendAsync(
            anna, HttpMethod.Post, $"/api/customers/{id}/purchases",
            $$"""{"id":"{{noteId}}","items":[{"product":"Table","amount":"500"}],"currency":"EUR"}""");
        await SendAsync(
            anna, HttpMethod.Post, $"/api/customers/{id}/deals", $$"""{"id":"{{noteId}}","title":"Kitchen","stage":"Enquiry"}""");
        await SendAsync(
            anna, HttpMethod.Post, $"/api/customers/{id}/feedback", $$"""{"id":"{{noteId}}","question":"recommend","score":"9"}""");
        await SendAsync(anna, HttpMethod.Put, "/api/products", """{"name":"Table"}""");
        var callId = Guid.NewGuid().ToString("D");
        await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/calls", $$"""{"id":"{{callId}}","direction":"incoming"}""");
        var followUps = await SendAsync(
            anna, HttpMethod.Post, $"/api/customers/{id}/follow-ups", $$"""{"id":"{{Guid.NewGuid()}}","note":"Ask again","kind":"weWait","dueOn":"2027-03-01"}""");
        var followUp = followUps["open"]![0]!;
        var now = await SendAsync(anna, HttpMethod.Get, $"/api/customers/{id}", null);
        var shared = await SendAsync(anna, HttpMethod.Post, "/api/mailboxes", """{"address":"info@bergdesign.example"}""");
        await SendAsync(anna, HttpMethod.Post, "/api/mailboxes/mine/blocks", """{"what":"blocked.example"}""");
        await SendAsync(anna, HttpMethod.Post, "/api/firm/blocks", """{"what":"blocked.example"}""");
        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
        await PlantMailAsync(crm);
        await PlantImportsAsync(crm);
        await crm.Services.GetRequiredService<OutlookCrm.FollowUps.MissingMailboxes>().NoteAsync(A.Firm, Guid.Parse(Leaver), default);
        var (line, undone) = (Recordings.Mail(A.Anna.Id, "<line@x>"), Recordings.Mail(A.Anna.Id, "<undone@x>"));
        await crm.Services.GetRequiredService<InteractionStore>().RecordAsync(
            A.Firm, OutlookCrm.Customers.CustomerId.Parse(id), [line.For(OutlookCrm.Customers.CustomerId.Parse(id)), undone.For(OutlookCrm.Customers.CustomerId.Parse(id))], default);
        var done = await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/timeline/{undone.Id}/undo?scope=thing", null);
        return new(
            id,
            now["eTag"]!.GetValue<string>(),
            noteId,
            callId,
            line.Id,
            done["key"]!.GetValue<string>(),
            followUp["id"]!.GetValue<string>(),
            followUp["eTag"]!.GetValue<string>(),
            (await SendAsync(anna, HttpMethod.Get, "/api/mailboxes/mine", null))["eTag"]!.GetValue<string>(),
            shared["firm"]!["eTag"]!.GetValue<string>(),
            shared["mailboxes"]!.AsArray().Single(one => one!["isShared"]!.GetValue<bool>())!["id"]!.GetValue<string>());
    }

    private static async Task PlantImportsAsync(TestCrm crm)
    {
        var imports = crm.Services.GetRequiredService<ImportStore>();
        var now = crm.Clock.GetUtcNow();
        var waiting = new ImportedFile(Guid.Parse(WaitingImport), "invoices.csv", 1, ImportState.Waiting, Plan, now, A.Anna.Id, "Anna", IsReady: true);
        await imports.WriteAsync(A.Firm, waiting.Id, new MemoryStream(Invoices), default);
        await imports.AddAsync(A.Firm, waiting, default);
        var result = new ImportResult(2, 2, 1, 1, 0, 1, 0, []);
        await imports.AddAsync(
            A.Firm, waiting with { Id = Guid.Parse(DoneImport), Pieces = 0, State = ImportState.Done, StartedAt = now, Result = result }, default);
        await imports.PutProblemsAsync(A.Firm, Guid.Parse(DoneImport), [new ImportProblem("The customer is missing.", 3)], default);
    }

    private static async Task PlantMailAsync(TestCrm crm)
    {
        Assert.True(MailAddress.TryParse("pen@friend.example", out var friend));
        Assert.True(MailAddress.TryParse("gone@friend.example", out var gone));
        await crm.Services.GetRequiredService<OutlookCrm.Privacy.ErasedPeople>().AddAsync(A.Firm, gone, default);
        var now = crm.Clock.GetUtcNow();
        var tables = crm.Services.GetRequiredService<ITableStore>();
        await new CaptureReceipts(tables).CommitAsync(
            A.Firm,
            A.Anna.Id,
            new PageReceipt(PageKind.Live, now, [], [new SkippedItem("AAMk-skipped", IsMeeting: false, now, IgnoreReason.MailingList, friend)]),
            [],
            default);
        await new Correspondents(tables).CountAsync(
            A.Firm,
            A.Anna.Id,
            [
                new CorrespondentMail("1", new Correspondent(friend, "Pen Friend"), Direction.Incoming, now),
                new CorrespondentMail("2", new Correspondent(friend, "Pen Friend"), Direction.Outgoing, now),
            ],
            default);
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
