using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Writing, sending, answering, moving and deleting mail.</summary>
internal static class MailWriting
{
    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapPost("/sendMail", SendMailAsync).Needing(Needs.SendMail);
        user.MapPost("/messages", context => DraftAsync(context, "drafts")).Needing(Needs.WriteMail);
        user.MapPost("/mailFolders/{folder}/messages", context => DraftAsync(context, (string)context.Request.RouteValues["folder"]!)).Needing(Needs.WriteMail);
        user.MapPatch("/messages/{message}", ChangeAsync).Needing(Needs.WriteMail);
        user.MapDelete("/messages/{message}", context => DeleteAsync(context, forGood: false)).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/permanentDelete", context => DeleteAsync(context, forGood: true)).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/move", context => PutAsync(context, (mailbox, id, folder, at) => mailbox.Move(id, folder, at))).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/copy", context => PutAsync(context, (mailbox, id, folder, at) => mailbox.Copy(id, folder, at))).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/send", SendDraftAsync).Needing(Needs.SendMail);
        user.MapPost("/messages/{message}/reply", context => AnswerAsync(context, Answer.Reply, send: true)).Needing(Needs.SendMail);
        user.MapPost("/messages/{message}/replyAll", context => AnswerAsync(context, Answer.ReplyAll, send: true)).Needing(Needs.SendMail);
        user.MapPost("/messages/{message}/forward", context => AnswerAsync(context, Answer.Forward, send: true)).Needing(Needs.SendMail);
        user.MapPost("/messages/{message}/createReply", context => AnswerAsync(context, Answer.Reply, send: false)).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/createReplyAll", context => AnswerAsync(context, Answer.ReplyAll, send: false)).Needing(Needs.WriteMail);
        user.MapPost("/messages/{message}/createForward", context => AnswerAsync(context, Answer.Forward, send: false)).Needing(Needs.WriteMail);
        user.MapPost("/mailFolders", context => AddFolderAsync(context, mailbox => mailbox.RootFolderId)).Needing(Needs.WriteMail);
        user.MapPost("/mailFolders/{folder}/childFolders", context => AddFolderAsync(context, mailbox => MailReading.FolderOf(context, mailbox).Id)).Needing(Needs.WriteMail);
    }

    private enum Answer
    {
        Reply,
        ReplyAll,
        Forward,
    }

    private static Post PostOf(HttpContext context) => context.RequestServices.GetRequiredService<Post>();

    private static async Task SendMailAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var message = Property(body, "message") as JsonObject ?? throw GraphError.BadRequest("The parameter 'Message' is missing.");
        var post = PostOf(context);
        var letter = MailInput.RequireRecipients(MailInput.ReadLetter(message, New(mailbox, post)));
        post.Send(mailbox, letter, keep: Property(body, "saveToSentItems") is not { } keep || MailInput.Bool(keep, "saveToSentItems"));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task DraftAsync(HttpContext context, string folder)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var place = MailReading.FolderOf(mailbox, folder);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var post = PostOf(context);
        var letter = MailInput.ReadLetter(body, New(mailbox, post));
        await WriteDraftAsync(context, mailbox, place, letter, post.Now, draft => MailInput.ReadState(body, draft));
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var message = MailReading.MessageOf(context, mailbox);
        var changes = await GraphAnswers.ReadBodyAsync(context);
        if (!message.IsDraft)
        {
            MailInput.RequireStateOnly(changes);
        }

        var changed = mailbox.Change(message.Id, PostOf(context).Now, now => MailInput.ReadState(changes, now) with
        {
            Letter = now.IsDraft ? MailInput.ReadLetter(changes, now.Letter) : now.Letter,
        });
        await MailReading.WriteAsync(context, mailbox, changed ?? throw GraphError.ItemNotFound());
    }

    private static Task DeleteAsync(HttpContext context, bool forGood)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var id = (string)context.Request.RouteValues["message"]!;
        if (!(forGood ? mailbox.DeleteForGood(id) : mailbox.Delete(id, PostOf(context).Now)))
        {
            throw GraphError.ItemNotFound();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task PutAsync(HttpContext context, Func<Mailbox, string, MailFolder, DateTimeOffset, MailboxMessage?> put)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var message = MailReading.MessageOf(context, mailbox);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var folder = MailReading.FolderOf(mailbox, MailInput.Text(Property(body, "destinationId"), "DestinationId"));
        var there = put(mailbox, message.Id, folder, PostOf(context).Now) ?? throw GraphError.ItemNotFound();
        await MailReading.WriteAsync(context, mailbox, there, StatusCodes.Status201Created);
    }

    private static Task SendDraftAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var draft = MailReading.MessageOf(context, mailbox);
        MailInput.RequireRecipients(draft.Letter);
        if (PostOf(context).SendDraft(mailbox, draft.Id) is null)
        {
            throw GraphError.Refused("ErrorInvalidOperation", "Only a draft can be sent.");
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context, Answer kind, bool send)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var original = MailReading.MessageOf(context, mailbox);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var post = PostOf(context);
        var id = post.NewMessageId(SampleFirm.Domain);
        var comment = Property(body, "comment") is { } said ? MailInput.Text(said, "Comment") : "";
        var letter = kind == Answer.Forward
            ? Answers.Forward(original, mailbox.Owner, id, comment, Property(body, "toRecipients") is { } to ? MailInput.ReadRecipients(to, "ToRecipients") : [])
            : Answers.Reply(original, mailbox.Owner, id, comment, toAll: kind == Answer.ReplyAll);
        if (Property(body, "message") is JsonObject message)
        {
            letter = message.ContainsKey("body") && comment.Length > 0
                ? throw GraphError.BadRequest("A comment and the body of the message cannot both be given.")
                : MailInput.ReadLetter(message, letter);
        }

        if (send)
        {
            post.Send(mailbox, MailInput.RequireRecipients(letter));
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        else
        {
            await WriteDraftAsync(context, mailbox, mailbox.Folder("drafts"), letter, post.Now, draft => draft);
        }
    }

    private static async Task AddFolderAsync(HttpContext context, Func<Mailbox, string> parent)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var parentId = parent(mailbox);
        var name = MailInput.Text((await GraphAnswers.ReadBodyAsync(context))["displayName"], "displayName");
        var folder = mailbox.AddFolder(name, parentId)
            ?? throw new GraphError(StatusCodes.Status409Conflict, "ErrorFolderExists", "A folder with the specified name already exists.");
        await MailReading.WriteFolderAsync(context, mailbox, folder, StatusCodes.Status201Created);
    }

    private static Task WriteDraftAsync(
        HttpContext context, Mailbox mailbox, MailFolder folder, Letter letter, DateTimeOffset at, Func<MailboxMessage, MailboxMessage> state)
    {
        var draft = mailbox.Add(letter with { SentAt = at }, folder, at, isRead: true);
        draft = mailbox.Change(draft.Id, at, made => state(made) with { IsDraft = true, HasHeaders = false })!;
        return MailReading.WriteAsync(context, mailbox, draft, StatusCodes.Status201Created);
    }

    // The names of an action's parameters are written in both ways.
    private static JsonNode? Property(JsonObject body, string name) => body[name] ?? body[char.ToUpperInvariant(name[0]) + name[1..]];

    private static Letter New(Mailbox mailbox, Post post)
    {
        var id = post.NewMessageId(SampleFirm.Domain);
        return new Letter(id, id, new Correspondent(mailbox.Owner.Name, mailbox.Owner.Address), [], [], "", post.Now, "", null, [], []);
    }
}
