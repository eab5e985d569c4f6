namespace OutlookCrm.Feedback;

/// <summary>A score over so many answers, with the range in which it lies in 95 of 100 cases.</summary>
/// <param name="Value">Of a net promoter score −100 to 100, of satisfaction 0 to 100.</param>
/// <param name="Low">The same unit.</param>
/// <param name="High">The same unit.</param>
public readonly record struct Score(double Value, double Low, double High);

/// <summary>What answers say together. Answers to different questions are never put together.</summary>
public static class Scores
{
    /// <summary>Under so many the answers are shown and no score: with one the range would miss the truth altogether.</summary>
    public const int AnswersNeeded = 5;

    private const double Z = 1.959963984540054; // 95 %

    /// <summary>
    /// Net promoter score: % of 9 and 10 less % of 0 to 6. The range is the adjusted Wald interval: 3 answers added, 3/4 of one to promoters
    /// and 3/4 to detractors, variance p + d − (p − d)². The best for few answers in Rocks 2016, confirmed by Lewis and Sauro.
    /// </summary>
    /// <param name="answers">0 to 10 each.</param>
    /// <returns>Null under <see cref="AnswersNeeded"/>.</returns>
    public static Score? NetPromoter(IReadOnlyCollection<int> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count < AnswersNeeded)
        {
            return null;
        }

        var (promoters, detractors) = (answers.Count(one => one >= 9), answers.Count(one => one <= 6));
        var n = answers.Count + 3.0;
        var (p, d) = ((promoters + 0.75) / n, (detractors + 0.75) / n);
        var half = Z * Math.Sqrt((p + d - ((p - d) * (p - d))) / n);
        return new Score(
            100.0 * (promoters - detractors) / answers.Count, 100 * Math.Max(-1, p - d - half), 100 * Math.Min(1, p - d + half));
    }

    /// <summary>Satisfaction: % of 4 and 5 of 5, with Wilson's interval.</summary>
    /// <param name="answers">1 to 5 each.</param>
    /// <returns>Null under <see cref="AnswersNeeded"/>.</returns>
    public static Score? Satisfied(IReadOnlyCollection<int> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count < AnswersNeeded)
        {
            return null;
        }

        double n = answers.Count;
        var p = answers.Count(one => one >= 4) / n;
        var centre = (p + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        var half = Z / (1 + (Z * Z / n)) * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        return new Score(100 * p, 100 * Math.Max(0, centre - half), 100 * Math.Min(1, centre + half));
    }
}
