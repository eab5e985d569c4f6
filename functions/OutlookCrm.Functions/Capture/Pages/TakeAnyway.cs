using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Asks for one thing to be logged that the rules had skipped. It happens in the background.</summary>
public sealed class TakeAnyway(MailboxAccess access, MailboxPages pages, CaptureReceipts receipts, CaptureRequests requests, Caller caller)
{
    [Function(nameof(TakeAnyway)), Requires(Role.Reader)]
    [Says("Log one thing that was skipped")]
    [Query("item", Required = true, MaxLength = 400, Says = "The field itemId of a skipped thing")]
    [Answers(200, typeof(Receipt)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mailboxes/{id}/receipt/take")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (await access.FindToOpenAsync(id, cancellation) is not { } row)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (await receipts.FindListedAsync(caller.TenantId, row.UserId, request.QueryText("item")!, cancellation) is not { } wanted)
        {
            return Answer.NotFound(DismissSkipped.NotFound);
        }

        // Asked for before it is called so: a crash in between leaves the question, not a promise.
        await requests.TakeAnywayAsync(caller.TenantId, row.UserId, wanted.ItemId, wanted.IsMeeting, cancellation);
        await receipts.ChangeListedAsync(
            caller.TenantId, row.UserId, wanted.ItemId, item => item with { IsAskedFor = true }, cancellation);
        var reader = Readers.Of(request.HttpContext);
        return Answer.Ok(await pages.ReceiptAsync(row, wanted.JudgedAt.DayIn(reader.TimeZone), reader, cancellation));
    }
}
