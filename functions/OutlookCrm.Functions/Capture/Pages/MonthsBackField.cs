using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>The choices of <see cref="MonthsBack"/> in months.</summary>
internal static class MonthsBackField
{
    public static int MonthsOf(MonthsBack choice) => choice switch
    {
        MonthsBack.None => 0,
        MonthsBack.Three => 3,
        MonthsBack.Six => 6,
        MonthsBack.Twelve => 12,
        MonthsBack.TwentyFour => 24,
        MonthsBack.Sixty => 60,
        _ => 120,
    };

    /// <summary>The shortest choice that covers so many months: what is shown is never less than what is taken.</summary>
    public static MonthsBack Covering(int months) => Enum.GetValues<MonthsBack>().First(choice => MonthsOf(choice) >= Math.Min(months, 120));
}
