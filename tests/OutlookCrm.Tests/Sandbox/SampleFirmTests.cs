using System.Net.Mail;
using System.Text.Json;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Sandbox;

public sealed class SampleFirmTests
{
    [Fact]
    public void The_same_day_gives_the_same_mail_and_meetings()
    {
        Assert.Equal(Write(RunningSandbox.Now), Write(RunningSandbox.Now));

        static string Write(DateTimeOffset now) =>
            JsonSerializer.Serialize(Filled(now).All.Select(mailbox => new { mailbox.Messages, mailbox.Calendar.Events }));
    }

    [Fact]
    public void Nothing_was_sent_in_the_future_and_meetings_lie_ahead()
    {
        var all = Filled(RunningSandbox.Now).All;

        Assert.All(all.SelectMany(mailbox => mailbox.Messages), message => Assert.True(message.Letter.SentAt <= RunningSandbox.Now));
        Assert.All(all, mailbox => Assert.Contains(mailbox.Calendar.Events, kept => kept.Meeting.StartAt > RunningSandbox.Now));
    }

    [Fact]
    public void It_is_a_firm_of_the_size_we_say()
    {
        var all = Filled(RunningSandbox.Now).All;

        Assert.Equal(60, SampleCustomers.All.Count);
        Assert.Equal(60, SampleCustomers.All.Select(customer => customer.Address).Distinct().Count());
        Assert.InRange(all.Sum(mailbox => mailbox.Messages.Count), 2_500, 5_000);
    }

    [Fact]
    public void No_blank_of_a_story_is_left_open() =>
        Assert.DoesNotContain(Filled(RunningSandbox.Now).All.SelectMany(mailbox => mailbox.Messages), message =>
            message.Letter.Subject.Contains('{') || message.Letter.Text.Contains('{'));

    [Fact]
    public void Every_kind_of_mail_that_capture_must_judge_is_there()
    {
        var letters = Filled(RunningSandbox.Now).All.SelectMany(mailbox => mailbox.Messages).Select(message => message.Letter).ToList();

        bool IsOurs(Correspondent? who) => who?.Address.EndsWith($"@{SampleFirm.Domain}", StringComparison.Ordinal) == true;
        Assert.Contains(letters, letter => IsOurs(letter.From) && letter.To.All(IsOurs));
        Assert.Contains(letters, letter => letter.Headers.Any(header => header.Name == "List-Unsubscribe"));
        Assert.Contains(letters, letter => letter.Headers.Any(header => header.Name == "Auto-Submitted") && !IsOurs(letter.From));
        Assert.Contains(letters, letter => letter.From!.Address.StartsWith("mailer-daemon", StringComparison.Ordinal));
        Assert.Contains(letters, letter => letter.Cc.Count >= 2);
        Assert.All(SampleCustomers.Strangers, stranger => Assert.Contains(letters, letter => letter.From!.Address == stranger.Address));
    }

    [Fact]
    public void Company_domains_are_ones_that_nobody_can_own() =>
        Assert.All(
            SampleCustomers.All.Where(customer => customer.Company is not null || customer.Tags.Contains("architect")),
            customer => Assert.EndsWith(".example", new MailAddress(customer.Address).Host, StringComparison.Ordinal));

    [Fact]
    public void A_sandbox_that_keeps_its_state_dates_the_mail_from_its_first_start()
    {
        var state = Directory.CreateTempSubdirectory("sandbox-state-");
        try
        {
            var first = FirstStart.Remember(state.FullName, RunningSandbox.Now);
            var later = FirstStart.Remember(state.FullName, RunningSandbox.Now.AddDays(10));

            Assert.Equal(first, later);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static Mailboxes Filled(DateTimeOffset now)
    {
        var mailboxes = new Mailboxes();
        new SampleMail(mailboxes, now).Fill();
        return mailboxes;
    }
}
