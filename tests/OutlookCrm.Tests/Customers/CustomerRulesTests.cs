using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Customers;

public sealed class CustomerRulesTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    private static readonly Customer Blank = new(
        new CustomerId(Guid.Empty), CustomerKind.Person, "Kim", new Company(new CustomerId(new Guid(1, 2, 3, new byte[8])), "Novak"), "CEO",
        [new Phone(null, "1")], new PostalAddress("Weg 1", null, "Berlin", null, "DE"), "de", "https://novak.example", new Colleague("x", "Anna"),
        CustomerStage.Prospect, ["vip"], [new Expectation("soon", Today)], new Preferences(ContactChannel.Mail, true, "x"), "kim@novak.example",
        DateTimeOffset.UnixEpoch, default, "1");

    [Theory]
    [InlineData("gmail.com", true)]
    [InlineData("outlook.com.br", true)]
    [InlineData("hotmail.co.uk", true)]
    [InlineData("yahoo.co.jp", true)]
    [InlineData("gmx.net", true)]
    [InlineData("web.de", true)]
    [InlineData("t-online.de", true)]
    [InlineData("qq.com", true)]
    [InlineData("mail.ru", true)]
    [InlineData("proton.me", true)]
    [InlineData("icloud.com", true)]
    [InlineData("yahoo.shop", false)]
    [InlineData("live.berlin", false)]
    [InlineData("mail.yahoo.fr", false)]
    [InlineData("yahoo.novak.de", false)]
    [InlineData("novak.example", false)]
    [InlineData("microsoft.com", false)]
    public void Free_mail_is_known_by_domain_and_family(string domain, bool isFree) => Assert.Equal(isFree, FreeMail.IsFree(domain));

    [Theory]
    [InlineData("\u200b", false)]
    [InlineData("\u202e \u2066", false)]
    [InlineData("\ufeff", false)]
    [InlineData("\u0301\ufe0f", false)]
    [InlineData("\uffff", false)]
    [InlineData("\u200b1", true)]
    [InlineData("&", true)]
    [InlineData("\ud83d\ude00", true)]
    [InlineData("李", true)]
    public void A_name_is_something_that_can_be_seen(string name, bool isGood)
    {
        var errors = new FieldErrors();
        CustomerRules.Name(name, errors);
        Assert.Equal(!isGood, errors.Any);
    }

    [Theory]
    [InlineData("x@berg-partner.de", "Berg Partner")]
    [InlineData("x@mail.berg.co.uk", "Berg")]
    [InlineData("x@berg.com.au", "Berg")]
    [InlineData("x@berg.co.jp", "Berg")]
    [InlineData("x@bmw.de", "BMW")]
    [InlineData("x@sales.eu.bmw.de", "BMW")]
    [InlineData("x@müller-söhne.example", "Müller Söhne")]
    [InlineData("x@contoso.onmicrosoft.com", "Contoso")]
    [InlineData("x@gmail.com", null)]
    public void A_company_is_guessed_from_its_domain(string address, string? company)
    {
        Assert.True(MailAddress.TryParse(address, out var parsed));
        Assert.Equal(company, CompanyName.FromDomain(parsed));
    }

    [Theory]
    [InlineData("novak.example", "https://novak.example")]
    [InlineData("HTTP://Novak.Example/", "http://novak.example")]
    [InlineData("https://novak.example:443/a b?q=ü#x", "https://novak.example/a%20b?q=%C3%BC#x")]
    [InlineData("https://müller.example/x", "https://müller.example/x")]
    [InlineData("novak.example:8080/x", "https://novak.example:8080/x")]
    [InlineData("mailto:kim@novak.example", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("data:text/html,x", null)]
    [InlineData("//novak.example", null)]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("https://novak", null)]
    [InlineData("https://user@novak.example", null)]
    [InlineData("https:\\\\novak.example", null)]
    public void A_website_is_a_web_address_or_refused(string written, string? kept)
    {
        var errors = new FieldErrors();
        Assert.Equal(kept, CustomerRules.Website(written, errors));
        Assert.Equal(kept is null, errors.Any);
    }

    [Theory]
    [InlineData("DE", "de")]
    [InlineData("pt-br", "pt-BR")]
    [InlineData("zh-hant-tw", "zh-Hant-TW")]
    [InlineData("es-419", "es-419")]
    [InlineData("de_DE", null)]
    [InlineData("german", "de")]
    [InlineData("Deutsch", "de")]
    [InlineData("Klingon", null)]
    [InlineData("xx", null)]
    [InlineData("de-", null)]
    public void A_language_is_a_tag_that_somebody_speaks_or_its_name(string written, string? kept) =>
        Assert.Equal(kept, CustomerRules.Language(written, new FieldErrors()));

    [Theory]
    [InlineData("de", "DE")]
    [InlineData("Germany", "DE")] // cut to two letters it was Georgia
    [InlineData("Österreich", "AT")]
    [InlineData("UK", "GB")]
    [InlineData("Atlantis", null)]
    public void A_country_is_its_two_letters_or_its_name(string written, string? kept)
    {
        var errors = new FieldErrors();
        Assert.Equal(kept, CustomerRules.PostalAddress(new(null, null, null, null, written), errors)?.Country);
        Assert.Equal(kept is null, errors.Any);
    }

    [Fact]
    public void What_is_kept_is_kept_again_unchanged() =>
        Prop.ForAll(Texts(), text =>
        {
            var errors = new FieldErrors();
            var phones = CustomerRules.Phones([new Phone(text, "+1")], errors);
            var tags = CustomerRules.Tags([text, text.ToUpperInvariant(), "x"], errors);
            var (name, site, language) = (CustomerRules.Name(text, errors), CustomerRules.Website(text, errors), CustomerRules.Language(text, errors));
            if (errors.Any)
            {
                return; // what is refused is not kept
            }

            Assert.Equal(name, CustomerRules.Name(name, errors));
            Assert.Equal(phones, CustomerRules.Phones(phones, errors));
            Assert.Equal(tags, CustomerRules.Tags(tags, errors));
            Assert.Equal(site, CustomerRules.Website(site, errors));
            Assert.Equal(language, CustomerRules.Language(language, errors));
            Assert.False(errors.Any);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_row_gives_back_the_customer_that_was_put_in() =>
        Prop.ForAll(Texts(), Texts(), (one, other) =>
        {
            var errors = new FieldErrors();
            var customer = Blank with
            {
                Name = CustomerRules.Name("x" + one, errors),
                Company = CustomerRules.Company(other, errors) is { } company ? new Company(null, company) : null,
                Phones = CustomerRules.Phones([new Phone(one, "1"), new Phone(null, "2")], errors),
                Tags = CustomerRules.Tags(["a" + one, "b" + other], errors),
                Expectations = CustomerRules.Expectations([new Expectation("x" + one, Today), new Expectation("y" + other, Today)], Today, errors),
                Preferences = CustomerRules.Preferences(new Preferences(null, false, one + "\n" + other), errors),
            };
            var read = CustomerRow.ToCustomer(CustomerRow.From(Guid.NewGuid(), customer));
            Assert.True(CustomerRow.AreAlike(customer, read));
            Assert.Equal(customer.Phones, read.Phones);
            Assert.Equal(customer.Tags, read.Tags);
            Assert.Equal(customer.Expectations, read.Expectations);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_patch_changes_what_it_names_and_nothing_else_and_twice_is_once() =>
        Prop.ForAll(Gen.Choose(0, (1 << 11) - 1).Two().ToArbitrary(), pair =>
        {
            var (given, cleared) = pair;
            var request = new UpdateCustomerRequest
            {
                Name = Is(0) ? new("Lee") : default,
                JobTitle = Text(1, "CTO"),
                Company = Text(2, "Hill"),
                Phones = List<Phone>(3, new Phone("work", "2")),
                PostalAddress = Is(4) ? new(IsCleared(4) ? null : new PostalAddress(null, null, "Bonn", null, null)) : default,
                Language = Text(5, "fr"),
                Website = Text(6, "hill.example"),
                Stage = Is(7) ? new(CustomerStage.Former) : default,
                Tags = List<string>(8, "new"),
                Expectations = List<Expectation>(9, new Expectation("later", Today)),
                Preferences = Is(10) ? new(IsCleared(10) ? null : new Preferences(ContactChannel.Phone, false, null)) : default,
            };
            var errors = new FieldErrors();
            var edit = CustomerEdit.From(request, company: null, owner: null, Guid.Empty, Today, errors);
            var after = edit.Apply(Blank);

            Assert.False(errors.Any);
            Assert.True(CustomerRow.AreAlike(after, edit.Apply(after)));
            Assert.Empty(edit.Against(after));
            Assert.Equal(Is(0) ? "Lee" : "Kim", after.Name);
            Assert.Equal(Is(1) ? (IsCleared(1) ? null : "CTO") : "CEO", after.JobTitle);
            Assert.Equal(Is(2) ? (IsCleared(2) ? null : new Company(null, "Hill")) : Blank.Company, after.Company);
            Assert.Equal(Is(3) ? (IsCleared(3) ? [] : [new Phone("work", "2")]) : Blank.Phones, after.Phones);
            Assert.Equal(Is(5) ? (IsCleared(5) ? null : "fr") : "de", after.Language);
            Assert.Equal(Is(6) ? (IsCleared(6) ? null : "https://hill.example") : Blank.Website, after.Website);
            Assert.Equal(Is(7) ? CustomerStage.Former : CustomerStage.Prospect, after.Stage);
            Assert.Equal(Is(8) ? (IsCleared(8) ? [] : ["new"]) : Blank.Tags, after.Tags);
            Assert.Equal(!Is(10) ? Blank.Preferences : IsCleared(10) ? new Preferences(null, false, null) : new Preferences(ContactChannel.Phone, false, null), after.Preferences);
            Assert.Equal((Blank.Owner, Blank.CreatedAt, Blank.PrimaryAddress, Blank.Version), (after.Owner, after.CreatedAt, after.PrimaryAddress, after.Version));

            bool Is(int bit) => (given & (1 << bit)) != 0;
            bool IsCleared(int bit) => (cleared & (1 << bit)) != 0;
            Optional<string?> Text(int bit, string text) => Is(bit) ? new(IsCleared(bit) ? null : text) : default;
            Optional<IReadOnlyList<T>?> List<T>(int bit, T item) => Is(bit) ? new(IsCleared(bit) ? null : [item]) : default;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Theory]
    [InlineData("Berg, Anna (Sales)", "x@berg.example", "Anna Berg")]
    [InlineData("\"Berg, Anna\"", "x@berg.example", "Anna Berg")]
    [InlineData("ANNA VAN DER BERG", "x@berg.example", "Anna van der Berg")]
    [InlineData("Anna BERG", "x@berg.example", "Anna Berg")]
    [InlineData("Berg, Inc.", "x@berg.example", "Berg, Inc.")]
    [InlineData("Anna Berg, PhD", "x@berg.example", "Anna Berg, PhD")]
    [InlineData("Anna O'Neil-Berg", "x@berg.example", "Anna O'Neil-Berg")]
    [InlineData("Frau Anna Berg", "x@berg.example", "Anna Berg")]
    [InlineData("Anna Berg <anna@berg.example>", "x@berg.example", "Anna Berg")]
    [InlineData("Anna\u202e Berg\u0000", "x@berg.example", "Anna Berg")]
    [InlineData("山田 太郎", "x@berg.example", "山田 太郎")]
    [InlineData(null, "anna.berg@berg.example", "Anna Berg")]
    [InlineData(null, "anna-lena.berg82+news@berg.example", "Anna-Lena Berg")]
    [InlineData(null, "a.berg@berg.example", "A. Berg")]
    [InlineData("x@berg.example", "anna_berg@berg.example", "Anna Berg")]
    public void A_sender_is_called_what_people_call_them(string? display, string address, string name)
    {
        Assert.True(MailAddress.TryParse(address, out var parsed));
        Assert.Equal(name, SenderName.Of(display, parsed).Name);
    }

    [Fact]
    public void Any_display_name_gives_a_name_that_the_record_would_take() =>
        Prop.ForAll(Texts(), text =>
        {
            Assert.True(MailAddress.TryParse("kim@novak.example", out var address));
            var errors = new FieldErrors();
            var name = SenderName.Of(text + new string('x', text.Length * 40), address).Name;
            CustomerRules.Name(name, errors);
            Assert.False(errors.Any, name);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Arbitrary<string> Texts() => Gen.ArrayOf(Gen.Frequency(
        (6, Gen.Elements("abcXYZ äÖßé,.-|@()\"'/:5 <>".ToCharArray())),
        (1, Gen.Elements("\u0301\u200b\u202e\u00a0\ufeffİıﬁ漢字".ToCharArray()))))
        .Select(letters => new string(letters)).ToArbitrary();
}
