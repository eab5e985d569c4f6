using System.Globalization;

namespace OutlookCrm.Graph;

/// <summary>What filters and windows of requests say, as Graph reads it.</summary>
internal static class GraphFilters
{
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string MessageIdIs(string internetMessageId) =>
        $"internetMessageId eq '{internetMessageId.Replace("'", "''", StringComparison.Ordinal)}'";
}
