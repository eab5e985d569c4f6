using System.Net;
using System.Net.Http.Json;
using Microsoft.Graph;
using Microsoft.Graph.Me.Messages.Item.Forward;
using Microsoft.Graph.Me.Messages.Item.Move;
using Microsoft.Graph.Me.Messages.Item.Reply;
using Microsoft.Graph.Me.Messages.Item.ReplyAll;
using Microsoft.Graph.Me.SendMail;
using Microsoft.Graph.Models;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

public sealed class MailWritingTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static readonly Recipient Customer = To("s.weber@hotel-weberhof.example");

    private readonly GraphServiceClient mira = sandbox.GraphAs(SampleFirm.Mira);
    private readonly GraphServiceClient tomasz = sandbox.GraphAs(SampleFirm.Tomasz);

    [Fact]
    public async Task A_sent_mail_is_one_letter_with_one_message_id_in_each_mailbox_that_it_concerns()
    {
        await SendAsync(mira, new Message
        {
            Subject = "One letter",
            Body = new ItemBody { ContentType = BodyType.Html, Content = "<p>Hello <b>all</b></p>" },
            ToRecipients = [Customer, To(SampleFirm.Tomasz.Address)],
            BccRecipients = [To(SampleFirm.Amara.Address)],
        });

        var sent = await FindAsync(mira, "sentitems", "One letter");
        var received = await FindAsync(tomasz, "inbox", "One letter");
        var blind = await FindAsync(sandbox.GraphAs(SampleFirm.Amara), "inbox", "One letter");
        Assert.Equal((sent.InternetMessageId, sent.InternetMessageId), (received.InternetMessageId, blind.InternetMessageId));
        Assert.Equal((true, false), (sent.IsRead, received.IsRead));
        Assert.Equal(SampleFirm.Amara.Address, Assert.Single(sent.BccRecipients!).EmailAddress!.Address);
        Assert.Empty(received.BccRecipients!);
        Assert.Empty(blind.BccRecipients!);
        Assert.Equal("Hello all", received.BodyPreview);
        Assert.NotEqual(sent.ConversationId, received.ConversationId);
    }

    [Fact]
    public async Task Only_received_mail_has_headers()
    {
        await SendAsync(mira, new Message
        {
            Subject = "Headed",
            ToRecipients = [To(SampleFirm.Tomasz.Address)],
            InternetMessageHeaders = [new() { Name = "x-order", Value = "B26117" }],
        });

        var sent = await FindAsync(mira, "sentitems", "Headed", select: ["internetMessageHeaders"]);
        var received = await FindAsync(tomasz, "inbox", "Headed", select: ["internetMessageHeaders", "internetMessageId"]);

        Assert.Null(sent.InternetMessageHeaders);
        var headers = received.InternetMessageHeaders!.ToDictionary(header => header.Name!, header => header.Value!, StringComparer.OrdinalIgnoreCase);
        Assert.Equal("B26117", headers["X-Order"]);
        Assert.Equal(received.InternetMessageId, headers["Message-ID"]);
    }

    [Fact]
    public async Task A_draft_keeps_its_immutable_id_when_it_is_sent()
    {
        using var made = await sandbox.SendAsync(
            HttpMethod.Post, "/me/messages", new { subject = "Draft", toRecipients = new[] { new { emailAddress = new { address = SampleFirm.Tomasz.Address } } } },
            sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira), "IdType=\"ImmutableId\"");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var draft = await RunningSandbox.ReadAsync(made);
        var id = (string)draft["id"]!;
        Assert.True((bool)draft["isDraft"]!);

        await mira.Me.Messages[id].PatchAsync(new Message { Subject = "Draft, finished" });
        await mira.Me.Messages[id].Send.PostAsync();

        var sent = await mira.Me.Messages[id].GetAsync();
        Assert.Equal((false, "Draft, finished"), (sent!.IsDraft, sent.Subject));
        Assert.Equal((await mira.Me.MailFolders["sentitems"].GetAsync())!.Id, sent.ParentFolderId);
        Assert.Equal(sent.InternetMessageId, (await FindAsync(tomasz, "inbox", "Draft, finished")).InternetMessageId);
        Assert.Equal((400, "ErrorInvalidOperation"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages[id].Send.PostAsync()));
    }

    [Fact]
    public async Task An_answer_stays_in_the_thread_in_every_mailbox()
    {
        await ReceiveAsync(new { from = new { address = "s.weber@hotel-weberhof.example", name = "Sabine Weber" }, to = new[] { SampleFirm.Mira.Address }, cc = new[] { SampleFirm.Tomasz.Address, "technik@hotel-weberhof.example" }, subject = "Lamps", text = "When do they come?" });
        var question = await FindAsync(mira, "inbox", "Lamps");

        await mira.Me.Messages[question.Id].ReplyAll.PostAsync(new ReplyAllPostRequestBody { Comment = "On Monday." });

        var answer = await FindAsync(mira, "sentitems", "RE: Lamps");
        var copy = await FindAsync(tomasz, "inbox", "RE: Lamps", select: ["internetMessageHeaders", "conversationId"]);
        Assert.Equal(question.ConversationId, answer.ConversationId);
        Assert.Equal((await FindAsync(tomasz, "inbox", "Lamps")).ConversationId, copy.ConversationId);
        Assert.Equal(question.InternetMessageId, copy.InternetMessageHeaders!.Single(header => header.Name == "In-Reply-To").Value);
        Assert.Equal(["s.weber@hotel-weberhof.example"], answer.ToRecipients!.Select(who => who.EmailAddress!.Address));
        Assert.Equal([SampleFirm.Tomasz.Address, "technik@hotel-weberhof.example"], answer.CcRecipients!.Select(who => who.EmailAddress!.Address));
        Assert.StartsWith("On Monday. ", answer.BodyPreview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_goes_to_where_the_sender_wants_it_and_a_forward_to_whom_one_names()
    {
        await SendAsync(tomasz, new Message { Subject = "Plans", ToRecipients = [To(SampleFirm.Mira.Address)], ReplyTo = [To("plans@birnbaum-archive.example")] });
        var plans = await FindAsync(mira, "inbox", "Plans");

        await mira.Me.Messages[plans.Id].Reply.PostAsync(new ReplyPostRequestBody { Comment = "Thanks" });
        await mira.Me.Messages[plans.Id].Forward.PostAsync(new ForwardPostRequestBody { Comment = "See below", ToRecipients = [To(SampleFirm.Amara.Address)] });
        var draft = await mira.Me.Messages[plans.Id].CreateReply.PostAsync(new());

        Assert.Equal("plans@birnbaum-archive.example", (await FindAsync(mira, "sentitems", "RE: Plans")).ToRecipients![0].EmailAddress!.Address);
        Assert.Equal("FW: Plans", (await FindAsync(sandbox.GraphAs(SampleFirm.Amara), "inbox", "FW: Plans")).Subject);
        Assert.True(draft!.IsDraft);
        Assert.Equal((400, "ErrorInvalidRecipients"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages[plans.Id].Forward.PostAsync(new())));
    }

    [Fact]
    public async Task Moving_changes_the_id_and_not_the_immutable_one_and_copying_makes_another_message()
    {
        await SendAsync(tomasz, new Message { Subject = "Wanders", ToRecipients = [To(SampleFirm.Mira.Address)] });
        var before = await FindAsync(mira, "inbox", "Wanders");
        var immutable = await ImmutableIdAsync(before.Id!);

        var moved = await mira.Me.Messages[before.Id].Move.PostAsync(new MovePostRequestBody { DestinationId = "archive" });
        var copy = await mira.Me.Messages[moved!.Id].Copy.PostAsync(new() { DestinationId = "inbox" });

        Assert.NotEqual(before.Id, moved.Id);
        Assert.Equal(immutable, await ImmutableIdAsync(moved.Id!));
        Assert.NotEqual(immutable, await ImmutableIdAsync(copy!.Id!));
        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages[before.Id].GetAsync()));
        Assert.Equal("Wanders", (await mira.Me.Messages[immutable].GetAsync())!.Subject);
    }

    [Fact]
    public async Task Deleting_puts_away_first_and_then_for_good()
    {
        await SendAsync(tomasz, new Message { Subject = "Away", ToRecipients = [To(SampleFirm.Mira.Address)] });
        var message = await FindAsync(mira, "inbox", "Away");

        await mira.Me.Messages[message.Id].DeleteAsync();
        var deleted = await FindAsync(mira, "deleteditems", "Away");
        await mira.Me.Messages[deleted.Id].DeleteAsync();

        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages[deleted.Id].GetAsync()));
        await SendAsync(tomasz, new Message { Subject = "Away at once", ToRecipients = [To(SampleFirm.Mira.Address)] });
        await mira.Me.Messages[(await FindAsync(mira, "inbox", "Away at once")).Id].PermanentDelete.PostAsync();
        Assert.Empty((await mira.Me.MailFolders["deleteditems"].Messages.GetAsync(request => request.QueryParameters.Filter = "subject eq 'Away at once'"))!.Value!);
    }

    [Fact]
    public async Task What_an_owner_makes_of_a_mail_can_be_changed_and_what_it_says_cannot()
    {
        var message = (await mira.Me.MailFolders["inbox"].Messages.GetAsync(request => request.QueryParameters.Top = 1))!.Value![0];

        await mira.Me.Messages[message.Id].PatchAsync(new Message
        {
            Categories = ["Private"],
            IsRead = true,
            Flag = new FollowupFlag
            {
                FlagStatus = FollowupFlagStatus.Flagged,
                StartDateTime = new() { DateTime = "2026-12-01T00:00:00", TimeZone = "UTC" },
                DueDateTime = new() { DateTime = "2026-12-02T00:00:00", TimeZone = "UTC" },
            },
        });

        var changed = await mira.Me.Messages[message.Id].GetAsync();
        Assert.Equal(["Private"], changed!.Categories!);
        Assert.Equal("2026-12-02T00:00:00", changed.Flag!.DueDateTime!.DateTime);
        Assert.NotEqual(message.ChangeKey, changed.ChangeKey);
        Assert.Equal((400, "ErrorInvalidPropertySet"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages[message.Id].PatchAsync(new Message { Subject = "Other" })));
        Assert.Equal((400, "BadRequest"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages.PostAsync(new Message { WebLink = "https://x.example" })));
    }

    [Fact]
    public async Task A_private_mail_shows_its_sensitivity_and_its_class_as_extended_properties()
    {
        using var sent = await sandbox.SendAsync(
            HttpMethod.Post, "/me/sendMail",
            new
            {
                message = new
                {
                    subject = "Personal",
                    toRecipients = new[] { new { emailAddress = new { address = SampleFirm.Tomasz.Address } } },
                    singleValueExtendedProperties = new[] { new { id = "Integer 0x0036", value = "2" } },
                },
            },
            sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira));

        var received = (await tomasz.Me.MailFolders["inbox"].Messages.GetAsync(request =>
        {
            request.QueryParameters.Filter = "subject eq 'Personal'";
            request.QueryParameters.Expand = ["singleValueExtendedProperties($filter=id eq 'String 0x001A' or id eq 'Integer 0x0036')"];
        }))!.Value!.Single();

        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal([("String 0x1a", "IPM.Note"), ("Integer 0x36", "2")], received.SingleValueExtendedProperties!.Select(property => (property.Id, property.Value)));
    }

    [Fact]
    public async Task Mail_is_found_by_message_id_and_by_who_took_part()
    {
        await ReceiveAsync(new { from = new { address = "zoe@search.example", name = "Zoë Finder" }, to = new[] { SampleFirm.Mira.Address }, subject = "First", text = "One" });
        await SendAsync(mira, new Message { Subject = "Second", ToRecipients = [To("zoe@search.example")] });
        await SendAsync(mira, new Message { Subject = "Third", ToRecipients = [To("zoe@search.example.org")] });
        var first = await FindAsync(mira, "inbox", "First");

        var byId = await mira.Me.Messages.GetAsync(request => request.QueryParameters.Filter = $"internetMessageId eq '{first.InternetMessageId}'");
        async Task<IEnumerable<string?>> SearchAsync(string words) =>
            (await mira.Me.Messages.GetAsync(request => request.QueryParameters.Search = $"\"{words}\""))!.Value!.Select(message => message.Subject).Order();

        Assert.Equal(first.Id, Assert.Single(byId!.Value!).Id);
        Assert.Equal(["First", "Second", "Third"], await SearchAsync("participants:zoe@search.example"));
        Assert.Equal(["First"], await SearchAsync("from:zoe@search.example"));
        Assert.Equal(["Second", "Third"], await SearchAsync("to:zoe@search.example"));
        Assert.Equal(["Third"], await SearchAsync("to:zoe@search.example subject:third"));
        Assert.Equal((400, "SearchWithOtherOptions"), await RunningSandbox.RefusalAsync(() => mira.Me.Messages.GetAsync(request =>
        {
            request.QueryParameters.Search = "\"participants:zoe@search.example\"";
            request.QueryParameters.Orderby = ["receivedDateTime"];
        })));
    }

    [Fact]
    public async Task A_page_after_another_skips_and_doubles_nothing_while_mail_comes_and_goes()
    {
        var folder = await mira.Me.MailFolders.PostAsync(new MailFolder { DisplayName = "Pages" });
        var inside = await mira.Me.MailFolders[folder!.Id].ChildFolders.PostAsync(new MailFolder { DisplayName = "Within" });
        var letters = sandbox.Application.MailboxOf(SampleFirm.Mira).Messages.Take(30).Select(message => message.Letter).ToList();
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);
        letters.ForEach(letter => mailbox.Add(letter, mailbox.FindFolder(inside!.Id!)!, letter.SentAt, isRead: true));

        var path = $"/users/{SampleFirm.Mira.Id}/mailFolders/{inside!.Id}/messages?$top=7&$select=internetMessageId";
        var seen = new List<string>();
        for (var next = path; next is not null;)
        {
            var page = await sandbox.GetAsync(next);
            seen.AddRange(page["value"]!.AsArray().Select(item => (string)item!["internetMessageId"]!));
            next = (string?)page["@odata.nextLink"];
            mailbox.Add(letters[0] with { InternetMessageId = $"<new-{seen.Count}@x.example>" }, mailbox.FindFolder(inside.Id!)!, letters[0].SentAt.AddMinutes(seen.Count), isRead: false);
            mailbox.DeleteForGood(mailbox.FindByInternetMessageId(seen[^1]).Single(message => message.FolderId == inside.Id).Id);
        }

        Assert.Equal(letters.Select(letter => letter.InternetMessageId).Order(), seen.Order());
        Assert.Equal(1, (await mira.Me.MailFolders[folder.Id].GetAsync())!.ChildFolderCount);
        Assert.Equal("Within", Assert.Single((await mira.Me.MailFolders[folder.Id].ChildFolders.GetAsync())!.Value!).DisplayName);
        Assert.Equal((409, "ErrorFolderExists"), await RunningSandbox.RefusalAsync(() => mira.Me.MailFolders.PostAsync(new MailFolder { DisplayName = "pages" })));
    }

    [Theory]
    [InlineData("outOfOffice", "IPM.Note.Rules.OofTemplate.Microsoft", "Auto-Submitted")]
    [InlineData("bounce", "REPORT.IPM.Note.NDR", "X-Failed-Recipients")]
    [InlineData("newsletter", "IPM.Note", "List-Unsubscribe")]
    public async Task What_programs_send_in_carries_their_signs(string kind, string messageClass, string header)
    {
        await SendAsync(mira, new Message { Subject = $"Before {kind}", ToRecipients = [Customer] });
        var sent = await FindAsync(mira, "sentitems", $"Before {kind}");

        await ReceiveAsync(new { kind, from = new { address = "robot@machine.example" }, to = new[] { SampleFirm.Mira.Address }, inReplyTo = sent.InternetMessageId });

        var received = (await mira.Me.MailFolders["inbox"].Messages.GetAsync(request =>
        {
            request.QueryParameters.Filter = "from/emailAddress/address eq 'robot@machine.example'";
            request.QueryParameters.Select = ["internetMessageHeaders", "conversationId"];
            request.QueryParameters.Expand = ["singleValueExtendedProperties($filter=id eq 'String 0x001A')"];
        }))!.Value!.Single(message => message.ConversationId == sent.ConversationId);
        Assert.Equal(messageClass, Assert.Single(received.SingleValueExtendedProperties!).Value);
        Assert.Contains(received.InternetMessageHeaders!, one => one.Name == header);
    }

    [Fact]
    public async Task What_is_addressed_to_nobody_of_us_is_refused()
    {
        using var nobody = await sandbox.Client.PostAsJsonAsync(
            "/sandbox/incoming", new { from = new { address = "a@x.example" }, to = new[] { "b@x.example" }, subject = "?", text = "?" });
        using var noAddress = await sandbox.Client.PostAsJsonAsync(
            "/sandbox/incoming", new { from = new { address = "a@x.example" }, to = new[] { "mira" }, subject = "?", text = "?" });

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], new[] { nobody.StatusCode, noAddress.StatusCode });
    }

    private static Recipient To(string address) => new() { EmailAddress = new EmailAddress { Address = address } };

    private static Task SendAsync(GraphServiceClient client, Message message) =>
        client.Me.SendMail.PostAsync(new SendMailPostRequestBody { Message = message, SaveToSentItems = true });

    private async Task ReceiveAsync(object mail)
    {
        using var answer = await sandbox.Client.PostAsJsonAsync("/sandbox/incoming", mail);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> ImmutableIdAsync(string id)
    {
        var message = await sandbox.GetAsync($"/users/{SampleFirm.Mira.Id}/messages/{id}", "IdType=\"ImmutableId\"");
        return (string)message["id"]!;
    }

    private static async Task<Message> FindAsync(GraphServiceClient client, string folder, string subject, string[]? select = null) =>
        Assert.Single((await client.Me.MailFolders[folder].Messages.GetAsync(request =>
        {
            request.QueryParameters.Filter = $"subject eq '{subject}'";
            request.QueryParameters.Select = select;
        }))!.Value!);
}
