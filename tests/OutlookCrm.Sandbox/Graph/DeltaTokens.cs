using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// Where somebody is in a folder's or a calendar's changes. It travels in the token, which nobody else can read or make: the server keeps
/// nothing.
/// </summary>
/// <param name="Folder">The folder's id; null for the calendar.</param>
/// <param name="IsSnapshot">Still telling what was there at the beginning; afterwards what changed since.</param>
/// <param name="Since">The version at which the caller knew, or will know, everything.</param>
/// <param name="IssuedAt">Ticks: tokens age.</param>
/// <param name="Epoch">Tokens of an earlier one are expired.</param>
internal sealed record DeltaState(Guid User, string? Folder, bool IsSnapshot, long Since, long IssuedAt, int Epoch)
{
    /// <summary>The version up to which changes were told in this round.</summary>
    public long Told { get; init; }

    /// <summary>Messages: received from this moment on, in ticks. Calendar: the window's start.</summary>
    public long From { get; init; }

    /// <summary>Calendar: the window's end.</summary>
    public long To { get; init; }

    public string? Select { get; init; }

    public bool WithAttachments { get; init; }

    /// <summary>created, updated or deleted; null for all.</summary>
    public string? ChangeType { get; init; }

    /// <summary>Of the first request; null when it named none.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where the snapshot has got to: time and number of the last message, or number of the last event.</summary>
    public long AfterTicks { get; init; }

    public int? AfterNumber { get; init; }

    /// <summary>How many messages were given since the first request.</summary>
    public int Given { get; init; }
}

/// <summary>How a delta token that is no longer good is refused; Microsoft's documentation knows both.</summary>
public enum DeltaRefusal
{
    /// <summary>410 with a Location that begins anew.</summary>
    Gone,

    /// <summary>404 with the code syncStateNotFound.</summary>
    SyncStateNotFound,
}

/// <summary>Makes delta tokens and reads them. They end by age, on command, and with the sandbox: it forgets what happened in it.</summary>
public sealed class DeltaTokens(TimeProvider clock)
{
    private const int SignatureBytes = 16;

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private int epoch;

    /// <summary>How long a token is good. Microsoft promises nothing for mail; a week is what people see.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How the next expired one is refused.</summary>
    public DeltaRefusal Refusal { get; set; } = DeltaRefusal.Gone;

    /// <summary>From now on every token given so far is expired.</summary>
    public void ExpireAll(DeltaRefusal refusal)
    {
        Refusal = refusal;
        Interlocked.Increment(ref epoch);
    }

    internal string Write(DeltaState state)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(state with { IssuedAt = clock.GetUtcNow().Ticks, Epoch = Volatile.Read(ref epoch) });
        return WebEncoders.Base64UrlEncode([.. HMACSHA256.HashData(key, content).AsSpan(0, SignatureBytes), .. content]);
    }

    /// <param name="user">Whose mailbox is asked about; a token of another is none.</param>
    /// <param name="folder">Null for the calendar.</param>
    /// <param name="address">Where to begin anew.</param>
    /// <exception cref="GraphError">The token is expired, or was never one.</exception>
    internal DeltaState Read(string token, Guid user, string? folder, string address)
    {
        if (Decode(token) is not { } state || state.User != user || state.Folder != folder)
        {
            throw GraphError.Refused("syncStateInvalid", "Badly formed token.");
        }

        return state.Epoch == Volatile.Read(ref epoch) && clock.GetUtcNow().Ticks - state.IssuedAt <= Lifetime.Ticks ? state : throw Expired(address);
    }

    private GraphError Expired(string address)
    {
        const string Message = "The sync state generation is not found; resync is required.";
        return Refusal == DeltaRefusal.Gone
            ? new GraphError(StatusCodes.Status410Gone, "resyncRequired", Message) { Location = address }
            : new GraphError(StatusCodes.Status404NotFound, "syncStateNotFound", Message);
    }

    private DeltaState? Decode(string token)
    {
        byte[] bytes;
        try
        {
            bytes = WebEncoders.Base64UrlDecode(token);
        }
        catch (FormatException)
        {
            return null;
        }

        if (bytes.Length <= SignatureBytes)
        {
            return null;
        }

        // One of an earlier run has another signature: what it stood for is gone with that run.
        var content = bytes.AsSpan(SignatureBytes);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, content).AsSpan(0, SignatureBytes), bytes.AsSpan(0, SignatureBytes)))
        {
            return Earlier(content);
        }

        return JsonSerializer.Deserialize<DeltaState>(content);
    }

    private static DeltaState? Earlier(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<DeltaState>(content) is { } state ? state with { Epoch = -1 } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
