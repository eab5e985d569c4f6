namespace OutlookCrm.Insights;

/// <summary>How well an order tells those who did from those who did not.</summary>
public static class Ranking
{
    /// <summary>
    /// Area under the ROC curve: the chance that one who did has a higher score than one who did not, equal scores counting half.
    /// 0.5 is a coin. Null when all did, or nobody.
    /// </summary>
    public static double? Area(IReadOnlyList<double> scores, IReadOnlyList<bool> did)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(did);
        long positives = did.Count(one => one), negatives = did.Count - positives;
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        double ranks = 0, below = 0;
        foreach (var equal in scores.Zip(did).GroupBy(pair => pair.First).OrderBy(group => group.Key))
        {
            ranks += equal.Count(pair => pair.Second) * (below + ((equal.Count() + 1) / 2.0));
            below += equal.Count();
        }

        return (ranks - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
