using MathNet.Numerics.LinearAlgebra;

namespace OutlookCrm.Insights;

/// <summary>How sharp the lowest point of a function is: the inverse of its second derivatives is the covariance of Laplace's approximation.</summary>
internal static class Curvature
{
    private const double Step = 1e-3;

    /// <returns>The covariance, or null when the function is not curved upwards in every direction there.</returns>
    public static Matrix<double>? Covariance(Func<double[], double> function, double[] lowest)
    {
        var n = lowest.Length;
        double At(int i, double di, int k, double dk)
        {
            var point = (double[])lowest.Clone();
            point[i] += di;
            point[k] += dk;
            return function(point);
        }

        var second = Matrix<double>.Build.Dense(n, n);
        for (var i = 0; i < n; i++)
        {
            for (var k = i; k < n; k++)
            {
                second[i, k] = second[k, i] =
                    (At(i, Step, k, Step) - At(i, Step, k, -Step) - At(i, -Step, k, Step) + At(i, -Step, k, -Step)) / (4 * Step * Step);
            }
        }

        if (second.Enumerate().Any(value => !double.IsFinite(value)) || second.Evd(Symmetricity.Symmetric).EigenValues.Any(value => value.Real < 1e-6))
        {
            return null;
        }

        return second.Inverse();
    }
}
