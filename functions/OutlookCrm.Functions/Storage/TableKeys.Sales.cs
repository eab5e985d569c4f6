using System.Globalization;

namespace OutlookCrm.Storage;

// Of tables deals, products, buyers, answers and insights: a partition for each firm.
public static partial class TableKeys
{
    /// <summary>Partition of one firm in <see cref="Tables.Deals"/>.</summary>
    public static string Deals(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all deals.</summary>
    public static RowKeyRange AllDeals { get; } = new("", null);

    /// <summary>Row of one deal.</summary>
    public static string Deal(Guid id) => id.ToString("N");

    /// <summary>Partition of one firm in <see cref="Tables.Products"/>.</summary>
    public static string Products(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all products.</summary>
    public static RowKeyRange AllProducts { get; } = new("", null);

    /// <summary>Row of one product; upper and lower case are the same.</summary>
    public static string Product(string name) => Escape(name.ToUpperInvariant());

    /// <summary>Partition of one firm in <see cref="Tables.Buyers"/>.</summary>
    public static string Buyers(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all buyers.</summary>
    public static RowKeyRange AllBuyers { get; } = new("", null);

    /// <summary>Row of one customer in <see cref="Tables.Buyers"/>.</summary>
    public static string Buyer(string customerId) => Escape(customerId);

    /// <summary>Partition of one firm in <see cref="Tables.Insights"/>.</summary>
    public static string Insights(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of the firm's page.</summary>
    public const string InsightsPage = "p";

    /// <summary>That row as a range, whose stamp names its version.</summary>
    public static RowKeyRange OnlyInsightsPage { get; } = RowKeyRange.StartingWith(InsightsPage);

    /// <summary>Row of what the firm says of itself for the figures.</summary>
    public const string InsightsSettings = "s";

    /// <summary>The pages of all lists that figures rest on.</summary>
    public static RowKeyRange AllFigureLists { get; } = RowKeyRange.StartingWith("l|");

    /// <summary>Row of one page of such a list.</summary>
    /// <param name="list">Lower-case letters, digits and hyphens.</param>
    /// <param name="page">From 1.</param>
    public static string FigureList(string list, int page) => string.Create(CultureInfo.InvariantCulture, $"l|{Escape(list)}|{page:D5}");

    /// <summary>Partition of one firm in <see cref="Tables.Answers"/>.</summary>
    public static string Answers(Guid tenant) => tenant.ToString("N");

    /// <summary>Row that leads to one answer; a later day sorts first.</summary>
    public static string Answer(DateOnly on, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateOnly.MaxValue.DayNumber - on.DayNumber:D7}{Separator}{id:N}");

    /// <summary>The rows that lead to answers of this day and later, newest first.</summary>
    public static RowKeyRange AnswersSince(DateOnly day) =>
        new("", string.Create(CultureInfo.InvariantCulture, $"{DateOnly.MaxValue.DayNumber - day.DayNumber + 1:D7}"));
}
