using MathNet.Numerics;

namespace OutlookCrm.Insights;

/// <summary>When a customer may silently stop buying.</summary>
public enum Dropout
{
    /// <summary>BG/NBD: after each repeat purchase. Gives every one-time buyer P(alive) = 1; here only to be checked against published results.</summary>
    AfterRepeats,

    /// <summary>MBG/NBD: after each purchase, the first included. What the product forecasts with.</summary>
    AfterEveryPurchase,
}

/// <summary>
/// BG/NBD (Fader, Hardie, Lee 2005) and MBG/NBD (Batislam et al. 2007; Hoppe and Wagner 2007). While alive a customer buys at a rate
/// λ ~ Gamma(<see cref="R"/>, <see cref="Alpha"/>); after a purchase it stops for good with chance p ~ Beta(<see cref="A"/>, <see cref="B"/>).
/// Below, c is 1 for MBG/NBD and 0 for BG/NBD: the formulas differ in nothing else but the one-time buyers.
/// </summary>
/// <param name="Alpha">In the unit of time of the histories.</param>
public sealed record BuyingModel(Dropout Dropout, double R, double Alpha, double A, double B)
{
    private int C => Dropout == Dropout.AfterEveryPurchase ? 1 : 0;

    /// <summary>
    /// ln L = lnΓ(r+x) − lnΓ(r) + r ln α + lnB(a, b+x+c) − lnB(a, b)
    /// + ln[(α+T)^−(r+x) + a/(b+x−1+c)·(α+t_x)^−(r+x)], without the last term when c + x = 0.
    /// </summary>
    public double LogLikelihood(RepeatBuying customer) => OfRepeats(customer.Repeats) + OfTimes(customer);

    internal double LogLikelihood(RepeatBuyers customers) => customers.Sum(OfTimes, OfRepeats);

    /// <summary>P(alive) = 1/(1 + a/(b+x−1+c)·((α+T)/(α+t_x))^(r+x)): the chance that the customer has not stopped. 1 when c + x = 0.</summary>
    public double Alive(RepeatBuying customer) =>
        customer.Repeats + C == 0 ? 1 : 1 / (1 + Math.Exp(LogStoppedToAlive(customer)));

    /// <summary>P(at least one purchase in the next <paramref name="time"/>) = P(alive)·[1 − ((α+T)/(α+T+t))^(r+x)].</summary>
    public double Active(RepeatBuying customer, double time) =>
        Alive(customer) * -SpecialFunctions.Expm1(-(R + customer.Repeats) * Math.Log(1 + (time / (Alpha + customer.Observed))));

    /// <summary>
    /// E[Y(t)]: purchases expected in the next <paramref name="time"/>. With z = t/(α+T+t) and s = a+b+x−1+c:
    /// s/(a−1)·[1 − (1−z)^(a−1)·2F1(s−r−x, a−1; s; z)]·P(alive), the printed form after Euler's transformation, which does not overflow.
    /// </summary>
    public double Expected(RepeatBuying customer, double time)
    {
        // At a = 1 the formula is 0/0 with a finite limit.
        var a = Math.Abs(A - 1) < 1e-4 ? 1 + 1e-4 : A;
        var s = a + B + customer.Repeats - 1 + C;
        var z = time / (Alpha + customer.Observed + time);
        var stayed = Math.Exp((a - 1) * Math.Log(1 - z)) * Hypergeometric(s - R - customer.Repeats, a - 1, s, z);
        return Math.Max(0, s / (a - 1) * (1 - stayed)) * Alive(customer);
    }

    /// <summary>Half of those still alive buy again within this time: (α+T)·(2^(1/(r+x)) − 1).</summary>
    public double MedianWait(RepeatBuying customer) => (Alpha + customer.Observed) * (Math.Pow(2, 1 / (R + customer.Repeats)) - 1);

    private double OfRepeats(int x) =>
        SpecialFunctions.GammaLn(R + x) - SpecialFunctions.GammaLn(R) + (R * Math.Log(Alpha)) + LogBeta(A, B + x + C) - LogBeta(A, B);

    private double OfTimes(RepeatBuying customer)
    {
        var alive = -(R + customer.Repeats) * Math.Log(Alpha + customer.Observed);
        if (customer.Repeats + C == 0)
        {
            return alive;
        }

        var odds = LogStoppedToAlive(customer);
        return alive + (odds > 0 ? odds + Math.Log(1 + Math.Exp(-odds)) : Math.Log(1 + Math.Exp(odds)));
    }

    private double LogStoppedToAlive(RepeatBuying c) =>
        Math.Log(A / (B + c.Repeats - 1 + C)) + ((R + c.Repeats) * (Math.Log(Alpha + c.Observed) - Math.Log(Alpha + c.Last)));

    // Not SpecialFunctions.BetaLn, which refuses what is very small and a fit may pass through.
    private static double LogBeta(double a, double b) =>
        SpecialFunctions.GammaLn(a) + SpecialFunctions.GammaLn(b) - SpecialFunctions.GammaLn(a + b);

    /// <summary>Gauss's series Σ (a)_n (b)_n / (c)_n · z^n/n! for 0 ≤ z &lt; 1 and c &gt; 0.</summary>
    internal static double Hypergeometric(double a, double b, double c, double z)
    {
        // The terms fall like z^n: enough for z = 0.9999, and beyond that what is left out is less than what the data can tell.
        const int maxTerms = 400_000;
        double term = 1, sum = 1;
        for (var n = 0; n < maxTerms; n++)
        {
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
            sum += term;
            if (Math.Abs(term) <= 1e-16 * Math.Abs(sum) && n > Math.Abs(a))
            {
                break;
            }
        }

        return sum;
    }
}
