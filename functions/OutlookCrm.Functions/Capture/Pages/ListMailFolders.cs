using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>The folders of a mailbox, for choosing some to be logged besides Inbox and Sent Items.</summary>
public sealed class ListMailFolders(MailboxAccess access, GraphMailboxes graph, GraphFolders folders, Caller caller)
{
    internal const string NotNow = "Outlook does not tell the folders right now. Please try again later.";

    internal const string NotConnected = "Outlook CRM is not connected to Microsoft 365 yet.";

    [Function(nameof(ListMailFolders)), Requires(Role.Reader)]
    [Says("Every folder of a mailbox that may be chosen")]
    [Answers(200, typeof(MailFolderList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mailboxes/{id}/folders")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToSetAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (!graph.IsOn)
        {
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, NotConnected);
        }

        try
        {
            var choices = await ChoicesAsync(folders, caller.TenantId, row, cancellation);
            return Answer.Ok(new MailFolderList(
                [.. choices.Where(folder => !row.Folders.Contains(folder.Id)).Select(folder => new MailFolder(folder.Id, folder.Path))]));
        }
        catch (GraphException)
        {
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, NotNow);
        }
    }

    /// <summary>Without those that are always logged and those that never are.</summary>
    /// <exception cref="GraphException">Outlook does not tell.</exception>
    internal static async Task<IReadOnlyList<NamedFolder>> ChoicesAsync(
        GraphFolders folders, Guid tenantId, MailboxRow row, CancellationToken cancellation)
    {
        var user = row.ToMailbox().GraphUser;
        var all = folders.ListAsync(tenantId, user, cancellation);
        var special = folders.FindSpecialAsync(tenantId, user, cancellation);
        await Task.WhenAll(all, special);
        var (inbox, sent, drafts, junk, deleted, outbox) = await special;
        string?[] without = [inbox, sent, drafts, junk, deleted, outbox];
        return [.. (await all).Where(folder => !without.Contains(folder.Id))];
    }
}
