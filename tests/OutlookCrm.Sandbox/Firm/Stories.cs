using System.Globalization;

namespace OutlookCrm.Sandbox.Firm;

/// <summary>What customers and the firm write to each other about, with blanks; read from stories.txt.</summary>
/// <param name="Language">de or en.</param>
internal sealed record Story(string Language, string Subject, IReadOnlyList<StoryMail> Mails)
{
    public static readonly IReadOnlyList<Story> All = Read();

    private static List<Story> Read()
    {
        using var resource = typeof(Story).Assembly.GetManifestResourceStream("stories.txt")!;
        using var reader = new StreamReader(resource);
        var stories = new List<Story>();
        var mails = new List<StoryMail>();
        while (reader.ReadLine() is { } line)
        {
            switch (line)
            {
                case ['#', ..]:
                    break;
                case ['=', '=', ' ', .. var head]:
                    var (language, subject) = Split(head, " | ");
                    mails = [];
                    stories.Add(new Story(language, subject, mails));
                    break;
                case ['c' or 'u', ' ', .. var days]:
                    mails.Add(new StoryMail(line[0] == 'c', int.Parse(days, CultureInfo.InvariantCulture), "", [], false));
                    break;
                case ['@', ' ', .. var name]:
                    mails[^1] = mails[^1] with { Attachments = [.. mails[^1].Attachments, name] };
                    break;
                case "m":
                    mails[^1] = mails[^1] with { PlansMeeting = true };
                    break;
                default:
                    if (mails.Count > 0)
                    {
                        mails[^1] = mails[^1] with { Text = mails[^1].Text + line + "\n" };
                    }

                    break;
            }
        }

        return stories;
    }

    private static (string, string) Split(string text, string by)
    {
        var at = text.IndexOf(by, StringComparison.Ordinal);
        return (text[..at], text[(at + by.Length)..]);
    }
}

/// <param name="FromCustomer">Else it is one of us who writes.</param>
/// <param name="DaysLater">Working days since the mail before.</param>
/// <param name="PlansMeeting">The two meet two working days later.</param>
internal sealed record StoryMail(bool FromCustomer, int DaysLater, string Text, IReadOnlyList<string> Attachments, bool PlansMeeting);
