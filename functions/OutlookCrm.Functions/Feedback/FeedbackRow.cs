using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Feedback;

/// <summary>Row <c>s|…</c> of a customer's partition.</summary>
internal static class FeedbackRow
{
    private const string IsRemoved = nameof(IsRemoved);
    private const string DateFormat = "yyyy-MM-dd";

    public static TableRow From(string partition, GivenAnswer answer)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(GivenAnswer.Question)] = answer.Question.ToString(),
            [nameof(GivenAnswer.Score)] = answer.Score,
            [nameof(GivenAnswer.On)] = answer.On.ToString(DateFormat, CultureInfo.InvariantCulture),
            [nameof(GivenAnswer.By)] = answer.By,
        };
        if (answer.Words is { } words)
        {
            properties[nameof(GivenAnswer.Words)] = words;
        }

        return new TableRow(partition, TableKeys.Feedback(answer.Id), properties);
    }

    /// <summary>What stays of an answer that was removed: that its id is used.</summary>
    public static TableRow Removed(TableRow row) => row with { Properties = new Dictionary<string, object> { [IsRemoved] = true } };

    /// <summary>Null for one that was removed.</summary>
    public static GivenAnswer? ToAnswer(TableRow row, CustomerId customer) => row.Properties.ContainsKey(IsRemoved) ? null : new GivenAnswer(
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        customer,
        Enum.Parse<FeedbackQuestion>((string)row.Properties[nameof(GivenAnswer.Question)]),
        (int)row.Properties[nameof(GivenAnswer.Score)],
        row.Properties.GetValueOrDefault(nameof(GivenAnswer.Words)) as string,
        DateOnly.ParseExact((string)row.Properties[nameof(GivenAnswer.On)], DateFormat, CultureInfo.InvariantCulture),
        (string)row.Properties[nameof(GivenAnswer.By)]);
}
