using System.Net;
using System.Text.Json;

namespace OutlookCrm.Graph;

/// <summary>Sorts what Graph refused by what to do about it. By its own words first, then by status.</summary>
internal static class GraphTroubles
{
    private const int BandwidthExceeded = 509;
    private const int MaxCodeLength = 64;
    private const int MaxDepth = 4;

    // Of delta: the token is expired, lost or not understood.
    private static readonly HashSet<string> ResyncCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "syncStateNotFound", "syncStateInvalid", "resyncRequired", "resyncChangesApplyDifferences", "resyncChangesUploadDifferences",
        "ErrorInvalidSyncStateData", "InvalidDeltaToken",
    };

    // The mailbox is not there, or not in the cloud. Graph says most of it with 404, like of a mail that is gone.
    private static readonly HashSet<string> MissingCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "RESTAPINotEnabledForComponentSharedMailbox", "MailboxNotHostedInExchangeOnline",
        "ErrorNonExistentMailbox", "ErrorMailboxNotFound", "ErrorInvalidUser", "ErrorInvalidMailbox", "ErrorMissingInformationEmailAddress",
        "ErrorMailboxConfiguration", "ErrorAccountDisabled", "AccountDisabled", "MailboxInactive", "ErrorMailboxInactive",
        "Request_ResourceNotFound", "ResourceNotFound",
    };

    // It is not there, or not for us.
    private static readonly HashSet<string> ReconnectCodes = new(MissingCodes, StringComparer.OrdinalIgnoreCase)
    {
        "OrganizationFromTenantGuidNotFound", "OrganizationNotFound",
        "InvalidAuthenticationToken", "ErrorAccessDenied", "Authorization_RequestDenied", "AuthenticationError",
    };

    private static readonly HashSet<string> TemporaryCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "TooManyRequests", "ApplicationThrottled", "MailboxConcurrency", "ActivityLimitReached", "ServiceNotAvailable", "ErrorServerBusy",
        "ErrorMailboxStoreUnavailable", "ErrorMailboxMoveInProgress", "ErrorMailboxFailover", "ErrorMailboxInfoStale", "MailboxInfoStale",
        "ErrorTimeoutExpired", "ErrorExceededConnectionCount", "ErrorInternalServerTransientError",
    };

    /// <summary>True for a word of Graph's that says that there is no such mailbox.</summary>
    public static bool IsMissing(string code) => MissingCodes.Contains(code);

    /// <param name="codes">The error's own code, then those within it; empty when the answer is not Graph's JSON.</param>
    /// <param name="isLink">The request followed a link of Graph's: nothing but the link can be wrong with it.</param>
    public static (GraphTrouble Trouble, string Code) Sort(int status, IReadOnlyList<string> codes, bool isLink)
    {
        var (trouble, telling) =
            Telling(ResyncCodes) is { } resync ? (GraphTrouble.Resync, resync)
            : status == (int)HttpStatusCode.Gone ? (GraphTrouble.Resync, null)
            : Telling(TemporaryCodes) is { } temporary ? (GraphTrouble.Temporary, temporary)
            : Telling(ReconnectCodes) is { } reconnect ? (GraphTrouble.Reconnect, reconnect)
            : status switch
            {
                (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => (GraphTrouble.Reconnect, null),
                (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or BandwidthExceeded or >= 500 => (GraphTrouble.Temporary, null),

                // Graph always says why. Who does not is a gateway in between, or Graph in trouble.
                _ when codes.Count == 0 => (GraphTrouble.Temporary, null),
                _ => (isLink ? GraphTrouble.Resync : GraphTrouble.Item, (string?)null),
            };
        return (trouble, telling ?? (codes is [var outermost, ..] ? outermost : $"Http{status}"));

        string? Telling(HashSet<string> known) => codes.FirstOrDefault(known.Contains);
    }

    /// <summary>The codes of an OData error body, outermost first. They may stand in logs: what is no plain word is left out.</summary>
    public static IReadOnlyList<string> CodesIn(JsonElement body)
    {
        var codes = new List<string>();
        var at = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error) ? error : default;
        for (var depth = 0; depth < MaxDepth && at.ValueKind == JsonValueKind.Object; depth++)
        {
            if (GraphJson.Text(at, "code") is { Length: > 0 and <= MaxCodeLength } code && code.All(IsPlain))
            {
                codes.Add(code);
            }

            at = at.TryGetProperty("innerError", out var inner) || at.TryGetProperty("innererror", out inner) ? inner : default;
        }

        return codes;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
