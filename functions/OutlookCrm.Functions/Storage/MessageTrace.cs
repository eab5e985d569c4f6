using System.Diagnostics;

namespace OutlookCrm.Storage;

/// <summary>
/// The W3C trace context of what sent a message, as the first property of a message that is a JSON object: there the Azure host hands it
/// on, and who reads the message's own properties does not see it. Messages without it are read as well.
/// </summary>
public static class MessageTrace
{
    private const string Head = "{\"traceparent\":\"";

    /// <summary>Version, trace, span and flags in hex, with hyphens between.</summary>
    private const int ContextLength = 55;

    /// <summary>
    /// The message with the trace that is going on. As it is when none is, when it has one already, as a copy that is put back has,
    /// and when it is no JSON object or would be too long with it.
    /// </summary>
    public static string Stamp(string message)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } context }
            || !message.StartsWith("{\"", StringComparison.Ordinal)
            || message.StartsWith(Head, StringComparison.Ordinal)
            || WorkQueueLimits.BytesOf(message) + Head.Length + ContextLength + "\",".Length - 1 > WorkQueueLimits.MaxMessageBytes)
        {
            return message;
        }

        return string.Concat(Head, context, "\",", message.AsSpan(1));
    }

    /// <summary>Null when there is none that is well formed.</summary>
    public static ActivityContext? Find(string message) =>
        message.Length > Head.Length + ContextLength
        && message.StartsWith(Head, StringComparison.Ordinal)
        && message[Head.Length + ContextLength] == '"'
        && ActivityContext.TryParse(message.Substring(Head.Length, ContextLength), traceState: null, isRemote: true, out var context)
            ? context
            : null;
}
