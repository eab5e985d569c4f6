using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Pane;

/// <summary>Views drawn as the product draws them, and samples to draw.</summary>
internal static class Drawn
{
    public static readonly DateTimeOffset Now = new(2026, 5, 20, 9, 30, 0, TimeSpan.Zero);

    public static readonly Reader Member = new(
        CultureInfo.GetCultureInfo("en-GB"), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new DateOnly(2026, 5, 20), MayEdit: true);

    public static readonly CustomerCard Customer = new(
        Id: "0123456789abcdef0123456789abcdef",
        ETag: "\"1\"",
        CustomerKind.Person,
        "Anna Berg",
        new CompanyLink("fedcba9876543210fedcba9876543210", "Nordlicht GmbH"),
        "Head of Purchasing",
        [new Phone("mobile", "+49 170 1234567")],
        new PostalAddress("Hafenstraße 12", "24103", "Kiel", null, "DE"),
        "de",
        "nordlicht.example",
        new Colleague("c1", "Mia Hansen"),
        CustomerStage.Customer,
        ["furniture", "net 14"],
        [new Expectation("Delivery before Christmas", new DateOnly(2026, 5, 3))],
        new Preferences(ContactChannel.Phone, NoCampaigns: true, "not before 10"),
        [
            new ContactAddress("anna@nordlicht.example", "work", Primary: true, AddressSource.Mail, Now, "Mia Hansen"),
            new ContactAddress("anna@home.example", "private", Primary: false, AddressSource.Typed, Now, null),
        ],
        [],
        Now,
        Now.AddDays(-3),
        new Timeline("0123456789abcdef0123456789abcdef", [Note("n1", Now), Call("c1", Now)], Next: null));

    public static readonly UnknownSender Unknown = new(
        new CustomerDraft(
            "ole@nordlicht.example", CustomerKind.Person, "Ole Petersen", "Nordlicht GmbH", "fedcba9876543210fedcba9876543210",
            "Driver", "+49 431 1", "nordlicht.example", "de", new PostalAddress("Weg 1", null, null, null, null), ["company", "phone"]),
        [new Candidate("0123456789abcdef0123456789abcdef", "Ole Petersen", "Nordlicht GmbH", "op@home.example", CandidateReason.SameName)]);

    public static readonly ProductList Products = new(
        [new ProductEntry("Filter", true, false, [new ProductLink(ProductLinkKind.ReplacedAfter, "Filter", ProductLife.Months12)])]);

    public static readonly DealEntry Deal = new(
        Guid.Empty, "1", "1", "Kim", "Kitchen", "Offer", "9000.00", "EUR", new DateOnly(2026, 5, 3), "Send drawings", Now, Now);

    public static readonly DealList Deals = new([new PipelineStage("Offer", [new DealSum("EUR", "9000.00")], [Deal])], []);

    public static readonly ImportPage Import = new(
        Guid.Empty,
        "invoices.csv",
        ImportState.Waiting,
        new ImportPreview(
            new ImportPlan(
                ImportDelimiter.Semicolon, HasHeader: true, new ImportColumns(Customer: "1", Date: "2", Amount: "3"), DecimalSign.Comma, "d.M.yyyy", "EUR"),
            "0123",
            new ImportLetters(ImportEncoding.Western, [ImportEncoding.Utf8, ImportEncoding.Western], ["Müller"]),
            ["Kunde", "Datum", "Betrag"],
            [new DateReading("d.M.yyyy", "31.12.2025", new DateOnly(2025, 12, 31))],
            [],
            Rows: 3,
            GoodRows: 2,
            ByAddress: 0,
            ByName: 1,
            Unknown: 1,
            ["Nobody"],
            [new ImportLine(2, "Kim", new DateOnly(2025, 12, 31), "1250.50", "EUR", "Table", "1")],
            [new ImportProblem("The amount is missing.", 4)]));

    public static TimelineLine Note(string id, DateTimeOffset at, string text = "Called about the invoice") =>
        new(id, InteractionKind.Note, Direction.None, at, Title: null, text, "Mia Hansen");

    public static readonly WhyHere Why = new(
        "0123456789abcdef0123456789abcdef",
        "11112222333344445555666677778888",
        InteractionKind.Mail,
        Now,
        "kim@hotel-sonne.example",
        PersonRole.From,
        IsByHand: true,
        [new SeenInMailbox("Mia Hansen", IsMine: true, IsShared: false, IsSent: false, Now)],
        [new PersonOnLine(PersonRole.From, "Kim", "kim@hotel-sonne.example"), new PersonOnLine(PersonRole.To, null, "mia@birnbaum.example")],
        PeopleCount: 7,
        ["offer.pdf"],
        AttachmentCount: 3,
        IsOnlyMine: true,
        Enum.GetValues<UndoScope>());

    public static TimelineLine Call(string id, DateTimeOffset at) =>
        new(id, InteractionKind.Call, Direction.Incoming, at, Title: null, "Asked for the price", "Mia Hansen", at.AddMinutes(15));

    public static async Task<string> HtmlAsync<T>(T model, Reader reader)
        where T : class
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var view = typeof(Reader).Assembly.GetType($"OutlookCrm.Pane.{typeof(T).Name}View")!;
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = new Dictionary<string, object?> { ["Model"] = model, ["Reader"] = reader };
            var root = await renderer.RenderComponentAsync(view, ParameterView.FromDictionary(parameters));
            return root.ToHtmlString();
        });
    }

    public static async Task<IElement> BodyAsync<T>(T model, Reader? reader = null)
        where T : class
    {
        var document = new HtmlParser().ParseDocument("<!doctype html><body>" + await HtmlAsync(model, reader ?? Member));
        return document.Body!;
    }
}
