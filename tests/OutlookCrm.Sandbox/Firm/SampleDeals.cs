using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Sandbox.Firm;

/// <param name="Customer">Key of the sample customer.</param>
/// <param name="Amount">Euros without tax; null while nobody has named a price.</param>
/// <param name="DueIn">Days from the sample firm's first day here.</param>
internal sealed record SampleDeal(string Customer, string Title, string Stage, int? Amount, int DueIn, string NextStep)
{
    /// <summary>The same at every start: a deal is never opened twice.</summary>
    public Guid Id { get; } = new(SHA256.HashData(Encoding.UTF8.GetBytes($"sample deal {Customer}")).AsSpan(0, 16));
}

/// <summary>What the sample firm hopes to sell, in the stages that the product proposes.</summary>
internal static class SampleDeals
{
    public static readonly IReadOnlyList<SampleDeal> All =
    [
        new("delgado", "Built-in wardrobe, Madrid flat", "Enquiry", null, 60, "Ask for the floor plan"),
        new("alnour", "Reception desk and 12 cabinets", "Enquiry", 41_000, 120, "Find a shipper"),
        new("angstrom", "Bunk beds for the cabin", "Enquiry", 2_600, 75, "Send two photos of the last pair"),
        new("gruen", "Display tables, series of 20", "Offer", 18_500, 45, "Sample leg in cherry"),
        new("sorensen", "Reading corner under the stairs", "Offer", 3_900, 30, "Draw the drawer variant"),
        new("zellforschung", "Laboratory benches, 3 rooms", "Decision", 36_400, 90, "Ask when the committee meets"),
        new("mokka", "Counter with cake display", "Offer", 9_800, 21, "Call on Monday, after ten"),
        new("loewenstein", "Tasting room panelling", "Offer", 14_200, 35, "Bring the oiled sample"),
        new("krueger", "Eleven flat doors, Kaiser-Joseph-Straße", "Decision", 8_580, 14, "Get the order in writing"),
    ];
}
