using System.Globalization;
using System.Net;
using System.Text;

namespace OutlookCrm.Pane;

/// <summary>Somebody's day as a mail.</summary>
/// <param name="Subject">"Your day: 2 overdue, 3 due today".</param>
public sealed record Digest(string Subject, string Html);

/// <summary>Writes "My day" as plain HTML, which every mail client shows.</summary>
public static class DigestWords
{
    private const int MostOfAPart = 20;
    private const int MostPlanned = 5;

    /// <summary>Null when nothing is overdue or due today and nobody waits for us.</summary>
    /// <param name="day">The first page; what is due beyond it is counted as "200+".</param>
    public static Digest? Of(MyDay day, Reader reader)
    {
        var overdue = day.FollowUps.Where(line => line.DueOn < day.Today).ToList();
        var today = day.FollowUps.Where(line => line.DueOn == day.Today).ToList();
        var planned = day.FollowUps.Where(line => line.DueOn > day.Today).ToList();
        var forUs = day.Waiting?.ForUsCount ?? 0;
        if (overdue.Count + today.Count + forUs == 0)
        {
            return null;
        }

        // The last part on a full page goes on beyond it.
        var more = day.Next is not null && planned.Count == 0 ? "+" : "";
        string[] parts =
        [
            .. overdue.Count > 0 ? (string[])[$"{Number(overdue.Count)}{(today.Count == 0 ? more : "")} overdue"] : [],
            .. today.Count > 0 ? (string[])[$"{Number(today.Count)}{more} due today"] : [],
            .. forUs > 0 ? (string[])[$"{Number(forUs)} waiting for us"] : [],
        ];
        var html = new StringBuilder();
        Add("Overdue", overdue.Select(Line), overdue.Count, MostOfAPart);
        Add("Due today", today.Select(Line), today.Count, MostOfAPart);
        Add(Words.Of(WaitsFor.Us), day.Waiting?.ForUs.Select(Waits) ?? [], forUs, MostOfAPart);
        Add(Words.Of(WaitsFor.Them), day.Waiting?.ForThem.Select(Waits) ?? [], day.Waiting?.ForThemCount ?? 0, MostOfAPart);
        Add("Gone quiet", day.Quiet.Customers.Select(Quiet), day.Quiet.Customers.Count, MostOfAPart);
        Add("Planned", planned.Take(MostPlanned).Select(Line), Math.Min(planned.Count, MostPlanned), MostPlanned);
        html.Append("<p>To work on it, open Outlook CRM beside any mail and choose My day. This draft is yours alone: it was sent to nobody. Turn it off under Reminders.</p>");
        return new Digest($"Your day: {string.Join(", ", parts)}", html.ToString());

        string Number(int count) => count.ToString("N0", reader.Culture);

        string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

        void Add(string title, IEnumerable<string> lines, int count, int most)
        {
            if (count == 0)
            {
                return;
            }

            var shown = lines.Take(most).ToList();
            html.Append(CultureInfo.InvariantCulture, $"<h3>{Text(title)}</h3><ul>").AppendJoin("", shown.Select(line => $"<li>{line}</li>"));
            html.Append(count > shown.Count ? $"<li>and {Number(count - shown.Count)} more</li></ul>" : "</ul>");
        }

        string Line(FollowUpLine line)
        {
            var when = line.DueOn == day.Today ? line.DueTime : line.DueTime is { } time ? $"{reader.NearDay(line.DueOn)} {time}" : reader.NearDay(line.DueOn);
            var words = $"{Text(line.Note)}{(line.CustomerName is { } name ? $", {Text(name)}" : "")}{(when is null ? "" : $" ({Text(when)})")}";
            return line.Link is { } link ? $"{words} <a href=\"{Text(link)}\">Open in Outlook</a>" : words;
        }

        string Waits(WaitingCustomer one) => $"{Text(one.Name)}, {Text(reader.HowLong(one.SinceAt))}";

        string Quiet(QuietCustomer one) => $"{Text(one.Name)}{(one.LastContactOn is { } last ? $", last contact {Text(reader.NearDay(last))}" : "")}";
    }
}
