using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Search;

namespace OutlookCrm.Tests.Search;

public sealed class SearchWordsTests
{
    private static readonly Arbitrary<string> Texts = ArbMap.Default.ArbFor<char>().Generator
        .Or(Gen.Elements("aÄößøł'’.-&@ _王ガ각ﬁİıǅ\u0301\u0600\u093f".ToCharArray()))
        .ArrayOf().Select(chars => new string(chars)).ToArbitrary();

    // Short enough for all their words to be tokens.
    private static readonly Gen<string> Names = Texts.Generator.Resize(10);

    private static readonly Arbitrary<(string Name, string? Company, string[] Addresses)> Customers =
        (from name in Names
         from company in Gen.OneOf(Names.Select(text => (string?)text), Gen.Constant<string?>(null))
         from locals in Names.ArrayOf(3)
         select (name, company, locals.Select(local => $"{local.Replace("@", "", StringComparison.Ordinal)}x@{(local.Length > 3 ? "müller-söhne.co.uk" : "example.org")}").ToArray())).ToArbitrary();

    [Theory]
    [InlineData("Ørsted", "orsted")]
    [InlineData("STRASSE", "strasse")]
    [InlineData("Straße", "strasse")]
    [InlineData("Łukasz Żółć", "lukasz zolc")]
    [InlineData("Ægir Þór", "aegir thor")]
    [InlineData("İstanbul ışık", "istanbul isik")]
    [InlineData("ﬁne", "fine")]
    [InlineData("ΣΊΣΥΦΟΣ", "σισυφοσ")]
    [InlineData("각하", "각하")]
    [InlineData("a\ufffeb", "a\ufffdb")]
    public void Folding_takes_case_and_accents_away(string text, string folded) => Assert.Equal(folded, SearchWords.Fold(text));

    [Fact]
    public void Folding_twice_changes_nothing() =>
        Prop.ForAll(Texts, text => SearchWords.Fold(SearchWords.Fold(text)) == SearchWords.Fold(text)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_customer_has_few_short_tokens_each_once() =>
        Prop.ForAll(Customers, customer =>
        {
            var tokens = SearchWords.Tokens(customer.Name, customer.Company, customer.Addresses);
            return tokens.Count <= SearchWords.MaxTokens
                && tokens.All(token => token.Length is > 0 and <= SearchWords.MaxTokenLength && !token.Contains(' ', StringComparison.Ordinal))
                && tokens.Distinct(StringComparer.Ordinal).Count() == tokens.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_beginning_of_every_token_asks_for_its_customer() =>
        Prop.ForAll(Customers, customer =>
        {
            var tokens = SearchWords.Tokens(customer.Name, customer.Company, customer.Addresses);
            return tokens.All(token => Beginnings(token).All(beginning =>
            {
                var terms = SearchWords.Query(beginning);
                return terms.All(term => term.IsIn(tokens)) && terms[0].Spellings[0].Lookups.Any(lookup => tokens.Any(t =>
                    t.StartsWith(lookup, StringComparison.Ordinal) && SearchWords.PartitionOf(t) == SearchWords.PartitionOf(lookup)));
            }));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_and_companies_come_before_the_parts_of_addresses() =>
        Assert.Equal(
            ["anna", "berg", "bergdesign", "gmbh", "a.berg@bergdesign.example", "a", "aberg", "bergdesign.example"],
            SearchWords.Tokens("Anna Berg", "Bergdesign GmbH", ["a.berg@bergdesign.example"]));

    [Fact]
    public void A_name_of_a_hundred_words_leaves_room_for_the_addresses()
    {
        var name = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"word{i}"));

        Assert.Contains("kim@example.org", SearchWords.Tokens(name, name.Replace("word", "firm", StringComparison.Ordinal), ["kim@example.org"]));
    }

    [Theory]
    [InlineData("Müller", "mueller")]
    [InlineData("Müller", "muller")]
    [InlineData("Jørgensen", "joergensen")]
    [InlineData("O'Brien", "obrien")]
    [InlineData("O’Brien", "brien")]
    [InlineData("Meyer-Landrut", "landrut")]
    [InlineData("山田太郎", "太郎")]
    [InlineData("A&B Bau", "ab")]
    public void A_name_is_found_as_people_type_it(string name, string word) => Assert.Contains(word, SearchWords.Tokens(name, null, []));

    private static IEnumerable<string> Beginnings(string token)
    {
        var beginning = new StringBuilder();
        var isAfterLetter = false;
        var hasTwoLetters = false;
        foreach (var rune in token.EnumerateRunes())
        {
            beginning.Append(rune.ToString());
            hasTwoLetters |= isAfterLetter && Rune.IsLetterOrDigit(rune);
            isAfterLetter = Rune.IsLetterOrDigit(rune);
            if (hasTwoLetters)
            {
                yield return beginning.ToString(); // punctuation and single letters ask for nobody
            }
        }
    }
}
