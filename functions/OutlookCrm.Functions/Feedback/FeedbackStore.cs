using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Feedback;

/// <summary>
/// Answers: rows of the customer's partition, outside what a card reads. Table <c>answers</c> leads to them by day; it is written first, so
/// that none is missed, and what it leads to has the last word.
/// </summary>
public sealed class FeedbackStore(ITableStore tables, CustomerStore customers)
{
    /// <summary>Of one customer.</summary>
    public const int MaxOfCustomer = 500;

    /// <summary>The newest of a firm that are looked at.</summary>
    public const int MaxOfFirm = 2_000;

    private const int MaxRows = 1_000;
    private const int MaxReadsAtOnce = 32;

    /// <summary>Adds an answer once: with the same id again nothing changes, even if it was removed since.</summary>
    public async Task<AddFeedbackOutcome> AddAsync(Guid tenantId, GivenAnswer answer, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, answer.Customer.ToString());
        var record = ImportMark.TouchAsync(tables, partition, cancellation);
        var known = await tables.RangeAsync(Tables.Customers, partition, TableKeys.AllFeedback, MaxOfCustomer, cancellation);
        if (await record is null)
        {
            return AddFeedbackOutcome.NoSuchCustomer;
        }

        if (known.Any(row => row.RowKey == TableKeys.Feedback(answer.Id)))
        {
            return AddFeedbackOutcome.AlreadyThere;
        }

        if (known.Count >= MaxOfCustomer)
        {
            return AddFeedbackOutcome.TooMany;
        }

        await tables.InsertAsync(
            Tables.Answers,
            new TableRow(
                TableKeys.Answers(tenantId), TableKeys.Answer(answer.On, answer.Id),
                new Dictionary<string, object> { [nameof(GivenAnswer.Customer)] = answer.Customer.ToString() }),
            cancellation);
        return (await tables.InsertAsync(Tables.Customers, FeedbackRow.From(partition, answer), cancellation)).IsWritten
            ? AddFeedbackOutcome.Added
            : AddFeedbackOutcome.AlreadyThere;
    }

    /// <summary>False when there is no such answer.</summary>
    public async Task<bool> RemoveAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        return await tables.FindAsync(Tables.Customers, partition, TableKeys.Feedback(id), cancellation) is { ETag: { } etag } row
            && FeedbackRow.ToAnswer(row, customer) is not null
            && (await tables.ReplaceAsync(Tables.Customers, FeedbackRow.Removed(row), etag, cancellation)).IsWritten;
    }

    /// <summary>A customer's, the newest first.</summary>
    public async Task<IReadOnlyList<GivenAnswer>> ReadAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        [.. (await tables.RangeAsync(
                Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.AllFeedback, MaxOfCustomer, cancellation))
            .Select(row => FeedbackRow.ToAnswer(row, customer)).OfType<GivenAnswer>().OrderByDescending(one => one.On).ThenBy(one => one.Id)];

    /// <summary>What a customer answered, with the customer's name; null when there is no such customer.</summary>
    internal async Task<CustomerFeedback?> ListAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        await customers.FindAsync(tenantId, customer, cancellation) is { } found
            ? ToList(found, await ReadAsync(tenantId, customer, cancellation))
            : null;

    internal static CustomerFeedback ToList(Customer customer, IReadOnlyList<GivenAnswer> answers) =>
        new(customer.Id.ToString(), customer.Name, [.. answers.Select(ToEntry)]);

    internal static FeedbackEntry ToEntry(GivenAnswer one) =>
        new(one.Id, one.Question, one.Score, one.Words, one.On, one.By, one.IsComplaint);

    /// <summary>All of the firm since a day, the newest first, each with its customer's name. Customers who are gone are left out.</summary>
    internal async Task<IReadOnlyList<(GivenAnswer Answer, string Name)>> ReadSinceAsync(Guid tenantId, DateOnly since, CancellationToken cancellation)
    {
        var leads = new List<TableRow>();
        var range = TableKeys.AnswersSince(since);
        TableRange rows;
        do
        {
            rows = await tables.RangeAsync(Tables.Answers, TableKeys.Answers(tenantId), range, MaxRows, cancellation);
            leads.AddRange(rows);
            range = rows.Count == 0 ? range : RowKeyRange.After(rows[^1].RowKey, range.Before);
        }
        while (rows.Count == MaxRows && leads.Count < MaxOfFirm);

        var found = new List<(GivenAnswer, string)>();
        foreach (var some in leads.GroupBy(row => (string)row.Properties[nameof(GivenAnswer.Customer)], StringComparer.Ordinal).Chunk(MaxReadsAtOnce))
        {
            foreach (var (name, answers) in await Task.WhenAll(some.Select(one => OfAsync(CustomerId.Parse(one.Key)))))
            {
                found.AddRange(answers.Where(answer => name is not null && answer.On >= since).Select(answer => (answer, name!)));
            }
        }

        return [.. found.OrderByDescending(one => one.Item1.On).ThenBy(one => one.Item1.Id)];

        async Task<(string? Name, IReadOnlyList<GivenAnswer> Answers)> OfAsync(CustomerId customer)
        {
            var reading = ReadAsync(tenantId, customer, cancellation);
            return ((await customers.FindAsync(tenantId, customer, cancellation))?.Name, await reading);
        }
    }
}

public enum AddFeedbackOutcome
{
    Added,
    AlreadyThere,
    NoSuchCustomer,
    TooMany,
}
