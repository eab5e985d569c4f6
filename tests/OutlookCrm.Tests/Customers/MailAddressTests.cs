using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Customers;

namespace OutlookCrm.Tests.Customers;

public sealed class MailAddressTests
{
    [Theory]
    [InlineData("Anna.Berg@Example.COM", "anna.berg@example.com", "Anna.Berg@example.com")]
    [InlineData("  anna@example.com ", "anna@example.com", "anna@example.com")]
    [InlineData("<anna@example.com>", "anna@example.com", "anna@example.com")]
    [InlineData("'anna@example.com'", "anna@example.com", "anna@example.com")]
    [InlineData("mailto:anna@example.com", "anna@example.com", "anna@example.com")]
    [InlineData("o'brien@example.ie", "o'brien@example.ie", "o'brien@example.ie")]
    [InlineData("anna@example.com.", "anna@example.com", "anna@example.com")]
    [InlineData("anna+crm@example.com", "anna+crm@example.com", "anna+crm@example.com")]
    [InlineData("\"anna\"@example.com", "anna@example.com", "anna@example.com")]
    [InlineData("\"Anna Berg\"@example.com", "\"anna berg\"@example.com", "\"Anna Berg\"@example.com")]
    [InlineData("\"a@b\"@example.com", "\"a@b\"@example.com", "\"a@b\"@example.com")]
    [InlineData("\"a\\\"\\\\b\"@example.com", "\"a\\\"\\\\b\"@example.com", "\"a\\\"\\\\b\"@example.com")]
    [InlineData("\"..\"@example.com", "\"..\"@example.com", "\"..\"@example.com")]
    [InlineData("info@MÜLLER.de", "info@xn--mller-kva.de", "info@müller.de")]
    [InlineData("info@XN--MLLER-KVA.DE", "info@xn--mller-kva.de", "info@müller.de")]
    [InlineData("info@mu\u0308ller.de", "info@xn--mller-kva.de", "info@müller.de")]
    [InlineData("info@faß.de", "info@xn--fa-hia.de", "info@faß.de")]
    [InlineData("info@ｅｘａｍｐｌｅ．ｃｏｍ", "info@example.com", "info@example.com")]
    [InlineData("用户@例え。jp", "用户@xn--r8jz45g.jp", "用户@例え.jp")]
    [InlineData("ΝΊΚΟΣ@example.gr", "νίκοσ@example.gr", "ΝΊΚΟΣ@example.gr")]
    [InlineData("νίκος@example.gr", "νίκοσ@example.gr", "νίκος@example.gr")]
    [InlineData("Jose\u0301@example.es", "josé@example.es", "José@example.es")]
    [InlineData("PIL@example.tr", "pil@example.tr", "PIL@example.tr")]
    [InlineData("İnci@example.tr", "i\u0307nci@example.tr", "İnci@example.tr")]
    [InlineData("ab@ab--cd.de", "ab@ab--cd.de", "ab@ab--cd.de")]
    [InlineData("a@under_score.example.com", "a@under_score.example.com", "a@under_score.example.com")]
    public void An_address_has_one_key_and_is_shown_as_people_write_it(string written, string key, string shown)
    {
        Assert.True(MailAddress.TryParse(written, out var address));
        Assert.Equal(key, address.Key);
        Assert.Equal(shown, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("anna")]
    [InlineData("anna@")]
    [InlineData("@example.com")]
    [InlineData("anna@example")]
    [InlineData("anna@.com")]
    [InlineData("anna@example..com")]
    [InlineData("anna@-example.com")]
    [InlineData("anna@example.com..")]
    [InlineData("anna@192.168.0.1")]
    [InlineData("anna@[192.168.0.1]")]
    [InlineData(".anna@example.com")]
    [InlineData("anna.@example.com")]
    [InlineData("an..na@example.com")]
    [InlineData("anna berg@example.com")]
    [InlineData("anna\u00a0berg@example.com")]
    [InlineData("anna@exa mple.com")]
    [InlineData("anna,ben@example.com")]
    [InlineData("anna@example.com, ben@example.com")]
    [InlineData("Anna <anna@example.com>")]
    [InlineData("anna@example.com\u0000")]
    [InlineData("an\nna@example.com")]
    [InlineData("\"an\nna\"@example.com")]
    [InlineData("an\u202ena@example.com")]
    [InlineData("an\u200bna@example.com")]
    [InlineData("\"anna\\\"@example.com")]
    [InlineData("\"\"@example.com")]
    [InlineData("\"an\"na\"@example.com")]
    [InlineData("anna@xn--a.de")]
    [InlineData("anna@\ufdfa.de")]
    [InlineData("anna＠example.com")]
    [InlineData("/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=a1b2-anna")]
    [InlineData("/O=FIRM/OU=SITE/cn=anna@example.com")]
    [InlineData("IMCEAEX-_o=ExchangeLabs_ou=x_cn=anna@namprd01.prod.outlook.com")]
    public void What_is_not_an_address_is_refused(string? text) => Assert.False(MailAddress.TryParse(text, out _));

    [Fact]
    public void Half_a_surrogate_pair_and_noncharacters_are_refused()
    {
        foreach (var broken in new[] { "\ud800", "\udc00", "\udc00\ud800", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe" })
        {
            Assert.False(MailAddress.TryParse($"{broken}@example.com", out _));
            Assert.False(MailAddress.TryParse($"anna{broken}@example.com", out _));
            Assert.False(MailAddress.TryParse($"anna@ex{broken}ample.com", out _));
        }
    }

    [Theory]
    [InlineData("ıpek@example.tr", "ipek@example.tr")]
    [InlineData("straße@example.de", "strasse@example.de")]
    [InlineData("anna+a@example.de", "anna@example.de")]
    [InlineData("a.nna@gmail.com", "anna@gmail.com")]
    [InlineData("ａnna@example.de", "anna@example.de")]
    [InlineData("info@faß.de", "info@fass.de")]
    public void Different_mailboxes_stay_different(string one, string other)
    {
        Assert.True(MailAddress.TryParse(one, out var a));
        Assert.True(MailAddress.TryParse(other, out var b));
        Assert.NotEqual(a, b);
    }

    [Fact]
    public void Lengths_end_where_mail_ends()
    {
        Assert.True(MailAddress.TryParse(new string('a', 64) + "@example.com", out _));
        Assert.False(MailAddress.TryParse(new string('a', 65) + "@example.com", out _));

        var label = new string('b', 60);
        var domain = $"{label}.{label}.{label}.de"; // 185 characters
        Assert.True(MailAddress.TryParse($"{new string('a', 64)}@{domain}", out _));
        Assert.True(MailAddress.TryParse($"{new string('a', 5)}@{label}.{new string('c', 63)}.{new string('d', 63)}.{new string('e', 56)}.de", out var longest));
        Assert.Equal(MailAddress.MaxLength, longest.Key.Length);
        Assert.False(MailAddress.TryParse($"{new string('a', 6)}@{label}.{new string('c', 63)}.{new string('d', 63)}.{new string('e', 56)}.de", out _));
        Assert.False(MailAddress.TryParse($"a@{new string('b', 64)}.de", out _));
        Assert.False(MailAddress.TryParse(new string('a', 1_000_000), out _));
    }

    [Fact]
    public void The_culture_of_the_machine_changes_no_key()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in new[] { "tr-TR", "de-DE", "az-Latn-AZ", "lt-LT" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
                Assert.True(MailAddress.TryParse("INFO@ISTANBUL.COM.TR", out var address));
                Assert.Equal("info@istanbul.com.tr", address.Key);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_key_and_the_shown_form_read_back_as_the_same_address() =>
        Prop.ForAll(Addresses(), written =>
        {
            if (!MailAddress.TryParse(written, out var address))
            {
                return true; // only what is accepted has a key
            }

            return MailAddress.TryParse(address.Key, out var fromKey) && fromKey.Key == address.Key && fromKey == address
                && MailAddress.TryParse(address.ToString(), out var fromShown) && fromShown == address
                && fromShown.ToString() == address.ToString();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Case_and_normalisation_never_make_a_second_mailbox() =>
        Prop.ForAll(Addresses(), written =>
            !MailAddress.TryParse(written, out var address)
            || Same(address, written.ToUpperInvariant()) && Same(address, written.ToLowerInvariant())
            && Same(address, written.Normalize(NormalizationForm.FormD)) && Same(address, $" <{written}> "))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Every_character_folds_to_itself_in_any_case()
    {
        for (var c = '\u0021'; c < '\uffff'; c++)
        {
            if (!char.IsSurrogate(c) && MailAddress.TryParse($"a{c}a@example.com", out var address))
            {
                Assert.True(MailAddress.TryParse(address.Key, out var again), $"U+{(int)c:x4}");
                Assert.Equal(address.Key, again.Key);
                Assert.True(MailAddress.TryParse($"a{char.ToUpperInvariant(c)}a@example.com", out var upper));
                Assert.Equal(address.Key, upper.Key);
            }
        }
    }

    [Fact]
    public void Any_text_is_read_or_refused_but_never_throws() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 0xffff)).Select(x => new string([.. x.Select(c => (char)c)])).ToArbitrary(), text =>
        {
            foreach (var written in new[] { text, text + "@example.com", "a@" + text, "a@" + text + ".com" })
            {
                Assert.Equal(MailAddress.TryParse(written, out var address), address is not null);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static bool Same(MailAddress address, string written) =>
        MailAddress.TryParse(written, out var other) && other == address;

    private static Arbitrary<string> Addresses()
    {
        var letters = Gen.Elements("aAbBzZ019.-_+'\"\\ @éÉßẞıIiİσςΣſµæøåñ中文ёЖ\u0301\u0308\u0307ａ".ToCharArray());
        var domains = Gen.Elements(
            "example.com", "EXAMPLE.com", "müller.de", "MÜLLER.de", "faß.de", "xn--mller-kva.de", "例え.jp", "пример.рф", "ΑΛΦΑΣ.gr", "a.b.c.d.example", "example.com.");
        return (from quoted in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
                from length in Gen.Choose(1, 20)
                from local in Gen.ArrayOf(letters, length)
                from domain in domains
                select quoted ? $"\"{new string(local)}\"@{domain}" : $"{new string(local)}@{domain}").ToArbitrary();
    }
}
