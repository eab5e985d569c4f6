using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>What was logged out of a mailbox on a day and what was not, and why.</summary>
public sealed class GetReceipt(MailboxAccess access, MailboxPages pages)
{
    [Function(nameof(GetReceipt)), Requires(Role.Reader)]
    [Says("What was logged out of a mailbox on a day, what was not, and why")]
    [Query("day", MaxLength = 10, Says = "A date such as 2026-11-03 in the time zone of the header Time-Zone, of the last 30 days; today when left out")]
    [Answers(200, typeof(Receipt)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mailboxes/{id}/receipt")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var reader = Readers.Of(request.HttpContext);
        var day = reader.Today;
        if (request.QueryText("day") is { } text
            && (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
                || day > reader.Today || day <= reader.Today.AddDays(-CaptureReceipts.DaysKept)))
        {
            return Answer.Invalid("day", $"must be a date such as 2026-11-03, today or one of the {CaptureReceipts.DaysKept - 1} days before");
        }

        return await access.FindToOpenAsync(id, cancellation) is { } row
            ? Answer.Ok(await pages.ReceiptAsync(row, day, reader, cancellation))
            : Answer.NotFound(MailboxAccess.NotFound);
    }
}
