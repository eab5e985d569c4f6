namespace OutlookCrm.Insights;

/// <summary>
/// The lowest point of a function by Nelder and Mead's simplex, from several starts and again from the best of them. Of our own because the
/// library's stops on a slope it takes for the bottom, and gives nothing back when it has gone on too long, as it must on likelihoods that
/// have no highest point. The same input gives the same output.
/// </summary>
internal static class Simplex
{
    private const int MaxSteps = 600;
    private const int MaxRestarts = 6;

    // Of a value's size: a sum over ten thousand customers has no more digits to tell apart. The starts only find the valley.
    private const double Rough = 1e-8;
    private const double Fine = 1e-12;

    /// <param name="starts">At least one; of the same length each.</param>
    public static double[] Minimize(Func<double[], double> function, IReadOnlyList<double[]> starts)
    {
        var best = starts.Select(start => Descend(function, start, 0.5, Rough)).MinBy(found => found.Value);
        for (var again = 0; again < MaxRestarts; again++)
        {
            var next = Descend(function, best.Point, again % 2 == 0 ? 0.1 : -0.3, Fine);
            var gained = best.Value - next.Value;
            best = next.Value < best.Value ? next : best;
            if (gained < 100 * Fine * (1 + Math.Abs(best.Value)))
            {
                break;
            }
        }

        return best.Point;
    }

    private static (double[] Point, double Value) Descend(Func<double[], double> function, double[] start, double edge, double precision)
    {
        double Value(double[] point) => function(point) is var value && double.IsNaN(value) ? double.PositiveInfinity : value;
        var n = start.Length;
        var corners = new (double[] Point, double Value)[n + 1];
        corners[0] = (start, Value(start));
        for (var i = 0; i < n; i++)
        {
            var corner = (double[])start.Clone();
            corner[i] += edge;
            corners[i + 1] = (corner, Value(corner));
        }

        for (var step = 0; step < MaxSteps; step++)
        {
            Array.Sort(corners, (a, b) => a.Value.CompareTo(b.Value));
            var (low, high) = (corners[0], corners[n]);
            if (high.Value - low.Value < precision * (1 + Math.Abs(low.Value)))
            {
                break;
            }

            var middle = new double[n];
            for (var i = 0; i < n; i++)
            {
                for (var k = 0; k < n; k++)
                {
                    middle[k] += corners[i].Point[k] / n;
                }
            }

            (double[] Point, double Value) Along(double share)
            {
                var point = new double[n];
                for (var k = 0; k < n; k++)
                {
                    point[k] = middle[k] + (share * (high.Point[k] - middle[k]));
                }

                return (point, Value(point));
            }

            var reflected = Along(-1);
            if (reflected.Value < low.Value)
            {
                var expanded = Along(-2);
                corners[n] = expanded.Value < reflected.Value ? expanded : reflected;
                continue;
            }

            if (reflected.Value < corners[n - 1].Value)
            {
                corners[n] = reflected;
                continue;
            }

            var contracted = reflected.Value < high.Value ? Along(-0.5) : Along(0.5);
            if (contracted.Value < Math.Min(reflected.Value, high.Value))
            {
                corners[n] = contracted;
                continue;
            }

            for (var i = 1; i <= n; i++)
            {
                var corner = new double[n];
                for (var k = 0; k < n; k++)
                {
                    corner[k] = low.Point[k] + (0.5 * (corners[i].Point[k] - low.Point[k]));
                }

                corners[i] = (corner, Value(corner));
            }
        }

        return corners.MinBy(c => c.Value);
    }
}
