using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>
/// Changes how a mailbox is logged. Who sees what holds for the past at once; the rest from now on, and an earlier first day for
/// what was before. An edit that is already so is answered as done.
/// </summary>
public sealed class UpdateMailbox(
    MailboxAccess access, CapturedMailboxes mailboxes, MailboxPages pages, CaptureRequests requests, Caller caller, TimeProvider clock)
{
    private const int MaxYearsBack = 10;

    [Function(nameof(UpdateMailbox)), Requires(Role.Reader)]
    [Says("Change how a mailbox is logged (JSON merge patch); send its ETag in If-Match")]
    [Takes(typeof(UpdateMailboxRequest))]
    [Answers(200, typeof(MailboxSettings)), Answers(404)]
    [Answers(412, typeof(SettingsConflict), "Somebody changed the settings since they were read; nothing was saved"), Answers(428)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "mailboxes/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateMailboxRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal) || !EntityTag.TryReadIfMatch(request, out var version, out refusal))
        {
            return refusal;
        }

        if (await access.FindToSetAsync(id, cancellation) is not { } found)
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        var errors = new FieldErrors();
        if (asked.Since.IsGiven)
        {
            Check(asked.Since.Value, errors);
        }

        IReadOnlyList<string>? categories = asked.PrivateCategories.IsGiven ? Tidy(asked.PrivateCategories.Value ?? []) : null;
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        MailboxRow? yours = null;
        var saved = await mailboxes.ChangeAsync(
            caller.TenantId,
            found.UserId,
            current =>
            {
                var edited = current with
                {
                    IsOn = asked.IsOn.Or(current.IsOn),
                    Visibility = asked.ColleaguesSee.IsGiven ? MailboxPages.VisibilityOf(asked.ColleaguesSee.Value) : current.Visibility,
                    Since = asked.Since.Or(current.Since),
                    PrivateCategories = categories is null || categories.SequenceEqual(current.PrivateCategories, StringComparer.Ordinal)
                        ? current.PrivateCategories
                        : categories,
                };
                yours = current.ETag != version && edited != current ? edited : null;
                return yours is null ? edited : current;
            },
            cancellation);
        if (saved is null or { IsRemoved: true })
        {
            return Answer.NotFound(MailboxAccess.NotFound);
        }

        if (yours is not null)
        {
            return Answer.Changed(new SettingsConflict(EntityTag.For(saved.ETag!), [.. Differences(yours, saved)]));
        }

        if (saved.ToMailbox().IsOn)
        {
            await requests.LookAsync(caller.TenantId, saved.UserId, cancellation);
        }
        else
        {
            await requests.EndSubscriptionsAsync(caller.TenantId, saved.UserId, cancellation);
        }

        var settings = await pages.SettingsAsync(saved, cancellation);
        return Answer.Ok(settings, settings.ETag);
    }

    private void Check(DateOnly since, FieldErrors errors)
    {
        // Somewhere it is tomorrow already.
        var latest = clock.GetUtcNow().DayInUtc().AddDays(1);
        if (since > latest || since < latest.AddYears(-MaxYearsBack))
        {
            errors.Add("since", $"must not be in the future, and at most {MaxYearsBack} years back");
        }
    }

    private static List<string> Tidy(IReadOnlyList<string> categories) =>
        [.. categories.Select(category => category.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<FieldConflict> Differences(MailboxRow yours, MailboxRow theirs)
    {
        (string Field, string Label, Func<MailboxRow, string> Shown)[] fields =
        [
            ("isOn", "Logging", row => row.IsOn ? "on" : "off"),
            ("colleaguesSee", "Colleagues see", row => Words(row.Visibility)),
            ("since", "Since", row => row.Since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ("privateCategories", "Private", row => string.Join(", ", row.PrivateCategories)),
        ];
        return fields
            .Where(field => field.Shown(yours) != field.Shown(theirs))
            .Select(field => new FieldConflict(field.Field, field.Label, field.Shown(yours), field.Shown(theirs)));
    }

    private static string Words(MailboxVisibility visibility) => visibility switch
    {
        MailboxVisibility.Shared => "everything",
        MailboxVisibility.TimesAndPeople => "times and people only",
        _ => "nothing",
    };
}
