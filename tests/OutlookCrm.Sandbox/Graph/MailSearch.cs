using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// $search over messages, in the part of KQL that mail programs use: <c>participants:</c>, <c>from:</c>, <c>to:</c>, <c>cc:</c>,
/// <c>subject:</c> and plain words, all of which must be found. The last sent comes first, and never more than a thousand.
/// </summary>
internal static partial class MailSearch
{
    // What Graph finds at most (learn.microsoft.com, "search query parameter").
    private const int MostFound = 1_000;

    public static List<MailboxMessage> Find(Mailbox mailbox, MailFolder? folder, string search)
    {
        var terms = Terms().Matches(search.Trim().Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal))
            .Select(match => (Property: match.Groups[1].Value.ToLowerInvariant(), Text: match.Groups[2].Value.Trim('"')))
            .Where(term => term.Text.Length > 0 && !term.Text.Equals("AND", StringComparison.Ordinal)).ToList();
        if (terms.Count == 0)
        {
            throw GraphError.BadRequest("Syntax error: character '\"' is not valid.");
        }

        // Whoever is named with a whole address is found by index.
        var named = terms.Find(term => term.Property is "participants" or "from" or "to" or "cc" && term.Text.Contains('@', StringComparison.Ordinal));
        var candidates = named.Text is null
            ? mailbox.Messages.OrderByDescending(message => message.Letter.SentAt)
            : mailbox.FindByParticipant(named.Text).AsEnumerable();
        return
        [
            .. candidates.Where(message => (folder is null || message.Folder == folder) && terms.TrueForAll(term => Holds(message.Letter, term.Property, term.Text)))
                .Take(MostFound),
        ];
    }

    private static bool Holds(Letter letter, string property, string text) => property switch
    {
        "participants" => Names(letter.Participants(), text),
        "from" => letter.From is { } from && Names([from], text),
        "to" => Names(letter.To, text),
        "cc" => Names(letter.Cc, text),
        "subject" => Contains(letter.Subject, text),
        "" => (letter.From is { } sender && Names([sender], text)) || Contains(letter.Subject, text) || Contains(letter.Text, text),
        _ => throw GraphError.BadRequest($"The sandbox does not search by '{property}'."),
    };

    // A word is found by its beginning, an address too.
    private static bool Names(IEnumerable<Correspondent> people, string text) => people.Any(who =>
        who.Address.StartsWith(text, StringComparison.OrdinalIgnoreCase)
        || who.Name.Split(' ').Any(word => word.StartsWith(text, StringComparison.OrdinalIgnoreCase))
        || who.Name.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    private static bool Contains(string all, string text) => all.Contains(text, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("""(?:(\w+):)?("[^"]*"|\S+)""")]
    private static partial Regex Terms();
}
