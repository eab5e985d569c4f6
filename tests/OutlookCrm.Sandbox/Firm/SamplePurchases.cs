using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Sandbox.Firm;

/// <param name="DaysAgo">Before the sample firm's first day here.</param>
/// <param name="Amount">Euros without tax.</param>
internal sealed record SamplePurchase(Guid Id, int DaysAgo, string Product, int Amount);

/// <summary>What the sample customers bought: a joinery's work. The same at every start: none is entered twice.</summary>
internal static class SamplePurchases
{
    private static readonly (string Product, int Amount)[] Work =
        [("Built-in wardrobe", 3_400), ("Bookcase", 1_900), ("Table", 1_450), ("Door", 780), ("Worktop", 1_100), ("Repair", 160), ("Care set", 45)];

    /// <summary>Whoever works for a firm buys in its name; leads and prospects have bought nothing yet.</summary>
    public static IReadOnlyList<SamplePurchase> Of(SampleCustomer customer)
    {
        if (customer.Company is not null || customer.Stage != "customer")
        {
            return [];
        }

        var purchases = new List<SamplePurchase>();
        var daysAgo = 2 + (Dice(customer, 0) % 160);
        var gap = 25 + (Dice(customer, 1) % 120);
        var count = 1 + (Dice(customer, 2) % 8);
        for (var i = 0; i < count && daysAgo < 720; i++)
        {
            var (product, amount) = Work[(Dice(customer, 3) + (Dice(customer, i + 10) % 3)) % Work.Length];
            purchases.Add(new SamplePurchase(IdOf(customer, i), daysAgo, product, amount * (60 + (Dice(customer, i + 40) % 80)) / 100));
            daysAgo += gap * (70 + (Dice(customer, i + 70) % 60)) / 100;
        }

        return purchases;
    }

    private static int Dice(SampleCustomer customer, int roll) => SHA256.HashData(Encoding.UTF8.GetBytes($"{customer.Key} buys/{roll}"))[0];

    private static Guid IdOf(SampleCustomer customer, int number) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"sample purchase {customer.Key}/{number}")).AsSpan(0, 16));
}
