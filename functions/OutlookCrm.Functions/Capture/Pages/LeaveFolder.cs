using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>A folder is not logged any more. What was logged stays.</summary>
public sealed class LeaveFolder(MailboxAccess access, CapturedMailboxes mailboxes, MailboxPages pages, Caller caller)
{
    [Function(nameof(LeaveFolder)), Requires(Role.Reader)]
    [Says("Log a folder no more")]
    [Query("folder", Required = true, MaxLength = 400, Says = "Its id")]
    [Answers(200, typeof(MailboxSettings)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mailboxes/{id}/folders")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var folder = request.QueryText("folder")!;
        if (await access.FindToSetAsync(id, cancellation) is not { } row
            || await mailboxes.ChangeAsync(caller.TenantId, row.UserId, current => Without(current, folder), cancellation) is not { } changed)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        var settings = await pages.SettingsAsync(changed, cancellation);
        return Answer.Ok(settings, settings.ETag);
    }

    private static MailboxRow Without(MailboxRow row, string folder)
    {
        var left = row.Folders.Index().Where(one => one.Item != folder).ToList();
        return left.Count == row.Folders.Count
            ? row
            : row with
            {
                Folders = [.. left.Select(one => one.Item)],
                FolderNames = [.. left.Select(one => row.FolderNames.ElementAtOrDefault(one.Index) ?? one.Item)],
            };
    }
}
