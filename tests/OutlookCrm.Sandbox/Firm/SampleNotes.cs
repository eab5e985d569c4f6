using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Sandbox.Firm;

/// <param name="DaysAgo">Before the sample firm's first day here.</param>
internal sealed record SampleNote(Guid Id, string Text, double DaysAgo);

/// <summary>What colleagues wrote down about the sample customers. The same at every start: a note is never entered twice.</summary>
internal static class SampleNotes
{
    private static readonly string[] ForAll =
    [
        "Called back about the date. Prefers mornings, and a text message an hour before.",
        "Measured again: the wall is 14 mm out of true over two metres. Scribe strip needed.",
        "Approved the sample. Wants it oiled, not lacquered.",
        "Talked on the phone for half an hour, mostly about the garden. Wants an offer for shelves in spring.",
        "Deposit arrived. Timber ordered.",
        "Small complaint about dust in the hallway. Sent our cleaner, free of charge. All well again.",
        "Handed over the finished work. Very happy; took photos for our website, no names.",
        "Asked for a discount. Agreed on 3 % for payment within a week.",
        "Key is with the neighbour on the left, ring twice.",
        "Parking only in the yard; the street is a bus lane until ten.",
        "Sent the care instructions again. Oil once a year, never with vinegar.",
        "Met at the trade fair by chance. May have something for us next year.",
        "Warranty visit: adjusted two hinges and one drawer. Ten minutes.",
        "Would recommend us to friends and already has.",
    ];

    private static readonly string[] ForFirms =
    [
        "Invoices need their purchase order number, or accounts send them back.",
        "New contact on site from next month; will introduce us by mail.",
        "Framework agreement renewed for another year at the same hourly rate.",
        "Safety briefing needed before anybody may work there. Takes an hour, on Mondays only.",
    ];

    private static readonly string[] ForPrivatePeople =
    [
        "The dog is friendly. Keep the yard gate closed anyway.",
        "Is away for the first two weeks of August.",
        "Found us through the neighbours two houses down.",
        "Daughter moves out in autumn; the room becomes a study. Ask again in September.",
    ];

    public static IReadOnlyList<SampleNote> Of(SampleCustomer customer)
    {
        var texts = ForAll.Concat(customer.Company is null && !customer.IsOrganisation ? ForPrivatePeople : ForFirms).ToArray();
        var notes = new List<SampleNote>();
        var count = 3 + (Dice(customer, 0) % 6);
        for (var i = 0; i < count; i++)
        {
            // Later notes come closer together, as with a customer who comes back.
            var daysAgo = 700.0 * Math.Pow(0.5, i) * (0.6 + (Dice(customer, i + 10) % 40 / 100.0));
            notes.Add(new SampleNote(IdOf(customer, i), texts[(Dice(customer, 1) + (i * 5)) % texts.Length], daysAgo));
        }

        return notes;
    }

    private static int Dice(SampleCustomer customer, int roll) => SHA256.HashData(Encoding.UTF8.GetBytes($"{customer.Key}/{roll}"))[0];

    private static Guid IdOf(SampleCustomer customer, int number) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"sample note {customer.Key}/{number}")).AsSpan(0, 16));
}
