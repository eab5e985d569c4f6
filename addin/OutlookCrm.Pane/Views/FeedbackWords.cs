namespace OutlookCrm.Pane;

/// <summary>How answers read on screen.</summary>
internal static class FeedbackWords
{
    // Asked more often, people answer nothing any more.
    private const int MonthsBetween = 3;

    public static string Of(FeedbackEntry answer) => answer.Question == FeedbackQuestion.Recommend
        ? $"{answer.Score} of 10: {(answer.Score >= 9 ? "recommends us" : answer.Score >= 7 ? "might recommend us" : "does not recommend us")}"
        : $"{answer.Score} of 5: {(answer.Score >= 4 ? "satisfied" : answer.Score == 3 ? "neither nor" : "not satisfied")}";

    /// <summary>From when on they may be asked again; null when they may.</summary>
    public static string? AskedLately(IReadOnlyList<FeedbackEntry> answers, Reader reader) =>
        answers.Count > 0 && answers.Max(answer => answer.On).AddMonths(MonthsBetween) is var from && from > reader.Today
            ? $"Asked not long ago. Ask again from {reader.Day(from)}."
            : null;

    /// <summary>"+33 (−11 to +65 in 95 of 100 cases), 12 answers".</summary>
    public static string Of(ScoreFigures figures, string unit, bool signed, Reader reader)
    {
        string Number(int value) => value.ToString(signed ? "+0;−0;0" : "0", reader.Culture);
        var answers = figures.Answers == 1 ? "1 answer" : $"{LoggingWords.Count(figures.Answers, reader)} answers";
        return figures is { Score: { } score, Low: { } low, High: { } high }
            ? $"{Number(score)}{unit}; between {Number(low)} and {Number(high)} in 95 of 100 cases. {answers}."
            : $"{answers}. A score needs 5: fewer would mislead.";
    }
}
