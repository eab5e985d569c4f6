namespace OutlookCrm.Storage;

// Of tables addresses and search: by what a customer is found.
public static partial class TableKeys
{
    /// <summary>Partition of one mail domain in <see cref="Tables.Addresses"/>.</summary>
    public static string AddressPartition(Guid tenant, string domain) => Join(tenant, domain);

    /// <summary>Row of one address in <see cref="Tables.Addresses"/>.</summary>
    /// <param name="address">In the form in which addresses are compared.</param>
    public static string AddressRow(string address) => Escape(address);

    /// <summary>Partition in <see cref="Tables.Search"/> of all words that share the first two characters of <paramref name="word"/>.</summary>
    public static string SearchPartition(Guid tenant, string word)
    {
        var chars = 0;
        var letters = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            chars += rune.Utf16SequenceLength;
            if (++letters == 2)
            {
                break;
            }
        }

        return Join(tenant, word[..chars]);
    }

    /// <summary>Row in <see cref="Tables.Search"/>: this customer has this word. The space sorts a whole word before longer ones.</summary>
    /// <param name="word">Holds no space.</param>
    public static string SearchRow(string word, string customerId) => string.Concat(Escape(word), " |", Escape(customerId));

    /// <summary>The rows in <see cref="Tables.Search"/> whose word starts with this.</summary>
    public static RowKeyRange SearchRows(string startOfWord) => RowKeyRange.StartingWith(Escape(startOfWord));

    /// <summary>The rows in <see cref="Tables.Search"/> whose word is this.</summary>
    public static RowKeyRange SearchRowsOf(string word) => RowKeyRange.StartingWith(Escape(word) + " |");
}
