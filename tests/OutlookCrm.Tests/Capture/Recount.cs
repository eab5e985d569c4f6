using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Capture;

/// <summary>
/// What should be on whose timeline, worked out from the mailboxes themselves by the plainest means: one loop over every message of a
/// <see cref="LargeFirm"/>. Shares nothing with the product.
/// </summary>
internal static partial class Recount
{
    /// <param name="customers">Whose address each is, in small letters.</param>
    /// <param name="since">The first day that is logged.</param>
    /// <param name="unwanted">The address that the owner of a mailbox wants left out.</param>
    /// <returns>For each customer the numbers of the letters, sorted.</returns>
    public static Dictionary<string, List<int>> Of(
        IEnumerable<Mailbox> mailboxes, IReadOnlyDictionary<string, string> customers, DateOnly since, Func<Mailbox, string?> unwanted)
    {
        var found = customers.Values.Distinct().ToDictionary(customer => customer, _ => new SortedSet<int>());
        foreach (var mailbox in mailboxes)
        {
            foreach (var message in mailbox.Messages)
            {
                var letter = message.Letter;
                var isNothing = message.Folder.WellKnownName is not ("inbox" or "sentitems")
                    || letter.From is null
                    || DateOnly.FromDateTime(message.ReceivedAt.UtcDateTime) < since
                    || letter.Sensitivity != Sensitivity.Normal
                    || letter.MessageClass != "IPM.Note"
                    || letter.Subject.StartsWith("Automatic reply", StringComparison.Ordinal)
                    || letter.Headers.Any(header => header.Name is "Auto-Submitted" or "List-Unsubscribe");
                foreach (var who in isNothing ? [] : letter.Participants())
                {
                    var address = who.Address.ToLowerInvariant();
                    if (customers.TryGetValue(address, out var customer) && address != unwanted(mailbox))
                    {
                        found[customer].Add(NumberIn(letter.Subject));
                    }
                }
            }
        }

        return found.ToDictionary(entry => entry.Key, entry => entry.Value.ToList());
    }

    public static int NumberIn(string? subject) =>
        int.Parse(Number().Match(subject ?? "").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"#(\d+)")]
    private static partial Regex Number();
}
