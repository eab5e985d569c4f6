using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Search;

/// <summary>What search knows of a customer: the record's present state, not a change.</summary>
/// <param name="Addresses">All of them, the primary first.</param>
public sealed record SearchEntry(
    string CustomerId, CustomerKind Kind, string Name, string? Company, IReadOnlyList<string> Addresses)
{
    /// <summary>The words under which the customer is found. Keep them with the change, to take them away with the next.</summary>
    public IReadOnlyList<string> Tokens { get; } = SearchWords.Tokens(Name, Company, Addresses);
}

/// <summary>
/// Table <c>search</c>: a row per customer and word. A projection of the customer records: late by moments, and made again
/// from them by <see cref="ApplyAsync"/> as often as one likes.
/// </summary>
public sealed class SearchIndex(ITableStore tables)
{
    public const int MaxHits = 20;

    private const int PageRows = 200;
    private const int MaxPages = 10;

    /// <summary>
    /// Puts the customer's rows and deletes the rows of <paramref name="stale"/> words that it no longer has. May be repeated
    /// at will. Two at once for one customer may leave the older state: look at the record again afterwards.
    /// </summary>
    /// <param name="stale">Words of earlier states; those that are still current stay.</param>
    public async Task ApplyAsync(Guid tenantId, SearchEntry entry, IEnumerable<string> stale, CancellationToken cancellation)
    {
        var row = SearchRow.From(entry);
        var changes = entry.Tokens
            .Select(token => (Token: token, Change: (TableChange)new TableChange.Put(row.ToTableRow(tenantId, token))))
            .Concat(Deletes(entry.CustomerId, stale.Except(entry.Tokens, StringComparer.Ordinal)));
        await WriteAsync(tenantId, changes, cancellation);
    }

    /// <summary>Takes a customer out of search. May be repeated at will.</summary>
    /// <param name="tokens">Words of all its states.</param>
    public Task RemoveAsync(Guid tenantId, string customerId, IEnumerable<string> tokens, CancellationToken cancellation) =>
        WriteAsync(tenantId, Deletes(customerId, tokens.Distinct(StringComparer.Ordinal)), cancellation);

    /// <summary>
    /// The customers who have each word of the query, or a word that begins with it: whole words first, then by name.
    /// One range read, unless very many have the longest word, or it may be spelled another way (ü as ue).
    /// </summary>
    public async Task<SearchResults> FindAsync(Guid tenantId, string query, CancellationToken cancellation)
    {
        var terms = SearchWords.Query(query);
        if (terms.Count == 0)
        {
            return new SearchResults(query, [], More: false);
        }

        var hits = new Dictionary<string, (SearchRow Row, int Exact)>(StringComparer.Ordinal);
        var unread = false;
        var lookup = terms.MaxBy(term => term.Spellings[0].Lookups[0].Length)!;
        foreach (var word in lookup.Spellings.SelectMany(spelling => spelling.Lookups).Distinct(StringComparer.Ordinal))
        {
            unread |= await CollectAsync(tenantId, word, terms, hits, cancellation);
        }

        var best = hits.Values
            .OrderByDescending(hit => hit.Exact)
            .ThenBy(hit => SearchWords.Fold(hit.Row.Name), StringComparer.Ordinal)
            .ThenBy(hit => hit.Row.CustomerId, StringComparer.Ordinal)
            .Take(MaxHits)
            .Select(hit => hit.Row.ToHit());
        return new SearchResults(query, [.. best], More: unread || hits.Count > MaxHits);
    }

    /// <summary>Ids of the customers with exactly this name, but for upper and lower case: none, one, or two when there are more.</summary>
    public async Task<IReadOnlyList<string>> NamedAsync(Guid tenantId, string name, CancellationToken cancellation)
    {
        const int Page = 1_000;
        if (SearchWords.Tokens(name, company: null, []).MaxBy(word => word.Length) is not { } longest)
        {
            return [];
        }

        var found = new List<string>();
        var partition = TableKeys.SearchPartition(tenantId, SearchWords.PartitionOf(longest));
        var range = TableKeys.SearchRowsOf(longest);
        TableRange rows;
        do
        {
            rows = await tables.RangeAsync(Tables.Search, partition, range, Page, cancellation);
            found.AddRange(rows.Select(SearchRow.From)
                .Where(row => string.Equals(row.Name, name, StringComparison.OrdinalIgnoreCase))
                .Select(row => row.CustomerId));
            range = rows.Count == 0 ? range : RowKeyRange.After(rows[^1].RowKey, range.Before);
        }
        while (rows.Count == Page && found.Count < 2);

        return found;
    }

    /// <returns>True when rows were left unread, enough being found or too much read.</returns>
    private async Task<bool> CollectAsync(
        Guid tenantId,
        string word,
        IReadOnlyList<QueryTerm> terms,
        Dictionary<string, (SearchRow Row, int Exact)> hits,
        CancellationToken cancellation)
    {
        var partition = TableKeys.SearchPartition(tenantId, SearchWords.PartitionOf(word));
        var range = TableKeys.SearchRows(word);
        for (var page = 0; page < MaxPages; page++)
        {
            var rows = await tables.RangeAsync(Tables.Search, partition, range, PageRows, cancellation);
            foreach (var row in rows.Select(SearchRow.From).Where(row => !hits.ContainsKey(row.CustomerId)))
            {
                if (terms.All(term => term.IsIn(row.Tokens)))
                {
                    hits.Add(row.CustomerId, (row, terms.Count(term => term.IsExactlyIn(row.Tokens))));
                }
            }

            if (rows.Count < PageRows)
            {
                return false;
            }

            if (hits.Count > MaxHits)
            {
                return true;
            }

            range = RowKeyRange.After(rows[^1].RowKey, range.Before);
        }

        return true;
    }

    private static IEnumerable<(string Token, TableChange Change)> Deletes(string customerId, IEnumerable<string> tokens) =>
        tokens.Select(token => (token, (TableChange)new TableChange.Delete(TableKeys.SearchRow(token, customerId), ETag: null)));

    private async Task WriteAsync(
        Guid tenantId, IEnumerable<(string Token, TableChange Change)> changes, CancellationToken cancellation)
    {
        foreach (var partition in changes.GroupBy(
            change => TableKeys.SearchPartition(tenantId, SearchWords.PartitionOf(change.Token)), change => change.Change))
        {
            // Stale words are at most those of a few states; what they come to beyond one transaction goes into the next.
            foreach (var chunk in partition.Chunk(100))
            {
                var outcome = await tables.TransactAsync(Tables.Search, partition.Key, chunk, cancellation);
                if (!outcome.IsWritten)
                {
                    // A row to delete is gone already: this is a repetition. Each on its own then, as all may be repeated.
                    await WriteSinglyAsync(partition.Key, chunk, cancellation);
                }
            }
        }
    }

    private async Task WriteSinglyAsync(string partition, IEnumerable<TableChange> changes, CancellationToken cancellation)
    {
        foreach (var change in changes)
        {
            if (change is TableChange.Put put)
            {
                await tables.PutAsync(Tables.Search, put.Row, cancellation);
            }
            else if (change is TableChange.Delete delete)
            {
                await tables.DeleteAsync(Tables.Search, partition, delete.RowKey, etag: null, cancellation);
            }
        }
    }
}
