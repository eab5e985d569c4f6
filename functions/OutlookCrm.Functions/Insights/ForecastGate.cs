namespace OutlookCrm.Insights;

/// <summary>Whether there is enough to forecast from: 20 customers, 20 repeat orders and six months.</summary>
public static class ForecastGate
{
    public const int Customers = 20;
    public const int RepeatOrders = 20;
    public const int Days = 182;

    /// <returns>What is missing, in words that end a sentence "a forecast needs …"; null when nothing is.</returns>
    public static string? Missing(IReadOnlyList<BuyingHistory> histories, DateOnly until)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var days = histories.Count == 0 ? 0 : until.DayNumber - histories.Min(h => h.FirstOn).DayNumber;
        string?[] missing =
        [
            Words(Customers - histories.Count, "more customer"),
            Words(RepeatOrders - histories.Sum(h => h.Days.Count - 1), "more repeat order"),
            Words(Days - days, "more day"),
        ];
        var words = missing.OfType<string>().ToArray();
        return words.Length == 0 ? null : string.Join(words.Length == 2 ? " and " : ", ", words);
    }

    private static string? Words(int count, string what) => count <= 0 ? null : $"{count} {what}{(count == 1 ? "" : "s")}";
}
