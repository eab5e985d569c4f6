using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture.Pages;

/// <summary>Changes what holds for the whole firm: how far back a mailbox is logged that is new. Mailboxes that are there stay as they are.</summary>
public sealed class UpdateFirmLogging(ITableStore tables, MailboxOptions options, MailboxPages pages, Caller caller)
{
    [Function(nameof(UpdateFirmLogging)), Requires(Role.Owner)]
    [Says("Change how far back new mailboxes are logged (JSON merge patch); send the ETag of the firm's settings in If-Match")]
    [Takes(typeof(UpdateFirmLoggingRequest))]
    [Answers(200, typeof(MailboxList))]
    [Answers(412, typeof(SettingsConflict), "Somebody changed it since it was read; nothing was saved"), Answers(428)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "mailboxes")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateFirmLoggingRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal) || !EntityTag.TryReadIfMatch(request, out var version, out refusal))
        {
            return refusal;
        }

        var current = await FirmWishes.ReadAsync(tables, caller.TenantId, options, cancellation);
        var months = asked.MonthsBack.IsGiven ? MonthsBackField.MonthsOf(asked.MonthsBack.Value) : current.MonthsBack;
        if (months != current.MonthsBack
            && (current.Version != version || !await (current with { MonthsBack = months }).TryWriteAsync(tables, caller.TenantId, cancellation)))
        {
            var theirs = await FirmWishes.ReadAsync(tables, caller.TenantId, options, cancellation);
            return Answer.Changed(new SettingsConflict(
                EntityTag.For(theirs.Version),
                [new FieldConflict("monthsBack", "New mailboxes", Words(months), Words(theirs.MonthsBack))]));
        }

        var list = await pages.ListAsync(cancellation);
        return Answer.Ok(list, list.Firm?.ETag);
    }

    private static string Words(int months) => months == 0 ? "from the day on which they are new" : $"{months} months back";
}
