using System.Globalization;
using OutlookCrm.Identity;
using OutlookCrm.Storage;

namespace OutlookCrm.Firm;

/// <summary>A row of table <c>colleagues</c>: one of us who has signed in. A partition per firm.</summary>
/// <param name="Address">The sign-in name, which need not be a mail address; null when the token had none.</param>
/// <param name="FirstSeenOn">In UTC, as is <paramref name="LastSeenOn"/>.</param>
internal sealed record ColleagueRow(Guid UserId, string Name, string? Address, DateOnly FirstSeenOn, DateOnly LastSeenOn)
{
    private const string DateFormat = "yyyy-MM-dd"; // tables have no date type; this one sorts as text

    public static ColleagueRow From(Caller caller, DateOnly today) => new(caller.UserId, caller.Name, caller.Address, today, today);

    public static ColleagueRow From(TableRow row) => new(
        Guid.ParseExact(row.RowKey, "N"),
        (string)row.Properties[nameof(Name)],
        row.Properties.GetValueOrDefault(nameof(Address)) as string,
        DateOf(row, nameof(FirstSeenOn)),
        DateOf(row, nameof(LastSeenOn)));

    public TableRow ToTableRow(Guid tenantId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Name)] = Name,
            [nameof(FirstSeenOn)] = FirstSeenOn.ToString(DateFormat, CultureInfo.InvariantCulture),
            [nameof(LastSeenOn)] = LastSeenOn.ToString(DateFormat, CultureInfo.InvariantCulture),
        };
        if (Address is not null)
        {
            properties[nameof(Address)] = Address;
        }

        return new TableRow(TableKeys.Colleagues(tenantId), TableKeys.Colleague(UserId), properties);
    }

    private static DateOnly DateOf(TableRow row, string name) =>
        DateOnly.ParseExact((string)row.Properties[name], DateFormat, CultureInfo.InvariantCulture);
}
