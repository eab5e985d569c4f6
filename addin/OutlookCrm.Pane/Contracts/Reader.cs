using System.Globalization;

namespace OutlookCrm.Pane;

/// <summary>For whom a view is drawn. Every view takes it beside its model.</summary>
/// <param name="Culture">From Accept-Language; en-US when unknown.</param>
/// <param name="TimeZone">From the header Time-Zone (an IANA name); UTC when unknown.</param>
/// <param name="MayEdit">False for the role reader: views then draw no forms.</param>
public sealed record Reader(CultureInfo Culture, TimeZoneInfo TimeZone, DateTimeOffset Now, bool MayEdit);
