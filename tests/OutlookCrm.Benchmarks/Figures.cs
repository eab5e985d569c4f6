using System.Globalization;

namespace OutlookCrm.Benchmarks;

/// <summary>Prints <c>name: value unit</c>, one figure a line, for people and for scripts.</summary>
internal static class Figures
{
    public static void Print(string name, double value, string unit) =>
        Console.WriteLine($"{name}: {value.ToString(value == Math.Floor(value) ? "0" : "0.00", CultureInfo.InvariantCulture)} {unit}");

    /// <param name="share">0.5 for the median, 0.95 for p95.</param>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, Math.Floor(share * sorted.Count))];
    }
}
