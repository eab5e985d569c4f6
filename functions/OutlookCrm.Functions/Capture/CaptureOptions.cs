using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.Capture;

/// <summary>Settings under <c>Capture:</c>, checked when the process starts: when mailboxes are looked at.</summary>
/// <param name="NotificationUrl">
/// <c>Capture:NotificationUrl</c>: the public https address of <c>/api/graph/notifications</c>, at which Graph tells of new mail; http on
/// this machine only. Without one mailboxes are polled.
/// </param>
/// <param name="PollInterval">
/// <c>Capture:PollInterval</c>: how often a mailbox is looked at of which nobody tells: 10 seconds to 1 hour, 30 seconds unless set.
/// </param>
/// <param name="HistorySlice">
/// <c>Capture:HistorySlice</c>: how long a mailbox's history is taken before its new mail is looked for again: 1 second to 2 minutes, 15
/// seconds unless set.
/// </param>
public sealed record CaptureOptions(Uri? NotificationUrl, TimeSpan PollInterval, TimeSpan HistorySlice)
{
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static CaptureOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Capture");
        return new CaptureOptions(
            AddressIn(section, "NotificationUrl"),
            LengthIn(section, "PollInterval", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)),
            LengthIn(section, "HistorySlice", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)));
    }

    private static Uri? AddressIn(IConfigurationSection section, string name)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address.Fragment.Length == 0
                ? address
                : throw new InvalidOperationException(
                    $"{section.Path}:{name} must be the https address at which Graph reaches /api/graph/notifications, http on this machine only.");
    }

    private static TimeSpan LengthIn(IConfigurationSection section, string name, TimeSpan usual, TimeSpan least, TimeSpan most)
    {
        if (section[name] is not { } text)
        {
            return usual;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var length) && length >= least && length <= most
            ? length
            : throw new InvalidOperationException($"{section.Path}:{name} must be a time span from {least} to {most}, not \"{text}\".");
    }
}
