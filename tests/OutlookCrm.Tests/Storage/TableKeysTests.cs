using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

public sealed class TableKeysTests
{
    private static readonly Guid Tenant = new("8d2f1c54-1111-4222-8333-9a4b5c6d7e8f");

    // Parts as they come from outside: plain words, and strings full of what a key must not hold.
    private static readonly Arbitrary<string> Parts = Gen.OneOf(
        Gen.Elements("anna@example.org", "o'brien+crm@example.org", "büro@münchen.example", "李@例え.テスト", "a|b", "!7c", "", " "),
        Gen.Elements('a', 'Z', '0', '|', '!', '/', '\\', '#', '?', '%', '+', '\'', ' ', '\0', '\u001f', '\u007f', '\u009f', '\u00a0',
                'é', '\ud7ff', '\ud83d', '\ude00', '\udfff', '\ue000', '\ufffe', '\uffff')
            .ListOf().Select(chars => string.Concat(chars))).ToArbitrary();

    // Few signs and short, so that joining wrongly would soon give one key twice.
    private static readonly Arbitrary<(string, string)> ShortPairs =
        Gen.Elements("", "|", "!", "7", "c", "7c", "!7c", "|7c", "||", "!|").Two().Select(two => (two.Item1, two.Item2)).ToArbitrary();

    private static readonly Arbitrary<(string, string)> Pairs =
        Parts.Generator.SelectMany(one => Parts.Generator.Select(other => (one, other))).ToArbitrary();

    [Fact]
    public void A_part_comes_back_from_a_key_as_it_went_in() =>
        Prop.ForAll(Parts, part => TableKeys.Unescape(TableKeys.Escape(part)) == part).QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_of_different_parts_differ() =>
        Prop.ForAll(ShortPairs, ShortPairs, (one, other) =>
            (one == other) == (TableKeys.SearchRow(one.Item1, one.Item2) == TableKeys.SearchRow(other.Item1, other.Item2)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_service_allows_every_key() =>
        Prop.ForAll(Parts, part => new[]
        {
            TableKeys.Customer(Tenant, part), TableKeys.Address(part), TableKeys.Person(part), TableKeys.Outbox(part),
            TableKeys.Interaction(DateTimeOffset.UnixEpoch, part), TableKeys.AddressPartition(Tenant, part), TableKeys.AddressRow(part),
            TableKeys.SearchPartition(Tenant, part), TableKeys.SearchRow(part, part),
        }.All(IsAllowed)).QuickCheckThrowOnFailure();

    [Fact]
    public void The_last_part_can_be_read_from_a_key() =>
        Prop.ForAll(Parts, Parts, (word, customer) =>
            TableKeys.Last(TableKeys.SearchRow(word, customer)) == customer).QuickCheckThrowOnFailure();

    [Fact]
    public void A_later_interaction_sorts_first() =>
        Prop.ForAll(Instants, Instants, Pairs, (one, other, ids) =>
            one == other
            || (string.CompareOrdinal(TableKeys.Interaction(one, ids.Item1), TableKeys.Interaction(other, ids.Item2)) < 0) == (one > other))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_time_of_an_interaction_can_be_read_from_its_key() =>
        Prop.ForAll(Instants, Parts, (at, id) => TableKeys.InteractionAt(TableKeys.Interaction(at, id)) == at).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a")]
    [InlineData("b|a|anna@example.org")]
    [InlineData("e|")]
    [InlineData("e|9999999999999999999|x")]
    public void A_key_of_another_kind_has_no_time(string key) => Assert.Null(TableKeys.InteractionAt(key));

    [Fact]
    public void A_word_is_found_under_each_of_its_beginnings() =>
        Prop.ForAll(Parts, Parts, (word, customer) => word.EnumerateRunes().Aggregate(
            (Start: "", Found: true),
            (soFar, rune) => rune == Rune.ReplacementChar ? soFar : (soFar.Start + rune, soFar.Found
                && (!word.StartsWith(soFar.Start + rune, StringComparison.Ordinal)
                    || Holds(TableKeys.SearchRows(soFar.Start + rune), TableKeys.SearchRow(word, customer))))).Found)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_range_by_prefix_holds_what_starts_with_it_and_nothing_else() =>
        Prop.ForAll(Parts, Parts, (prefix, key) =>
            Holds(RowKeyRange.StartingWith(WellFormed(prefix)), WellFormed(key))
            == WellFormed(key).StartsWith(WellFormed(prefix), StringComparison.Ordinal)
            && Holds(RowKeyRange.StartingWith(WellFormed(prefix)), WellFormed(prefix) + WellFormed(key)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_card_is_the_record_its_addresses_people_and_timeline()
    {
        string[] onCard =
        [
            TableKeys.Record, TableKeys.Address("z@example.org"), TableKeys.Person("z"), TableKeys.Interaction(DateTimeOffset.MinValue, "z"),
        ];

        Assert.All(onCard, key => Assert.True(Holds(TableKeys.Card, key)));
        Assert.False(Holds(TableKeys.Card, TableKeys.Details(Guid.Empty.ToString("N"))));
        Assert.False(Holds(TableKeys.Card, TableKeys.Outbox("1")));
    }

    [Fact]
    public void Words_that_share_two_characters_share_a_partition()
    {
        Assert.Equal(TableKeys.SearchPartition(Tenant, "an"), TableKeys.SearchPartition(Tenant, "anna"));
        Assert.Equal(TableKeys.SearchPartition(Tenant, "😀é"), TableKeys.SearchPartition(Tenant, "😀école"));
        Assert.NotEqual(TableKeys.SearchPartition(Tenant, "a"), TableKeys.SearchPartition(Tenant, "anna"));
        Assert.NotEqual(TableKeys.SearchPartition(Tenant, "anna"), TableKeys.SearchPartition(Guid.Empty, "anna"));
    }

    private static Arbitrary<DateTimeOffset> Instants { get; } = Gen.OneOf(
        Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch),
        Gen.Choose(0, 1_000).Select(ticks => DateTimeOffset.UnixEpoch.AddTicks(ticks)),
        Gen.Choose(0, int.MaxValue).Select(seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds))).ToArbitrary();

    // What learn.microsoft.com says of PartitionKey and RowKey, and that a key must survive UTF-8.
    private static bool IsAllowed(string key) =>
        key.AsSpan().IndexOfAny(@"/\#?") < 0 && !key.Any(char.IsControl) && WellFormed(key) == key;

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool Holds(RowKeyRange range, string key) =>
        string.CompareOrdinal(range.From, key) <= 0 && (range.Before is null || string.CompareOrdinal(key, range.Before) < 0);
}
