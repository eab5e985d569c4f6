using System.Globalization;

namespace OutlookCrm.Pane;

/// <summary>
/// For whom a view is drawn. Every view takes it beside its model, and draws the same for the same two: what is drawn may be kept.
/// So it knows the day, and no view can say "5 minutes ago".
/// </summary>
/// <param name="Culture">From Accept-Language; en-US when unknown.</param>
/// <param name="TimeZone">From the header Time-Zone (an IANA name); UTC when unknown.</param>
/// <param name="Today">The calendar date in <paramref name="TimeZone"/>.</param>
/// <param name="MayEdit">False for the role reader: views then draw no forms.</param>
public sealed record Reader(CultureInfo Culture, TimeZoneInfo TimeZone, DateOnly Today, bool MayEdit);
