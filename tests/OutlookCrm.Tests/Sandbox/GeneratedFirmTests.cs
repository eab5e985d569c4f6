using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Sandbox;

public sealed class GeneratedFirmTests
{
    private const string SomeAddress = "@";

    [Fact]
    public void The_same_seed_gives_the_same_and_another_seed_another()
    {
        Assert.Equal(Fingerprint(Filled(7, 3_000)), Fingerprint(Filled(7, 3_000)));
        Assert.NotEqual(Fingerprint(Filled(7, 3_000)), Fingerprint(Filled(8, 3_000)));
    }

    [Fact]
    public void So_many_messages_lie_in_three_mailboxes_and_four_of_ten_in_more_than_one()
    {
        var copies = Filled(1, 20_000).All.SelectMany(mailbox => mailbox.Messages).GroupBy(message => message.Letter.InternetMessageId).Select(group => group.Count()).ToList();

        Assert.Equal(20_000, copies.Sum());
        Assert.InRange(copies.Where(count => count > 1).Sum() / 20_000.0, 0.38, 0.42);
        Assert.Contains(3, copies);
    }

    [Fact]
    public void Everything_that_a_mailbox_can_hold_is_there()
    {
        var firm = Filled(1, 20_000);
        var messages = firm.All.SelectMany(mailbox => mailbox.Messages).ToList();
        var letters = messages.Select(message => message.Letter).ToList();
        var events = firm.All.SelectMany(mailbox => mailbox.Calendar.Events).ToList();

        foreach (var folder in new[] { "inbox", "sentitems", "drafts", "junkemail", "deleteditems", "archive" })
        {
            Assert.Contains(messages, message => message.Folder.WellKnownName == folder);
        }

        Assert.Contains(messages, message => message.Categories.Contains("Private"));
        Assert.Contains(letters, letter => letter.From is null);
        Assert.Contains(letters, letter => letter.From is { } from && !from.Address.Contains(SomeAddress, StringComparison.Ordinal));
        Assert.Contains(letters, letter => letter.To.Count > 5_000);
        Assert.Contains(letters, letter => letter.Subject.Length == 998);
        Assert.Contains(letters, letter => letter.Subject.Contains('\u202E'));
        Assert.Contains(letters, letter => letter.Text.Contains('\0'));
        Assert.Equal([1601, 9999], letters.Select(letter => letter.SentAt.Year).Where(year => year is < 2000 or > 2100).Distinct().Order());
        Assert.Contains(letters, letter => letter.Sensitivity == Sensitivity.Private);
        Assert.Contains(letters, letter => letter.References.Count > 3);
        foreach (var header in new[] { "List-Id", "Auto-Submitted", "Precedence", "Return-Path" })
        {
            Assert.Contains(letters, letter => letter.Headers.Any(one => one.Name == header));
        }

        foreach (var people in new[] { GeneratedFirm.Regulars, GeneratedFirm.Nuisances, GeneratedFirm.Bygones })
        {
            Assert.Contains(letters, letter => people.Any(person => person.Addresses.Contains(letter.From?.Address)));
        }

        Assert.Equal(["exception", "occurrence", "seriesMaster", "singleInstance"], events.Select(kept => kept.Type).Distinct().Order());
        Assert.Contains(events, kept => kept.Meeting.IsCancelled);
        Assert.Contains(events, kept => kept.Response == "declined");
        Assert.Contains(events, kept => kept.Meeting is { IsAllDay: true, Sensitivity: Sensitivity.Private });
        Assert.Contains(events, kept => kept.Meeting.Organizer is null);
        Assert.Contains(events, kept => kept.OriginalStartAt is { } planned && planned != kept.Meeting.StartAt);
        Assert.Contains(events, kept => kept.Meeting.Attendees.Count > 400);
    }

    [Fact]
    public async Task All_of_it_can_be_read_by_pages_and_by_delta()
    {
        await using var many = await SandboxApplication.StartAsync(
            new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, GeneratedMessages = 6_000 }, new RunningSandbox.FixedClock(RunningSandbox.Now));
        using var client = RunningSandbox.ClientOf(many);
        client.DefaultRequestHeaders.Authorization = new("Bearer", many.Issuer.CreateGraphAppToken());
        client.DefaultRequestHeaders.Add("Prefer", "odata.maxpagesize=500");
        foreach (var colleague in SampleFirm.Colleagues)
        {
            var mailbox = many.MailboxOf(colleague);
            var inbox = mailbox.Messages.Where(message => message.Folder.WellKnownName == "inbox").Select(message => message.Id).Order().ToList();

            Assert.Equal(inbox, await ReadAsync(client, $"/graph/v1.0/users/{colleague.Id}/mailFolders/inbox/messages?$select=id,subject,internetMessageHeaders,bodyPreview,toRecipients"));
            Assert.Equal(inbox, await ReadAsync(client, $"/graph/v1.0/users/{colleague.Id}/mailFolders/inbox/messages/delta?$select=id"));
            Assert.Equal(
                mailbox.Calendar.Events.Where(kept => kept.Recurrence is null).Select(kept => kept.Id).Order(),
                await ReadAsync(client, $"/graph/v1.0/users/{colleague.Id}/calendarView?startDateTime=0001-01-01T00:00:00Z&endDateTime=9999-12-31T00:00:00Z"));
        }
    }

    private static async Task<List<string>> ReadAsync(HttpClient client, string path)
    {
        var ids = new List<string>();
        for (string? next = path; next is not null;)
        {
            using var answer = await client.GetAsync(next);
            answer.EnsureSuccessStatusCode();
            var page = await RunningSandbox.ReadAsync(answer);
            ids.AddRange(page["value"]!.AsArray().Select(item => (string)item!["id"]!));
            next = (string?)page["@odata.nextLink"];
        }

        return [.. ids.Order()];
    }

    private static Mailboxes Filled(int seed, int messages)
    {
        var mailboxes = new Mailboxes();
        new GeneratedFirm(seed, RunningSandbox.Now, TimeSpan.FromDays(730)).Fill(mailboxes.All, messages);
        return mailboxes;
    }

    private static string Fingerprint(Mailboxes mailboxes)
    {
        var all = new StringBuilder();
        foreach (var mailbox in mailboxes.All)
        {
            foreach (var message in mailbox.Messages)
            {
                all.AppendJoin('|', message.Id, message.Folder.Name, message.ReceivedAt, message.IsRead, message.Letter.Subject, message.Letter.From, message.Letter.SentAt, message.Letter.Headers.Count).AppendLine();
            }

            foreach (var kept in mailbox.Calendar.Events)
            {
                all.AppendJoin('|', kept.Id, kept.Type, kept.Meeting.Subject, kept.Meeting.StartAt, kept.Response).AppendLine();
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }
}
