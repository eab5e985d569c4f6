using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Pane;
using OutlookCrm.Search;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Search;

public sealed class SearchIndexTests : IDisposable
{
    private static readonly Guid Firm = Guid.NewGuid();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;
    private readonly SearchIndex index;
    private int made;

    public SearchIndexTests()
    {
        store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(30));
        index = new SearchIndex(store);
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("weber")]
    [InlineData("WEB")]
    [InlineData("anna weber")]
    [InlineData("we an")]
    [InlineData("nord anna")]
    [InlineData("aw@nordlicht")]
    [InlineData("nordlicht.ex")]
    [InlineData("@nordlicht.example")]
    [InlineData("lager@")]
    [InlineData("nordlicht.example")]
    [InlineData("x.example")]
    [InlineData("a.web")]
    [InlineData("<aw@nordlicht.example>,")]
    [InlineData("anna lager@nordlicht.example")]
    public async Task A_customer_is_found_by_beginnings_of_its_words(string query)
    {
        var anna = await GivenAsync(
            "Anna Weber", "Nordlicht Design", "aw@nordlicht.example", "lager@nordlicht.example", "a.weber@x.example");
        await GivenAsync("Bernd Krause", "Krause Holz", "bernd@krause.example");

        Assert.Equal([anna.CustomerId], await FoundAsync(query));
    }

    [Theory]
    [InlineData("anna krause")]
    [InlineData("nna")]
    [InlineData("bernd@nordlicht.example")]
    [InlineData("…")]
    public async Task A_customer_that_lacks_a_word_is_not_found(string query)
    {
        await GivenAsync("Anna Weber", "Nordlicht Design", "aw@nordlicht.example");
        await GivenAsync("Bernd Krause", "Krause Holz", "bernd@krause.example");

        Assert.Empty(await FoundAsync(query));
    }

    [Theory]
    [InlineData("Jörg Müller", "Mueller")]
    [InlineData("Jörg Müller", "müll joerg")]
    [InlineData("Joerg Mueller", "müller")]
    [InlineData("王伟", "王")]
    [InlineData("王伟", "伟")]
    [InlineData("김민준", "김")]
    [InlineData("Zoë O'Brien", "o'br")]
    public async Task Names_are_found_in_any_spelling_and_script(string name, string query)
    {
        var one = await GivenAsync(name, null);

        Assert.Equal([one.CustomerId], await FoundAsync(query));
    }

    [Fact]
    public async Task Whole_words_come_first_then_names_in_order()
    {
        await GivenAsync("Bergmann", null);
        await GivenAsync("Zora Berg", null);
        await GivenAsync("Anton Berger", null);
        await GivenAsync("Carl Berg", null);

        Assert.Equal(
            ["Carl Berg", "Zora Berg", "Anton Berger", "Bergmann"],
            (await index.FindAsync(Firm, "berg", default)).Hits.Select(hit => hit.Name));
    }

    [Fact]
    public async Task A_whole_word_is_found_among_thousands_that_begin_with_it()
    {
        for (var i = 0; i < 300; i++)
        {
            await GivenAsync($"Leeuwen{i}", null);
        }

        var lee = await GivenAsync("Lee", null);
        var found = await index.FindAsync(Firm, "lee", default);

        Assert.Equal(lee.CustomerId, found.Hits[0].Id);
        Assert.Equal((SearchIndex.MaxHits, true), (found.Hits.Count, found.More));
    }

    [Fact]
    public async Task Another_firm_finds_none_of_ours()
    {
        await GivenAsync("Anna Weber", null);

        Assert.Single((await index.FindAsync(Firm, "anna", default)).Hits);
        Assert.Empty((await index.FindAsync(Guid.NewGuid(), "anna", default)).Hits);
    }

    [Fact]
    public async Task A_renamed_customer_is_found_by_its_new_name_only()
    {
        var before = await GivenAsync("Anna Weber", "Nordlicht", "anna@nordlicht.example");
        var after = before with { Name = "Anna Kern" };
        var kern = new SearchEntry(after.CustomerId, after.Kind, after.Name, after.Company, after.Addresses);

        await index.ApplyAsync(Firm, kern, before.Tokens, default);
        await index.ApplyAsync(Firm, kern, before.Tokens, default); // a repetition finds nothing to delete

        Assert.Empty(await FoundAsync("weber"));
        Assert.Equal("Anna Kern", Assert.Single((await index.FindAsync(Firm, "nordlicht", default)).Hits).Name);
    }

    [Fact]
    public async Task A_removed_customer_is_found_no_more()
    {
        var anna = await GivenAsync("Anna Weber", "Nordlicht", "anna@nordlicht.example");
        Assert.Equal([anna.CustomerId], await FoundAsync("weber"));

        await index.RemoveAsync(Firm, anna.CustomerId, anna.Tokens, default);
        await index.RemoveAsync(Firm, anna.CustomerId, anna.Tokens, default);

        Assert.All(anna.Tokens, token => Assert.Empty(index.FindAsync(Firm, token, default).GetAwaiter().GetResult().Hits));
    }

    [Fact]
    public void Every_beginning_of_a_token_finds_its_customer() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<char>(), (text, letter) =>
            {
                var entry = GivenAsync($"{text} Wörner{letter}", $"{letter}{letter} 𠮷野家", $"x{made}.{letter}y@ex-{made}.example").GetAwaiter().GetResult();
                return entry.Tokens.Where(token => token.Any(char.IsLetterOrDigit)).All(token =>
                    index.FindAsync(Firm, token, default).GetAwaiter().GetResult() is var found
                    && (found.More || found.Hits.Any(hit => hit.Id == entry.CustomerId)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public async Task Among_ten_thousand_customers_a_search_is_one_range_read()
    {
        string[] first = ["Anna", "Bernd", "Carla", "Dirk", "Eva", "Finn", "Greta", "Hans", "Ida", "Jan"];

        // Many at once, of which the store makes one commit.
        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (i, stop) => await index.ApplyAsync(
            Firm, new SearchEntry($"{i:x32}", CustomerKind.Person, $"{first[i % 10]} Name{i / 10}", null, [$"c{i}@firm{i % 500}.example"]), [], stop));

        using var counts = new StorageCounts(store);
        var found = await index.FindAsync(Firm, "greta name77", default);

        Assert.Equal(1, counts.RangeReads(Tables.Search));
        Assert.Equal(11, found.Hits.Count); // 77, 770 to 779
        Assert.Equal("Greta Name77", found.Hits[0].Name);

        await index.FindAsync(Firm, "na", default); // what everybody has
        Assert.Equal(2, counts.RangeReads(Tables.Search));
    }

    private async Task<SearchEntry> GivenAsync(string name, string? company, params string[] addresses)
    {
        var entry = new SearchEntry($"{++made:x32}", CustomerKind.Person, name, company, addresses);
        await index.ApplyAsync(Firm, entry, [], default);
        return entry;
    }

    private async Task<List<string>> FoundAsync(string query) =>
        [.. (await index.FindAsync(Firm, query, default)).Hits.Select(hit => hit.Id)];
}
