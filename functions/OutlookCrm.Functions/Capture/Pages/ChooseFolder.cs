using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>One more folder of a mailbox is logged.</summary>
public sealed class ChooseFolder(
    MailboxAccess access, CapturedMailboxes mailboxes, GraphMailboxes graph, GraphFolders folders, MailboxPages pages, CaptureRequests requests, Caller caller)
{
    private const int MaxFolders = 20;

    [Function(nameof(ChooseFolder)), Requires(Role.Reader)]
    [Says("Log one more folder")]
    [Takes(typeof(ChooseFolderRequest))]
    [Answers(200, typeof(MailboxSettings)), Answers(404), Answers(409, when: "20 folders are chosen already")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mailboxes/{id}/folders")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<ChooseFolderRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (await access.FindToSetAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (!graph.IsOn)
        {
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, ListMailFolders.NotConnected);
        }

        NamedFolder? folder;
        try
        {
            folder = (await ListMailFolders.ChoicesAsync(folders, caller.TenantId, row, cancellation)).FirstOrDefault(one => one.Id == asked.Id);
        }
        catch (GraphException)
        {
            return Answer.Refused(StatusCodes.Status503ServiceUnavailable, ListMailFolders.NotNow);
        }

        if (folder is null)
        {
            return Answer.Invalid("id", "must be a folder of this mailbox");
        }

        var changed = await mailboxes.ChangeAsync(caller.TenantId, row.UserId, current => With(current, folder), cancellation);
        if (changed is null)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (!changed.Folders.Contains(folder.Id))
        {
            return Answer.Conflict($"{MaxFolders} folders are chosen already. Leave one out first.");
        }

        await requests.LookAsync(caller.TenantId, row.UserId, cancellation);
        var settings = await pages.SettingsAsync(changed, cancellation);
        return Answer.Ok(settings, settings.ETag);
    }

    private static MailboxRow With(MailboxRow row, NamedFolder folder)
    {
        if (row.Folders.Contains(folder.Id) || row.Folders.Count >= MaxFolders)
        {
            return row;
        }

        var names = row.Folders.Select((id, i) => row.FolderNames.ElementAtOrDefault(i) ?? id);
        return row with { Folders = [.. row.Folders, folder.Id], FolderNames = [.. names, folder.Path.ReplaceLineEndings(" ")] };
    }
}
