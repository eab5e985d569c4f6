using System.Globalization;
using System.Text.Json;

namespace OutlookCrm.Graph;

/// <summary>Graph's event in our words: what is asked for, and how it is read.</summary>
internal static class MeetingJson
{
    /// <summary>All that a <see cref="MeetingItem"/> holds, and no more.</summary>
    public static readonly string[] Fields =
    [
        "id", "iCalUId", "type", "seriesMasterId", "originalStart", "start", "end", "isAllDay", "isCancelled", "isDraft", "responseStatus",
        "sensitivity", "categories", "subject", "bodyPreview", "organizer", "attendees", "transactionId",
        "lastModifiedDateTime",
    ];

    /// <summary>Stands for a series; its occurrences are the meetings.</summary>
    public static bool IsMaster(JsonElement json) => GraphJson.Text(json, "type") == "seriesMaster";

    /// <summary>
    /// False for what a delta tells of an occurrence: ids and times, all else is the master's
    /// (<c>microsoft-graph-docs-contrib</c> issue 34).
    /// </summary>
    public static bool IsWhole(JsonElement json) => GraphJson.Child(json, "iCalUId").ValueKind == JsonValueKind.String;

    public static bool IsOccurrence(JsonElement json) => GraphJson.Text(json, "type") == "occurrence";

    /// <summary>True for an occurrence that was changed, without the start that it was planned for: a delta leaves that out.</summary>
    public static bool LacksOriginalStart(JsonElement json) =>
        GraphJson.Text(json, "type") == "exception" && GraphJson.Time(json, "originalStart") is null;

    public static string? SeriesOf(JsonElement json) => GraphJson.Text(json, "seriesMasterId") is { Length: > 0 } series ? series : null;

    /// <param name="master">
    /// The series, whose UID is that of all its occurrences (an occurrence may have one of its own), and which fills in what an occurrence itself
    /// does not say; itself when there is none.
    /// </param>
    /// <returns>Null, with the reason, when it cannot be told from others or from others of its series.</returns>
    public static MeetingItem? Read(JsonElement json, JsonElement master, out string why)
    {
        var id = GraphJson.Text(json, "id");
        var uid = GraphJson.Text(master, "iCalUId") is { Length: > 0 } ofSeries ? ofSeries : GraphJson.Text(json, "iCalUId");
        var seriesMasterId = SeriesOf(json);
        var isAllDay = GraphJson.Flag(From("isAllDay"), "isAllDay");
        var start = Time(json, "start", isAllDay);
        var originalStart = seriesMasterId is null ? null
            : GraphJson.Text(json, "type") == "exception" ? WholeDay(GraphJson.Time(json, "originalStart"), isAllDay)
            : start;
        why = id is not { Length: > 0 } ? "It has no id."
            : uid is not { Length: > 0 } ? "It has no iCalendar UID."
            : start is null ? "Its start cannot be read."
            : seriesMasterId is not null && originalStart is null ? "Its planned start cannot be read."
            : "";
        if (why.Length > 0)
        {
            return null;
        }

        var end = Time(json, "end", isAllDay) ?? start!.Value;
        return new MeetingItem(
            id!,
            ICalUid.OfSeries(uid!),
            seriesMasterId,
            originalStart,
            start!.Value,
            end < start ? start.Value : end,
            isAllDay,
            GraphJson.Flag(From("isCancelled"), "isCancelled"),
            GraphJson.Flag(From("isDraft"), "isDraft"),
            ResponseOf(GraphJson.Text(GraphJson.Child(From("responseStatus"), "responseStatus"), "response")),
            SensitivityOf(GraphJson.Text(From("sensitivity"), "sensitivity")),
            MailJson.Texts(From("categories"), "categories"),
            GraphJson.Text(From("subject"), "subject"),
            GraphJson.Text(From("bodyPreview"), "bodyPreview"),
            MailJson.Person(From("organizer"), "organizer"),
            [.. GraphJson.Items(From("attendees"), "attendees").Select(Guest).OfType<Attendee>()],
            GraphJson.Text(From("transactionId"), "transactionId"),
            GraphJson.Time(From("lastModifiedDateTime"), "lastModifiedDateTime") ?? default);

        JsonElement From(string name) => GraphJson.Child(json, name).ValueKind == JsonValueKind.Undefined ? master : json;
    }

    private static Attendee? Guest(JsonElement json) => MailJson.Person(json) is not { } who ? null : new Attendee(
        who,
        GraphJson.Text(json, "type") == "optional",
        GraphJson.Text(json, "type") == "resource",
        ResponseOf(GraphJson.Text(GraphJson.Child(json, "status"), "response")));

    /// <summary>Wall-clock time and zone; UTC was asked for. A whole day has no zone: it is that date everywhere.</summary>
    internal static DateTimeOffset? Time(JsonElement json, string name, bool isAllDay)
    {
        var at = GraphJson.Child(json, name);
        if (!DateTime.TryParse(
            GraphJson.Text(at, "dateTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return null;
        }

        var zone = GraphJson.Text(at, "timeZone");
        if (isAllDay || zone is null or "" or "UTC" or "tzone://Microsoft/Utc")
        {
            return new DateTimeOffset(time);
        }

        if (!TimeZoneNames.TryFind(zone, out var known))
        {
            return null;
        }

        // Near the first and last day of all there may be no such time in UTC.
        var ticks = time.Ticks - known.GetUtcOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified)).Ticks;
        return ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    // Told as an instant, which for a whole day is midnight where the mailbox is: from 10 hours behind UTC (Hawaii) to 13 before it
    // (New Zealand in summer).
    private static DateTimeOffset? WholeDay(DateTimeOffset? at, bool isAllDay) =>
        at is not { } instant || !isAllDay || instant > DateTimeOffset.MaxValue.AddDays(-1) ? at
        : new DateTimeOffset(instant.AddHours(13).UtcDateTime.Date, TimeSpan.Zero);

    private static MeetingResponse ResponseOf(string? text) => text switch
    {
        "organizer" => MeetingResponse.Organizer,
        "tentativelyAccepted" => MeetingResponse.Tentative,
        "accepted" => MeetingResponse.Accepted,
        "declined" => MeetingResponse.Declined,
        "notResponded" => MeetingResponse.NotResponded,
        _ => MeetingResponse.None,
    };

    // A value that is none of these is the strictest: nobody knows what was meant.
    private static Sensitivity SensitivityOf(string? text) => text switch
    {
        null or "normal" => Sensitivity.Normal,
        "personal" => Sensitivity.Personal,
        "private" => Sensitivity.Private,
        _ => Sensitivity.Confidential,
    };
}
