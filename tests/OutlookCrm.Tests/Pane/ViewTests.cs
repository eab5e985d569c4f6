using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Pane;

public sealed class ViewTests
{
    private const string Evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

    [Fact]
    public async Task Nothing_that_a_person_typed_becomes_markup()
    {
        var card = Drawn.Customer with
        {
            Name = Evil,
            Company = new CompanyLink(null, Evil),
            JobTitle = Evil,
            Phones = [new Phone(Evil, Evil)],
            PostalAddress = new PostalAddress(Evil, Evil, Evil, Evil, Evil),
            Language = Evil,
            Website = Evil,
            Owner = new Colleague(Evil, Evil),
            Tags = [Evil],
            Expectations = [new Expectation(Evil, new DateOnly(2026, 5, 3))],
            Preferences = new Preferences(null, NoCampaigns: false, Evil),
            Addresses = [new ContactAddress(Evil, Evil, Primary: true, AddressSource.Typed, Drawn.Now, Evil)],
            Timeline = new Timeline("1", [Drawn.Note("n", Drawn.Now, Evil) with { Title = Evil, By = Evil }], Evil),
        };
        var draft = new CustomerDraft(
            Evil, CustomerKind.Person, Evil, Evil, Evil, Evil, Evil, Evil, Evil, new PostalAddress(Evil, Evil, Evil, Evil, Evil), [Evil]);
        string[] pages =
        [
            await Drawn.HtmlAsync<SenderCard>(new KnownSender(card), Drawn.Member),
            await Drawn.HtmlAsync(card with { Kind = CustomerKind.Organisation, People = [new PersonLink("1", Evil, Evil, Evil)] }, Drawn.Member),
            await Drawn.HtmlAsync<SenderCard>(
                new UnknownSender(draft, [new Candidate("1", Evil, Evil, Evil, CandidateReason.SameName)]), Drawn.Member),
            await Drawn.HtmlAsync<SenderCard>(new ColleagueSender(Evil, Evil), Drawn.Member),
            await Drawn.HtmlAsync(
                new PeopleOnItem([.. Enumerable.Repeat(new PersonOnItem(Evil, Evil, PersonState.Unknown, null, Evil), 2)]), Drawn.Member),
            await Drawn.HtmlAsync(new SearchResults(Evil, [], More: false), Drawn.Member),
            await Drawn.HtmlAsync(
                new SearchResults(Evil, [new SearchHit("1", CustomerKind.Person, Evil, Evil, Evil)], More: false), Drawn.Member),
            await Drawn.HtmlAsync(new EditConflict(card, [new FieldConflict(Evil, Evil, Evil, Evil)]), Drawn.Member),
            await Drawn.HtmlAsync(
                new Problem("about:blank", Evil, 400, Evil, new Dictionary<string, IReadOnlyList<string>> { [Evil] = [Evil] }), Drawn.Member),
            await Drawn.HtmlAsync(new ColleagueList([new Colleague(Evil, Evil)]), Drawn.Member),
            await Drawn.HtmlAsync(
                new DealList(
                    [new PipelineStage(Evil, [new DealSum(Evil, "1.00")], [Drawn.Deal with { Title = Evil, CustomerName = Evil, NextStep = Evil, Currency = Evil }])],
                    [Drawn.Deal with { Title = Evil, ClosedAt = Drawn.Now, Outcome = DealOutcome.Lost, Why = Evil }]),
                Drawn.Member),
            await Drawn.HtmlAsync(new ProductList([new ProductEntry(Evil, true, true, [new ProductLink(ProductLinkKind.Needs, Evil)])]), Drawn.Member),
            await Drawn.HtmlAsync(
                new InsightsPage(Drawn.Now, new FirmFigures(
                    "EUR", 1, ValueMeasure.Margin, 2, 3, "5.00", new ConcentrationFigures(1, 50, 60, true), [new CurvePoint(0, 0), new CurvePoint(1000, 1000)],
                    new ForecastFigures(1, 2, 3, "1.00", "2.00", "3.00", 12) { Fan = [new FanPoint(new DateOnly(2026, 6, 20), "1.00", "2.00", "3.00", "2.50")] }, null, [new StatusCount(BuyerStatus.Lost, 1)], [new SegmentCount(Evil, 1, "1.00", "segment-lost")],
                    [new MonthCount(new DateOnly(2026, 5, 1), 1, 1)], [new ValuedCustomer(Evil, Evil, "1.00", CustomerClass.A, Evil, BuyerStatus.New, "2.00")],
                    [], [new SoldTogether(Evil, Evil, Evil, 1, "offer-1")])
                {
                    Classes = [new ClassCount(CustomerClass.A, 1, "1.00", 100)],
                    Lost = new LostFigures(1, "1.00"),
                    Potential = [new ValuedCustomer("1", Evil, "1.00", CustomerClass.A, Evil, BuyerStatus.New, Potential: "5.00", Why: Evil)],
                    WinningCost = "5.00",
                }),
                Drawn.Member),
            await Drawn.HtmlAsync(
                new FigureList("value", "All", "All.", "EUR", Drawn.Now, 1, [new ValuedCustomer("1", Evil, "1.00", CustomerClass.A, Evil, BuyerStatus.New, Why: Evil)]),
                Drawn.Member),
            await Drawn.HtmlAsync(
                new PurchaseList(
                    "1", Evil, null, [new PurchaseEntry(Guid.Empty, new DateOnly(2026, 5, 3), true, Evil, "-5.00", [new PurchaseItem(Evil, "5")], Evil, Evil)], Evil),
                Drawn.Member),
            await Drawn.HtmlAsync(
                Drawn.Why with { Match = Evil, Attachments = [Evil], People = [new PersonOnLine(PersonRole.From, Evil, Evil)], SeenIn = [new SeenInMailbox(Evil, false, true, true, null, Evil)] },
                Drawn.Member),
            await Drawn.HtmlAsync(new ErasurePreview("1", Evil, [Evil], 1, 1, 1, 1, 1, 1, 1, 1, 1), Drawn.Member),
            await Drawn.HtmlAsync(
                new ErasureList([new ErasureLine(Drawn.Now, Evil, true, PurchasesChoice.Keep, null, 2), new ErasureLine(Drawn.Now, Evil, false, PurchasesChoice.Remove, Drawn.Now, 0)]),
                Drawn.Member),
            await Drawn.HtmlAsync(new WrittenLine("1", Drawn.Note("n", Drawn.Now, Evil)), Drawn.Member),
            await Drawn.HtmlAsync(
                new CustomerBusiness(
                    "1", Evil, [new BoughtProduct(Evil, 1, [new DealSum(Evil, "1.00")], new DateOnly(2026, 5, 3))], 1, [], [Drawn.Deal with { Title = Evil, NextStep = Evil }],
                    new CustomerFeedback("1", Evil, [new FeedbackEntry(Guid.Empty, FeedbackQuestion.Satisfied, 1, Evil, new DateOnly(2026, 5, 3), Evil, true)])),
                Drawn.Member),
            await Drawn.HtmlAsync(
                new CampaignAudience("value", Evil, Evil, 1, [new AudienceMember("1", Evil, Evil, [new LeftOut(LeftOutReason.HasIt)])], 2), Drawn.Member),
            await Drawn.HtmlAsync(
                new SatisfactionPage(
                    new DateOnly(2025, 5, 3), new ScoreFigures(5, 33, -11, 65), new ScoreFigures(1),
                    [new FeedbackOfCustomer("1", Evil, new FeedbackEntry(Guid.Empty, FeedbackQuestion.Recommend, 3, Evil, new DateOnly(2026, 5, 3), Evil, true))], 2),
                Drawn.Member),
            await Drawn.HtmlAsync(new UndoPreview("1", "1", InteractionKind.Mail, UndoScope.Person, 1, 1, 1, 1, Evil), Drawn.Member),
            await Drawn.HtmlAsync(new UndoneList([new Undone("i-1", UndoScope.Thing, InteractionKind.Mail, Drawn.Now, Drawn.Now, [Evil])]), Drawn.Member),
        ];

        foreach (var page in pages)
        {
            var body = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(page).DocumentElement;
            Assert.Empty(body.QuerySelectorAll("script, img, [onerror]"));
            Assert.Contains("alert(1)", body.TextContent + string.Concat(body.QuerySelectorAll("[value]").Select(e => e.GetAttribute("value"))), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    public async Task Only_a_web_address_becomes_a_link(string website)
    {
        var body = await Drawn.BodyAsync(Drawn.Customer with { Website = website });

        Assert.DoesNotContain(body.QuerySelectorAll("a"), link => !link.GetAttribute("href")!.StartsWith("mailto:", StringComparison.Ordinal)
            && !link.GetAttribute("href")!.StartsWith("tel:", StringComparison.Ordinal)
            && !link.GetAttribute("href")!.StartsWith("https://", StringComparison.Ordinal));
        Assert.Contains(website, body.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_control_has_a_name_for_people_who_cannot_see_it()
    {
        foreach (var body in new[]
        {
            await Drawn.BodyAsync(Drawn.Customer), await Drawn.BodyAsync<SenderCard>(Drawn.Unknown), await Drawn.BodyAsync(new PurchaseList("1", "Kim", null, [])),
            await Drawn.BodyAsync(new CustomerActions("1", "Kim", MayErase: true)), await Drawn.BodyAsync(Drawn.Why),
            await Drawn.BodyAsync(new ErasurePreview("1", "Kim", [], 1, 1, 1, 1, 1, 1, 1, 1, 1)), await Drawn.BodyAsync(new ErasureList([])),
        })
        {
            Assert.All(
                body.QuerySelectorAll("input:not([type=hidden]), select, textarea"),
                control => Assert.NotEqual("", control.Closest("label")?.TextContent.Trim() ?? ""));
            Assert.All(
                body.QuerySelectorAll("button, summary"),
                control => Assert.NotEqual("", (control.GetAttribute("aria-label") ?? control.TextContent).Trim()));
        }
    }

    [Fact]
    public async Task Every_plot_has_a_name_and_a_table_that_says_the_same()
    {
        var fan = Enumerable.Range(1, 12).Select(month => new FanPoint(new DateOnly(2026, 5, 20).AddMonths(month), "0.00", "0.00", "0.00", "0.00")).ToArray();
        var page = await Drawn.BodyAsync(new InsightsPage(Drawn.Now, new FirmFigures(
            "EUR", 0, ValueMeasure.Revenue, 3, 3, "5.00", new ConcentrationFigures(1, 50, 60, true), [new CurvePoint(0, 0), new CurvePoint(1000, 1000)],
            new ForecastFigures(1, 2, 3, "1234.56", "2345.67", "98765.43") { Fan = fan }, null, [], [], [new MonthCount(new DateOnly(2026, 5, 1), 1, 1)], [], [], [])));

        Assert.Equal(3, page.QuerySelectorAll("figure.plot").Length);
        foreach (var plot in page.QuerySelectorAll("figure.plot").Concat((await Drawn.BodyAsync(Drawn.Deals)).QuerySelectorAll("figure.plot")))
        {
            Assert.NotEqual("", plot.QuerySelector("svg[role=img]")!.GetAttribute("aria-label"));
            Assert.NotNull((plot.QuerySelector("table") ?? plot.NextElementSibling?.QuerySelector("table"))?.QuerySelector("tbody tr"));
            Assert.DoesNotContain("NaN", plot.InnerHtml, StringComparison.Ordinal);
        }

        Assert.Contains("1,200 to 99,000 EUR in four of five cases, most likely about 2,300 EUR", page.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_id_is_used_twice()
    {
        var body = await Drawn.BodyAsync(Drawn.Customer);

        Assert.Equal([], body.QuerySelectorAll("[id]").GroupBy(e => e.Id).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public async Task Who_may_only_read_gets_no_form()
    {
        var onlyReads = Drawn.Member with { MayEdit = false };
        foreach (var body in new[] { await Drawn.BodyAsync(Drawn.Customer, onlyReads), await Drawn.BodyAsync<SenderCard>(Drawn.Unknown, onlyReads) })
        {
            Assert.Empty(body.QuerySelectorAll("form, input, [hx-patch], [hx-post], [hx-put], [hx-delete]"));
        }
    }

    public static TheoryData<string, Type> Forms => new()
    {
        { "form[hx-patch]", typeof(UpdateCustomerRequest) },
        { "form[hx-post$=notes]", typeof(AddNoteRequest) },
        { "form[hx-post$=purchases]", typeof(AddPurchaseRequest) },
        { "form[hx-put*=notes]", typeof(EditNoteRequest) },
        { "form[hx-put='/api/products']", typeof(SaveProductRequest) },
        { "form[hx-post$=deals]", typeof(AddDealRequest) },
        { "form[hx-put*=deals]", typeof(UpdateDealRequest) },
        { "form[hx-post$=close]", typeof(CloseDealRequest) },
        { "form[hx-put$=plan]", typeof(ImportPlan) },
        { "form[hx-post$=addresses]", typeof(AddAddressRequest) },
        { "form[hx-post='/api/customers']", typeof(CreateCustomerRequest) },
        { "form[hx-post$=calls]", typeof(AddCallRequest) },
        { "form[hx-post$=feedback]", typeof(AddFeedbackRequest) },
        { "form[hx-put*=calls]", typeof(EditCallRequest) },
        { "form[hx-post$=log-mail]", typeof(LogMailRequest) },
        { "form[hx-post$=erase]", typeof(EraseCustomerRequest) },
        { "form[hx-post$=erasures]", typeof(EraseAddressRequest) },
        { "form[hx-post$=lift]", typeof(LiftErasureRequest) },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_control_is_a_field_of_what_the_form_sends(string forms, Type request)
    {
        IElement[] bodies =
            [await Drawn.BodyAsync(Drawn.Customer), await Drawn.BodyAsync<SenderCard>(Drawn.Unknown), await Drawn.BodyAsync(new PurchaseList("1", "Kim", null, [])),
             await Drawn.BodyAsync(Drawn.Products),
             await Drawn.BodyAsync(Drawn.Import),
             await Drawn.BodyAsync(Drawn.Deals), await Drawn.BodyAsync(new ErasureList([]))];
        IElement[] folds =
        [
            await Drawn.BodyAsync(new CustomerActions("1", "Kim", MayErase: true)), await Drawn.BodyAsync(new CustomerFeedback("1", "Kim", [])),
            await Drawn.BodyAsync(new WrittenLine("1", Drawn.Note("n", Drawn.Now))), await Drawn.BodyAsync(new WrittenLine("1", Drawn.Call("c", Drawn.Now))),
            await Drawn.BodyAsync(new ErasurePreview("1", "Kim", [], 1, 1, 1, 1, 1, 1, 1, 1, 1)),
        ];
        var controls = bodies.Concat(folds).SelectMany(body => body.QuerySelectorAll(forms)).SelectMany(form => form.QuerySelectorAll("[name]")).ToList();

        Assert.NotEmpty(controls);
        foreach (var control in controls)
        {
            var type = request;
            foreach (var step in control.GetAttribute("name")!.Split('.', '['))
            {
                type = char.IsDigit(step[0]) ? type.GetGenericArguments()[0] : Field(type, step);
            }

            if (type.IsEnum)
            {
                var values = control is IHtmlSelectElement select
                    ? select.Options.Select(option => option.Value).Where(value => value.Length > 0)
                    : [control.GetAttribute("value")!];
                Assert.All(values, value => Assert.True(Enum.TryParse(type, value, ignoreCase: true, out _), value));
            }
        }

        static Type Field(Type type, string name)
        {
            var property = type.GetProperties().SingleOrDefault(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == name);
            Assert.True(property is not null, $"{type.Name} has no field {name}");
            var field = property.PropertyType;
            if (field.IsGenericType && field.GetGenericTypeDefinition() == typeof(Optional<>))
            {
                field = field.GetGenericArguments()[0];
            }

            return Nullable.GetUnderlyingType(field) ?? field;
        }
    }

    [Fact]
    public async Task A_rhythm_is_drawn_a_stroke_for_each_day_with_a_purchase_and_told_in_words()
    {
        PurchaseEntry Bought(int daysAgo, bool isCreditNote = false) => new(
            Guid.Empty, Drawn.Member.Today.AddDays(-daysAgo), isCreditNote, "EUR", "5.00", [new PurchaseItem("Oak", "5")], null, "Mia");

        var body = await Drawn.BodyAsync(new PurchaseList("1", "Kim", null, [Bought(50), Bought(75), Bought(80, isCreditNote: true), Bought(100)]));

        var strip = body.QuerySelector("svg[role=img]")!;
        Assert.Equal("Purchases from 9 Feb to today: 3", strip.GetAttribute("aria-label"));
        Assert.Equal("M120 4V18M61 4V18M2 4V18", strip.QuerySelectorAll("path")[1].GetAttribute("d"));
        Assert.Null((await Drawn.BodyAsync(new PurchaseList("1", "Kim", null, [Bought(50), Bought(75)]))).QuerySelector("svg"));
    }

    [Fact]
    public async Task A_form_shows_what_is_stored()
    {
        var body = await Drawn.BodyAsync(Drawn.Customer);

        Assert.Equal("customer", body.QuerySelector<IHtmlSelectElement>("[name=stage]")!.Value);
        Assert.Equal("phone", body.QuerySelector<IHtmlSelectElement>("[name='preferences.contactBy']")!.Value);
        Assert.True(body.QuerySelector<IHtmlInputElement>("[name='preferences.noCampaigns']")!.IsChecked);
        Assert.Equal("Delivery before Christmas", body.QuerySelector<IHtmlTextAreaElement>("[name='expectations[0].text']")!.Value);
        Assert.Equal("2026-05-03", body.QuerySelector<IHtmlInputElement>("[name='expectations[0].on']")!.Value);
        Assert.Equal("", body.QuerySelector<IHtmlTextAreaElement>("[name='expectations[1].text']")!.Value);
    }

    [Fact]
    public async Task What_was_guessed_says_so_in_its_label()
    {
        var body = await Drawn.BodyAsync<SenderCard>(Drawn.Unknown);

        var guessed = body.QuerySelectorAll("label:has(.guess) [name]").Select(control => control.GetAttribute("name"));
        Assert.Equal(["company", "phones[0].number"], guessed);
    }

    [Fact]
    public async Task The_addresses_of_whom_a_campaign_may_be_sent_to_are_saved_as_no_formula_and_the_page_says_whom_the_file_leaves_out()
    {
        var page = await Drawn.BodyAsync(new CampaignAddresses("value", "By value", null, 3, 2, [new CampaignAddress("=Kim \"K\"", "kim@example.com")]));

        Assert.Contains("Only of the first 2 in the list", page.TextContent, StringComparison.Ordinal);
        var link = page.QuerySelector<IHtmlAnchorElement>("a[download]")!;
        Assert.Equal(("Save the address", "By value.csv"), (link.TextContent, link.Download));
        Assert.Equal("\uFEFF\"name\",\"address\"\r\n\"'=Kim \"\"K\"\"\",\"kim@example.com\"\r\n", Uri.UnescapeDataString(link.Href.Split(',', 2)[1]));
    }

    [Fact]
    public async Task An_import_says_before_it_begins_whom_it_leaves_out()
    {
        var preview = Drawn.Import.Preview!;
        var making = preview with { Plan = preview.Plan with { Unknown = UnknownCustomers.MakeCustomers } };

        var leavesOne = (await Drawn.BodyAsync(Drawn.Import)).TextContent;
        var leavesAll = (await Drawn.BodyAsync(Drawn.Import with { Preview = preview with { ByName = 0 } })).TextContent;
        var makesAll = (await Drawn.BodyAsync(Drawn.Import with { Preview = making with { ByName = 0 } })).TextContent;

        Assert.Contains("1 customer not known: left out", leavesOne, StringComparison.Ordinal);
        Assert.DoesNotContain("Import 2 rows", leavesOne, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing would be taken in", leavesOne, StringComparison.Ordinal);
        Assert.Contains("nothing would be taken in", leavesAll, StringComparison.Ordinal);
        Assert.Contains("1 customer not known: made new", makesAll, StringComparison.Ordinal);
        Assert.Contains("Import 2 rows", makesAll, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_takes_the_new_address()
    {
        var body = await Drawn.BodyAsync<SenderCard>(Drawn.Unknown);

        var form = body.QuerySelector<IHtmlFormElement>(".candidates form")!;
        Assert.Equal("/api/customers/0123456789abcdef0123456789abcdef/addresses", form.GetAttribute("hx-post"));
        Assert.Equal("ole@nordlicht.example", form.QuerySelector<IHtmlInputElement>("[name=address]")!.Value);
    }

    [Theory]
    [InlineData("2026-05-20T07:00:00Z", "Europe/Berlin", "en-GB", "today 09:00")]
    [InlineData("2026-05-19T22:30:00Z", "Europe/Berlin", "en-GB", "today 00:30")]
    [InlineData("2026-05-19T22:30:00Z", "UTC", "en-GB", "yesterday")]
    [InlineData("2026-05-20T23:00:00Z", "Asia/Tokyo", "en-US", "tomorrow 8:00 AM")]
    [InlineData("2026-05-03T10:00:00Z", "Europe/Berlin", "en-GB", "3 May")]
    [InlineData("2026-01-03T10:00:00Z", "Europe/Berlin", "de-DE", "3. Jan.")]
    [InlineData("2024-05-03T10:00:00Z", "America/New_York", "en-US", "May 3, 2024")]
    [InlineData("2024-05-03T10:00:00Z", "America/New_York", "en-GB", "3 May 2024")]
    [InlineData("2024-05-03T10:00:00Z", "Asia/Tokyo", "ja-JP", "2024年5月3日")]
    [InlineData("2024-05-03T10:00:00Z", "Asia/Jerusalem", "he-IL", "3 במאי 2024")]
    [InlineData("2024-05-03T10:00:00Z", "Africa/Cairo", "ar-EG", "3 مايو 2024")]
    public async Task Times_are_the_readers(string at, string zone, string culture, string words)
    {
        var reader = Drawn.Member with
        {
            Culture = CultureInfo.GetCultureInfo(culture),
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone),
        };
        var instant = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

        var body = await Drawn.BodyAsync(new Timeline("1", [Drawn.Note("n", instant)], Next: null), reader);

        var time = body.QuerySelector(".meta time")!;
        Assert.Equal(words, time.TextContent.Replace('\u202f', ' '));
        Assert.Equal(instant, DateTimeOffset.Parse(time.GetAttribute("datetime")!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_day_that_a_readers_calendar_does_not_have_is_said_by_its_number()
    {
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(culture => culture.Calendar is not GregorianCalendar))
        {
            DateTimeOffset[] days = [new(1, 1, 2, 12, 0, 0, TimeSpan.Zero), new(9999, 12, 30, 12, 0, 0, TimeSpan.Zero)];
            var body = await Drawn.BodyAsync(
                new Timeline("1", [.. days.Select((day, i) => Drawn.Note($"n{i}", day))], Next: null), Drawn.Member with { Culture = culture });

            var words = body.QuerySelectorAll(".meta time").Select(time => time.TextContent).ToList();
            Assert.Equal(2, words.Count(word => word.Length > 0));
            if (culture.Name == "ar-SA")
            {
                Assert.Equal(["0001-01-02", "9999-12-30"], words);
            }
        }
    }

    [Fact]
    public async Task Every_culture_writes_a_day_without_its_weekday()
    {
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            var reader = Drawn.Member with { Culture = culture };
            var body = await Drawn.BodyAsync(
                new Timeline("1", [Drawn.Note("n", Drawn.Now.AddYears(-2)), Drawn.Note("m", Drawn.Now.AddDays(-9))], Next: null), reader);
            Assert.All(body.QuerySelectorAll(".meta time"), time =>
            {
                Assert.NotEqual("", time.TextContent.Trim());
                var weekday = culture.DateTimeFormat.GetDayName(Drawn.Now.AddYears(-2).DayOfWeek);
                Assert.False(weekday.Length > 2 && time.TextContent.Contains(weekday, StringComparison.Ordinal), $"{culture.Name}: {time.TextContent}");
            });
        }
    }

    [Theory]
    [InlineData(0, "today")]
    [InlineData(-1, "yesterday")]
    [InlineData(-12, "12 days ago")]
    [InlineData(-40, "10 Apr")]
    public async Task Last_contact_is_said_in_words(int days, string words)
    {
        var body = await Drawn.BodyAsync(Drawn.Customer with { LastContactAt = Drawn.Now.AddDays(days) });

        Assert.Equal(words, body.QuerySelector(".facts time")!.TextContent);
    }

    [Fact]
    public async Task A_page_of_history_leads_to_the_next()
    {
        var body = await Drawn.BodyAsync(new Timeline("abc", [Drawn.Note("n", Drawn.Now)], Next: "a&b=c"));

        Assert.Equal("/api/customers/abc/timeline?after=a%26b%3Dc", body.QuerySelector(".earlier button")!.GetAttribute("hx-get"));
        Assert.Null((await Drawn.BodyAsync(new Timeline("abc", [Drawn.Note("n", Drawn.Now)], Next: null))).QuerySelector(".earlier"));
    }

    [Theory]
    [InlineData("Anna Berg", "AB")]
    [InlineData("Dr. Maria de la Cruz", "DC")]
    [InlineData("nordlicht", "N")]
    [InlineData("محمد الأحمد", "ما")]
    [InlineData("😀 Ole", "O")]
    [InlineData("...", "?")]
    [InlineData("", "?")]
    public async Task Initials_are_whole_letters(string name, string initials)
    {
        var body = await Drawn.BodyAsync<SenderCard>(new ColleagueSender(name, "a@b.example"));

        Assert.Equal(initials, body.QuerySelector(".avatar")!.TextContent);
    }

    [Fact]
    public async Task The_people_of_an_item_show_only_where_there_is_a_choice()
    {
        var one = new PersonOnItem("a@x.example", "A", PersonState.Known, "1", null);
        var colleague = new PersonOnItem("c@firm.example", "C", PersonState.Colleague, null, null);
        var another = new PersonOnItem("b&d@x.example", "B & D", PersonState.Unknown, null, null);

        Assert.Null((await Drawn.BodyAsync(new PeopleOnItem([colleague]))).QuerySelector("nav"));
        Assert.True((await Drawn.BodyAsync(new PeopleOnItem([one, colleague]))).QuerySelector("nav")!.HasAttribute("hidden"));
        var both = await Drawn.BodyAsync(new PeopleOnItem([one, colleague, another]));
        Assert.False(both.QuerySelector("nav")!.HasAttribute("hidden"));
        Assert.Equal(
            ["/api/card?address=a%40x.example&name=A", "/api/card?address=b%26d%40x.example&name=B%20%26%20D"],
            both.QuerySelectorAll("button").Select(button => button.GetAttribute("data-show")));
    }

    [Fact]
    public async Task Of_a_mail_the_start_is_shown_and_of_a_note_everything()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 60));
        var note = Drawn.Note("n", Drawn.Now, text);

        var body = await Drawn.BodyAsync(new Timeline("1", [note with { Kind = InteractionKind.Mail }, note], Next: null));

        var texts = body.QuerySelectorAll(".text").Select(shown => shown.TextContent).ToList();
        Assert.Equal(string.Join(' ', Enumerable.Repeat("word", 24)) + " …", texts[0]);
        Assert.Equal(text, texts[1]);
    }

    [Fact]
    public async Task A_card_with_twenty_lines_is_small()
    {
        string[] words = [.. "offer delivery chair desk invoice thank you monitor arm harbour office christmas payment friday bookkeeper catalogue meeting visit colour sample price discount".Split(' ')];
        var random = new Random(7);
        string Text(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => words[random.Next(words.Length)]));
        var lines = Enumerable.Range(0, 20).Select(i => new TimelineLine(
            Guid.NewGuid().ToString("N"), i % 5 == 0 ? InteractionKind.Note : InteractionKind.Mail, Direction.Incoming, Drawn.Now.AddHours(-31 * i), Text(5), Text(40), "Mia Hansen"));
        var html = await Drawn.HtmlAsync<SenderCard>(
            new KnownSender(Drawn.Customer with { Timeline = new Timeline(Drawn.Customer.Id, [.. lines], Guid.NewGuid().ToString()) }), Drawn.Member);

        Assert.InRange(Compressed(html), 1, 4096);
    }

    /// <summary>As the product compresses an answer.</summary>
    private static int Compressed(string html)
    {
        var bytes = Encoding.UTF8.GetBytes(html);
        var target = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        Assert.True(BrotliEncoder.TryCompress(bytes, target, out var written, quality: 4, window: 18));
        return written;
    }
}
