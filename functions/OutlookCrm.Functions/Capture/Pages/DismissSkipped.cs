using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>It was right to skip this: it is not named any more. It stays counted.</summary>
public sealed class DismissSkipped(MailboxAccess access, MailboxPages pages, CaptureReceipts receipts, Caller caller)
{
    internal const string NotFound = "No receipt of this mailbox names this thing.";

    [Function(nameof(DismissSkipped)), Requires(Role.Reader)]
    [Says("Take a skipped thing off the list; it stays counted")]
    [Query("item", Required = true, MaxLength = 400, Says = "The field itemId of a skipped thing")]
    [Answers(200, typeof(Receipt)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mailboxes/{id}/receipt/skipped")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToOpenAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        DateTimeOffset? judgedAt = null;
        var isListed = await receipts.ChangeListedAsync(
            caller.TenantId,
            row.UserId,
            request.QueryText("item")!,
            item =>
            {
                judgedAt = item.JudgedAt;
                return null;
            },
            cancellation);
        var reader = Readers.Of(request.HttpContext);
        return isListed
            ? Answer.Ok(await pages.ReceiptAsync(row, judgedAt!.Value.DayIn(reader.TimeZone), reader, cancellation))
            : Answer.NotFound(NotFound);
    }
}
