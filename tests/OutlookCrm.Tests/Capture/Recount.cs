using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Capture;

/// <summary>
/// What should be on whose timeline, worked out from the mailboxes themselves by the plainest means: one loop over every message and one
/// over every meeting of a <see cref="OutlookCrm.Sandbox.Firm.GeneratedFirm"/>. Shares nothing with the product.
/// </summary>
internal static class Recount
{
    private static readonly string[] Absent = ["Automatic reply:", "Abwesenheitsnotiz:", "Out of office:", "Réponse automatique:", "自動応答:"];
    private static readonly string[] OfPrograms = ["Auto-Submitted", "Precedence", "List-Id", "List-Post", "List-Unsubscribe"];

    /// <param name="mailboxes">In the order in which their copies count.</param>
    /// <param name="customers">Whose address each is, in small letters.</param>
    /// <param name="since">The first day that is logged.</param>
    /// <param name="until">Meetings after that are not shown yet.</param>
    /// <param name="unwanted">The address that the owner of a mailbox wants left out.</param>
    /// <returns>For each customer a kind and a time for each line, sorted.</returns>
    public static Dictionary<string, List<string>> Of(
        IReadOnlyList<Mailbox> mailboxes, IReadOnlyDictionary<string, string> customers, DateOnly since, DateTimeOffset until, Func<Mailbox, string?> unwanted)
    {
        // By customer and what it is: the same in two mailboxes is one line.
        var found = new Dictionary<(string Customer, string What), string>();
        foreach (var mailbox in mailboxes)
        {
            foreach (var message in mailbox.Messages)
            {
                var letter = message.Letter;
                var at = letter.SentAt.Year is > 1990 and < 2200 ? letter.SentAt : message.ReceivedAt;
                if (message.Folder.WellKnownName is not ("inbox" or "sentitems")
                    || !IsAddress(letter.From?.Address)
                    || DayOf(at) < since
                    || letter.Sensitivity != Sensitivity.Normal
                    || message.Categories.Any(category => category is "Private" or "Privat")
                    || letter.MessageClass is not ("IPM.Note" or "IPM.Note.SMIME")
                    || Absent.Any(words => letter.Subject.StartsWith(words, StringComparison.Ordinal))
                    || letter.Headers.Any(header => OfPrograms.Contains(header.Name)))
                {
                    continue;
                }

                Add(mailbox, $"mail {letter.InternetMessageId}", "mail", at, [letter.From!, .. letter.To, .. letter.Cc]);
            }

            foreach (var kept in mailbox.Calendar.Events)
            {
                var meeting = kept.Meeting;
                var away = meeting.Attendees.Where(who => who.Answer == "declined").Select(who => who.Who.Address.ToLowerInvariant()).ToHashSet();
                if (kept.Recurrence is not null
                    || meeting.StartAt.Year is < 1990 or > 2200
                    || DayOf(meeting.StartAt) < since
                    || meeting.StartAt > until
                    || meeting.Sensitivity != Sensitivity.Normal
                    || meeting.IsCancelled
                    || kept.Response == "declined"
                    || meeting.Attendees.Count == 0)
                {
                    continue;
                }

                Add(
                    mailbox, $"meeting {meeting.ICalUid} {kept.OriginalStartAt:O}", "meeting", meeting.StartAt,
                    meeting.Attendees.Where(who => !who.IsResource).Select(who => who.Who).Append(meeting.Organizer!).Where(who => !away.Contains(who.Address.ToLowerInvariant())));
            }
        }

        return customers.Values.Distinct().ToDictionary(
            customer => customer,
            customer => found.Where(line => line.Key.Customer == customer).Select(line => line.Value).Order(StringComparer.Ordinal).ToList());

        void Add(Mailbox mailbox, string what, string kind, DateTimeOffset at, IEnumerable<Correspondent> people)
        {
            foreach (var address in people.Select(who => who.Address.ToLowerInvariant()).Where(address => address != unwanted(mailbox)))
            {
                if (customers.TryGetValue(address, out var customer))
                {
                    found.TryAdd((customer, what), Line(kind, at));
                }
            }
        }
    }

    public static string Line(string kind, DateTimeOffset at) => $"{kind} {at.UtcDateTime:s}";

    private static bool IsAddress(string? address) => address?.Split('@') is [{ Length: > 0 }, { Length: > 0 }];

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
