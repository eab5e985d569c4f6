using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// What the caller is to get back to: overdue, today, coming; all customers, one range read a page. On the first page who waits and who has gone
/// quiet as well: rows that are read along.
/// </summary>
public sealed class GetMyDay(Agenda agenda, TimeProvider clock, Caller caller)
{
    /// <summary>Lines a page when the caller does not say.</summary>
    internal const int PageSize = 30;

    [Function(nameof(GetMyDay)), Requires(Role.Reader)]
    [Says("One's own open follow-ups over all customers, the one due first first; on the first page who waits for whom, and who has gone quiet")]
    [Query("from", MaxLength = 10, Says = "Due on this date or later, such as 2026-12-04")]
    [Query("until", MaxLength = 10, Says = "Due on this date or earlier")]
    [Query("after", MaxLength = 100, Says = "The field next of the page before")]
    [Query("size", Min = 1, Max = 200, Says = "Lines a page; 30 when left out")]
    [Answers(200, typeof(MyDay)), Answers(304, when: "The page is as it was (HTML only)")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "my-day")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        var from = Date("from");
        var until = Date("until");
        DateOnly? dueBefore = null;
        string? afterKey = null;
        if (request.QueryText("after") is { } after && !TryReadCursor(after, out dueBefore, out afterKey))
        {
            errors.Add("after", "must be the field next of a page of this list");
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var isFirst = from is null && until is null && afterKey is null;
        var range = isFirst ? TableKeys.AgendaFirstPage
            : from is null && until is null ? TableKeys.AgendaEntries
            : TableKeys.AgendaDays(from ?? DateOnly.MinValue, until ?? DateOnly.MaxValue);
        var size = request.QueryNumber("size") ?? PageSize;
        var rows = await agenda.ReadAsync(caller.TenantId, caller.UserId, range, afterKey, size + 1 + (isFirst ? TableKeys.RowsBeforeAgenda : 0), cancellation);
        var now = clock.GetUtcNow();
        var today = Readers.Of(request.HttpContext).Today;

        // Who waits is told by the day in UTC, what is due by the reader's.
        var time = (today.DayNumber * 4L) + now.DayInUtc().DayNumber - today.DayNumber;
        var stamp = new RowsStamp(TableKeys.Agenda(caller.TenantId, caller.UserId), TableRange.StampOf(rows), time);
        return Answer.Kept(stamp, sight: string.Create(CultureInfo.InvariantCulture, $"{size} {afterKey} {from:O} {until:O}"), () => (MakePage(), (string?)null));

        MyDay MakePage()
        {
            if (isFirst)
            {
                return Agenda.ToFirstPage(rows, size, today, now);
            }

            return Agenda.ToPage([.. rows], size, today, dueBefore);
        }

        DateOnly? Date(string name)
        {
            if (request.QueryText(name) is not { } text)
            {
                return null;
            }

            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                errors.Add(name, "must be a date such as 2026-12-04");
            }

            return day;
        }
    }

    private static bool TryReadCursor(string text, out DateOnly? day, out string? key)
    {
        if (text.Split('-') is [var date, var id]
            && DateOnly.TryParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var due)
            && Guid.TryParseExact(id, "N", out var followUp))
        {
            (day, key) = (due, TableKeys.AgendaEntry(due, followUp));
            return true;
        }

        (day, key) = (null, null);
        return false;
    }
}
