using OutlookCrm.Capture;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

public sealed class MailIdentityTests
{
    private static readonly Guid Ben = new("20000000-0000-4000-8000-000000000002");

    [Fact]
    public void A_mail_is_the_same_in_every_mailbox_and_folder_whatever_was_done_to_it()
    {
        var id = MailIdentity.Of(Mail, Mailbox.UserId);

        Assert.Equal(id, MailIdentity.Of(Mail, Ben));
        Assert.Equal(id, MailIdentity.Of(
            Mail with { ItemId = "other", FolderId = "archive", ConversationId = "c9", Subject = "[EXT] Lights", ReceivedAt = At.AddHours(1), Headers = [], Categories = ["Blue"] }, Ben));
        Assert.Equal(id, MailIdentity.Of(Mail with { InternetMessageId = " m1@hotel-sonne.example " }, Ben));
        Assert.NotEqual(id, MailIdentity.Of(Mail with { InternetMessageId = "<M1@hotel-sonne.example>" }, Ben));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void A_mail_without_a_Message_ID_is_itself_in_its_own_mailbox_only(string? messageId)
    {
        var mail = Mail with { InternetMessageId = messageId };

        Assert.Equal(MailIdentity.Of(mail, Ben), MailIdentity.Of(mail with { FolderId = "archive" }, Ben));
        Assert.NotEqual(MailIdentity.Of(mail, Ben), MailIdentity.Of(mail, Mailbox.UserId));
        Assert.NotEqual(MailIdentity.Of(mail, Ben), MailIdentity.Of(mail with { ItemId = "item-2" }, Ben));
    }

    [Fact]
    public void A_meeting_stays_itself_when_it_moves_and_each_occurrence_of_a_series_is_its_own()
    {
        var first = Meeting with { SeriesMasterId = "series", OriginalStartAt = At };
        var second = Meeting with { SeriesMasterId = "series", OriginalStartAt = At.AddDays(7), StartAt = At.AddDays(7) };

        Assert.Equal(MailIdentity.Of(Meeting), MailIdentity.Of(Meeting with { StartAt = At.AddDays(2), Subject = "moved", ItemId = "other" }));
        Assert.Equal(MailIdentity.Of(first), MailIdentity.Of(first with { StartAt = At.AddDays(1), OriginalStartAt = At.ToOffset(TimeSpan.FromHours(5)), SeriesMasterId = "in Ben's calendar" }));
        Assert.Equal(3, new[] { Meeting, first, second }.Select(MailIdentity.Of).Distinct().Count());
    }

    [Fact]
    public void Answers_belong_to_the_thread_that_they_answer_in_every_mailbox()
    {
        var thread = MailIdentity.ThreadOf(Mail, Mailbox.UserId);
        var answer = Mail with { InternetMessageId = "<m2@x>", Subject = "Re: Lights" };

        Assert.Equal(thread, MailIdentity.ThreadOf(Mail with { ConversationId = "c9" }, Ben));
        Assert.Equal(thread, MailIdentity.ThreadOf(answer.WithHeader("In-Reply-To", "<m1@hotel-sonne.example>"), Ben));
        Assert.Equal(thread, MailIdentity.ThreadOf(answer.WithHeader("In-Reply-To", "<m7@x>").WithHeader("REFERENCES", "\r\n\t<m1@hotel-sonne.example>\r\n <m7@x>"), Ben));
        Assert.NotEqual(thread, MailIdentity.ThreadOf(Mail with { InternetMessageId = "<m2@x>", Subject = "Lights" }, Mailbox.UserId));
    }

    [Fact]
    public void What_was_sent_without_headers_belongs_to_the_mailbox_s_conversation_if_it_looks_like_an_answer()
    {
        var sent = Sent with { Subject = "AW: Lights" };

        Assert.Equal(MailIdentity.ThreadOf(sent, Ben), MailIdentity.ThreadOf(sent with { InternetMessageId = "<m3@kern-licht.example>", Subject = "Re: AW: Lights" }, Ben));
        Assert.NotEqual(MailIdentity.ThreadOf(sent, Ben), MailIdentity.ThreadOf(sent, Mailbox.UserId));
        Assert.NotEqual(MailIdentity.ThreadOf(sent, Ben), MailIdentity.ThreadOf(sent with { Subject = "Lights" }, Ben));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("nothing here")]
    [InlineData("<never closed")]
    public void A_reference_that_names_nothing_begins_no_thread(string references) =>
        Assert.Equal(MailIdentity.ThreadOf(Mail, Ben), MailIdentity.ThreadOf(Mail.WithHeader("References", references), Ben));
}
