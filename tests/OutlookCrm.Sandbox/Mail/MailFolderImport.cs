using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OutlookCrm.Sandbox.Mail;

/// <param name="Unreadable">Files, or parts of them, that could not be taken, each with the reason.</param>
/// <param name="Doubtful">What was taken although something about it had to be assumed.</param>
internal sealed record ImportReport(int Mails, int Events, IReadOnlyList<string> Unreadable, IReadOnlyList<string> Doubtful);

/// <summary>
/// Fills a mailbox from a folder of .eml and .ics files, folders below it included. The reading is done by a Node script beside us,
/// on parsers that are used for nothing else.
/// </summary>
/// <param name="now">Series of meetings are expanded two years back and one ahead of it.</param>
internal sealed class MailFolderImport(Mailbox mailbox, DateTimeOffset now, ILogger log)
{
    private const int ProgressEvery = 500;

    // A file without a zone means the wall clock of whoever wrote it: most likely the mailbox's owner.
    private static readonly TimeZoneInfo Home = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static readonly Dictionary<string, string> KnownFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["inbox"] = "inbox",
        ["posteingang"] = "inbox",
        ["sent"] = "sentitems",
        ["sent items"] = "sentitems",
        ["sent mail"] = "sentitems",
        ["gesendet"] = "sentitems",
        ["gesendete elemente"] = "sentitems",
        ["archive"] = "archive",
        ["archiv"] = "archive",
        ["drafts"] = "drafts",
        ["entwürfe"] = "drafts",
        ["junk"] = "junkemail",
        ["spam"] = "junkemail",
        ["deleted items"] = "deleteditems",
        ["trash"] = "deleteditems",
        ["papierkorb"] = "deleteditems",
    };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly List<string> unreadable = [];
    private readonly List<string> doubtful = [];
    private readonly HashSet<string> seen = [];
    private CalendarEvent? series; // the one whose occurrences follow
    private int mails;
    private int events;

    /// <exception cref="InvalidOperationException">The reading script does not run; the message says why.</exception>
    public async Task<ImportReport> RunAsync(string folder, CancellationToken cancellation)
    {
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".eml" or ".ics")
            .Order(StringComparer.Ordinal).ToList();
        log.LogInformation("Reading {Count} mail and calendar files …", files.Count);

        using var reader = StartReader();
        var writing = WriteAsync(reader, files, cancellation);
        var complaining = reader.StandardError.ReadToEndAsync(cancellation);
        var done = new HashSet<string>();
        while (await reader.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            var found = JsonSerializer.Deserialize<FoundItem>(line, Json)!;
            Take(found, folder);
            if (done.Add(found.File) && done.Count % ProgressEvery == 0)
            {
                log.LogInformation("{Done} of {Count} files read.", done.Count, files.Count);
            }
        }

        await reader.WaitForExitAsync(cancellation);
        var complaint = await complaining;
        if (reader.ExitCode != 0)
        {
            throw new InvalidOperationException($"The mail files could not be read: {complaint.Trim()}");
        }

        await writing;
        return new ImportReport(mails, events, unreadable, doubtful);
    }

    private static async Task WriteAsync(Process reader, List<string> files, CancellationToken cancellation)
    {
        try
        {
            foreach (var file in files)
            {
                await reader.StandardInput.WriteLineAsync(file.AsMemory(), cancellation);
            }

            reader.StandardInput.Close();
        }
        catch (IOException)
        {
            // The reader has ended early; its exit code and its complaint say why.
        }
    }

    private Process StartReader()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList =
            {
                Path.Combine(SandboxFolder.Root, "import", "read.mjs"),
                now.AddYears(-2).ToString("O", CultureInfo.InvariantCulture),
                now.AddYears(1).ToString("O", CultureInfo.InvariantCulture),
            },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"Node is needed to read mail files, and does not start: {missing.Message}", missing);
        }
    }

    private void Take(FoundItem found, string folder)
    {
        var name = Path.GetRelativePath(folder, found.File);
        if (found.Error is not null)
        {
            unreadable.Add($"{name}: {found.Error}");
        }
        else if (found.Kind == "mail")
        {
            TakeMail(found, name);
        }
        else
        {
            TakeEvent(found, name);
        }
    }

    private void TakeMail(FoundItem found, string name)
    {
        var sentAt = found.Date ?? File.GetLastWriteTimeUtc(found.File);
        if (found.Date is null)
        {
            doubtful.Add($"{name}: it says no date; the file's is taken");
        }

        var id = found.MessageId!;
        if (!seen.Add($"{FolderOf(name)}/{id}"))
        {
            unreadable.Add($"{name}: the same message is in this folder already");
            return;
        }

        mailbox.Add(
            new Letter(
                id, found.Thread ?? id,
                Who(found.From), [.. found.To!.Select(Who)!], [.. found.Cc!.Select(Who)!], found.Subject!, sentAt,
                found.Text ?? HtmlText.ToPlain(found.Html ?? ""), found.Html,
                [.. found.Headers!.Select(header => new MailHeader(header.Name, header.Value))],
                [.. found.Attachments!.Select(file => new LetterAttachment(file.Name, file.ContentType, file.Size))])
            {
                References = [.. Header(found, "References").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)],
                Sensitivity = Header(found, "Sensitivity").ToUpperInvariant() switch
                {
                    "PERSONAL" => Sensitivity.Personal,
                    "PRIVATE" => Sensitivity.Private,
                    "COMPANY-CONFIDENTIAL" => Sensitivity.Confidential,
                    _ => Sensitivity.Normal,
                },
            },
            FolderOf(name), isRead: FolderOf(name) is "sentitems" or "drafts");
        mails++;
    }

    private static string Header(FoundItem found, string name) =>
        found.Headers!.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Trim() ?? "";

    private void TakeEvent(FoundItem found, string name)
    {
        var start = Moment(found.Start!, name);
        var end = Moment(found.End!, name);
        if (found.AllDay && end <= start)
        {
            end = start.AddDays(1);
        }

        var meeting = new Meeting(
            found.Uid!, Who(found.Organizer), [.. found.Attendees!.Select(a => new Attendee(new(a.Name, a.Address), Answer(a.Answer), a.IsOptional))],
            found.Subject!, found.Location!, found.Text!, start, end < start ? start : end,
            CalendarZones.TryFind(found.Start!.Zone, out var zone) ? zone.Id : "UTC", found.AllDay,
            found.IsPrivate ? Sensitivity.Private : Sensitivity.Normal, found.IsCancelled);
        var isNew = (found.Series switch
        {
            null => mailbox.Calendar.Add(meeting),
            "master" => series = mailbox.Calendar.AddSeries(meeting, Recurrence.Every(Pattern(found.Frequency!), meeting)),
            _ => series is null ? null : mailbox.Calendar.AddOccurrence(series, Moment(found.Planned!, name), meeting, found.IsException),
        }) is not null;
        if (isNew)
        {
            events += found.Series == "master" ? 0 : 1;
        }
        else if (found.Series != "occurrence")
        {
            unreadable.Add($"{name}: event {found.Uid} is in the calendar already");
        }
    }

    private DateTimeOffset Moment(FoundMoment moment, string name)
    {
        if (moment.Utc is { } utc)
        {
            return utc;
        }

        var wall = DateTime.Parse(moment.Local!, CultureInfo.InvariantCulture, DateTimeStyles.None);
        if (moment.Local!.Length == "yyyy-MM-dd".Length)
        {
            return new DateTimeOffset(wall, TimeSpan.Zero); // a whole day
        }

        if (!CalendarZones.TryFind(moment.Zone, out var zone))
        {
            if (moment.Zone is not null)
            {
                var doubt = $"{name}: time zone '{moment.Zone}' is unknown; {Home.Id} is assumed";
                if (!doubtful.Contains(doubt))
                {
                    doubtful.Add(doubt);
                }
            }

            zone = Home;
        }

        return new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime();
    }

    private static string FolderOf(string name)
    {
        var first = name.Replace('\\', '/').Split('/') is [var top, _, ..] ? top : "inbox";
        return KnownFolders.GetValueOrDefault(first, first);
    }

    private static Correspondent? Who(FoundPerson? person) => person is null ? null : new Correspondent(person.Name, person.Address);

    private static string Answer(string participation) => participation switch
    {
        "accepted" => "accepted",
        "declined" => "declined",
        "tentative" => "tentativelyAccepted",
        "needs-action" => "notResponded",
        _ => "none",
    };

    private static string Pattern(string frequency) => frequency switch
    {
        "WEEKLY" => "weekly",
        "MONTHLY" => "absoluteMonthly",
        "YEARLY" => "absoluteYearly",
        _ => "daily",
    };

    /// <summary>A line of the reading script: a mail, an event or a failure; only its own fields are set.</summary>
    private sealed record FoundItem(
        string File, string? Error, string? Kind, string? Subject, string? Text, string? MessageId, string? Thread, FoundPerson? From,
        IReadOnlyList<FoundPerson>? To, IReadOnlyList<FoundPerson>? Cc, DateTimeOffset? Date, string? Html, IReadOnlyList<FoundHeader>? Headers,
        IReadOnlyList<FoundFile>? Attachments, string? Uid, string? Location, bool IsPrivate, bool IsCancelled, FoundPerson? Organizer,
        IReadOnlyList<FoundAttendee>? Attendees, bool AllDay, FoundMoment? Start, FoundMoment? End, string? Series, string? Frequency, FoundMoment? Planned, bool IsException);

    private sealed record FoundPerson(string Name, string Address);

    private sealed record FoundHeader(string Name, string Value);

    private sealed record FoundFile(string Name, string ContentType, int Size);

    private sealed record FoundAttendee(string Name, string Address, string Answer, bool IsOptional);

    /// <param name="Utc">Set when the file itself defines the zone.</param>
    /// <param name="Local">Else wall-clock time in <paramref name="Zone"/>, or a date.</param>
    private sealed record FoundMoment(DateTimeOffset? Utc, string? Local, string? Zone);
}
