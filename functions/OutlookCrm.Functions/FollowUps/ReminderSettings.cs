using System.Globalization;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>How one colleague wants to be reminded.</summary>
/// <param name="Sink">Where Outlook shows their follow-ups.</param>
/// <param name="TimeZone">Where they live, by its IANA or Windows name; null to go by where they are when they plan.</param>
public sealed record ReminderSettings(SinkKind Sink, string? TimeZone)
{
    public static readonly ReminderSettings Default = new(SinkKind.CalendarEvent, TimeZone: null);

    /// <summary>Null while none is wanted, as at first.</summary>
    public DigestChoice? Digest { get; init; }
}

/// <summary>When one colleague wants their day as a draft, and for whom it is written.</summary>
/// <param name="At">On the clock where they live; see <see cref="Latest"/>.</param>
/// <param name="TimeZone">Where they were when they chose; counts while they do not say where they live.</param>
/// <param name="Culture">Their language when they chose: its region says on which days they work.</param>
public sealed record DigestChoice(TimeOnly At, string TimeZone, string Culture)
{
    /// <summary>An hour before noon: there is time to make up for an outage.</summary>
    public static readonly TimeOnly Latest = new(11, 0);

    internal const string TimeFormat = "HH:mm";
}

/// <summary>Rows <c>s</c> and <c>h</c> of table <c>agenda</c>: how colleagues want to be reminded, and when the firm is closed.</summary>
public sealed class ReminderSettingsStore(ITableStore tables)
{
    private const string Days = "Days";
    private const string DateFormat = "yyyy-MM-dd";
    private const string DigestAt = "DigestAt";
    private const string DigestTimeZone = "DigestTimeZone";
    private const string DigestCulture = "DigestCulture";

    /// <summary>Of one colleague: one point read.</summary>
    public async Task<ReminderSettings> OfAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Agenda, TableKeys.Agenda(tenantId, userId), TableKeys.ReminderSettings, cancellation) is { } row
            ? new ReminderSettings(
                Enum.Parse<SinkKind>((string)row.Properties[nameof(ReminderSettings.Sink)]),
                row.Properties.GetValueOrDefault(nameof(ReminderSettings.TimeZone)) as string)
            {
                Digest = row.Properties.GetValueOrDefault(DigestAt) is string at
                    ? new DigestChoice(
                        TimeOnly.ParseExact(at, DigestChoice.TimeFormat, CultureInfo.InvariantCulture),
                        (string)row.Properties[DigestTimeZone],
                        (string)row.Properties[DigestCulture])
                    : null,
            }
            : ReminderSettings.Default;

    /// <summary>The zone in which what the caller plans falls due, by its IANA or Windows name: where they live, or else where they are now.</summary>
    public async Task<string> TimeZoneAsync(Caller caller, Reader reader, CancellationToken cancellation) =>
        (await OfAsync(caller.TenantId, caller.UserId, cancellation)).TimeZone ?? reader.TimeZone.Id;

    /// <summary>Of two at once the last one's stays.</summary>
    public Task SaveAsync(Guid tenantId, Guid userId, ReminderSettings settings, CancellationToken cancellation)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [nameof(ReminderSettings.Sink)] = settings.Sink.ToString() };
        if (settings.TimeZone is { } zone)
        {
            properties[nameof(ReminderSettings.TimeZone)] = zone;
        }

        if (settings.Digest is { } digest)
        {
            properties[DigestAt] = digest.At.ToString(DigestChoice.TimeFormat, CultureInfo.InvariantCulture);
            properties[DigestTimeZone] = digest.TimeZone;
            properties[DigestCulture] = digest.Culture;
        }

        return tables.PutAsync(
            Tables.Agenda, new TableRow(TableKeys.Agenda(tenantId, userId), TableKeys.ReminderSettings, properties), cancellation);
    }

    /// <summary>The days on which the firm is closed: one point read.</summary>
    public async Task<IReadOnlySet<DateOnly>> HolidaysAsync(Guid tenantId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Agenda, TableKeys.FirmAgenda(tenantId), TableKeys.Holidays, cancellation) is { } row
            ? ((string)row.Properties[Days]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(day => DateOnly.ParseExact(day, DateFormat, CultureInfo.InvariantCulture))
                .ToHashSet()
            : new HashSet<DateOnly>();

    /// <summary>Of two at once the last one's stays.</summary>
    public Task SaveHolidaysAsync(Guid tenantId, IEnumerable<DateOnly> days, CancellationToken cancellation) => tables.PutAsync(
        Tables.Agenda,
        new TableRow(TableKeys.FirmAgenda(tenantId), TableKeys.Holidays, new Dictionary<string, object>
        {
            [Days] = string.Join('\n', days.Distinct().Order().Select(day => day.ToString(DateFormat, CultureInfo.InvariantCulture))),
        }),
        cancellation);
}
