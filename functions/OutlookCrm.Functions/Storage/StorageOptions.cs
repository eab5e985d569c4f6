using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Storage;

/// <summary>Where records and messages are kept: section <c>Storage</c>.</summary>
public sealed class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    /// <summary>Default: one file on this machine.</summary>
    public StorageKind Kind { get; set; } = StorageKind.Sqlite;

    /// <summary>The database file; it and its folder are made when absent.</summary>
    public string SqliteFile { get; set; } = "outlook-crm.db";

    /// <summary>How long a write waits for another process that writes to the file: 0 to 1 minute, default 5 seconds.</summary>
    public TimeSpan SqliteBusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How large the database file may grow, 1 to 1,000,000 MiB; as large as the disk takes unless set. What would not fit is refused, and all that was
    /// acknowledged stays: so an operator hears of it before other programs on the disk do.
    /// </summary>
    public int? SqliteMaxMegabytes { get; set; }

    /// <summary>A storage account by key: for development. In Azure give the addresses; the app's own identity is used then.</summary>
    public string? ConnectionString { get; set; }

    public Uri? TableUri { get; set; }

    public Uri? QueueUri { get; set; }

    /// <summary>How long one try of a request may take: 1 second to 2 minutes, default 10 seconds. The service gives up a query after 30.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a failed request is tried again: 0 to 10 times, default 3.</summary>
    public int MaxRetries { get; set; } = 3;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Kind))
        {
            yield return new("Storage:Kind must be sqlite or azure.");
        }

        if (Kind == StorageKind.Sqlite && string.IsNullOrWhiteSpace(SqliteFile))
        {
            yield return new("Storage:SqliteFile must name a file.");
        }

        if (SqliteBusyTimeout < TimeSpan.Zero || SqliteBusyTimeout > TimeSpan.FromMinutes(1))
        {
            yield return new("Storage:SqliteBusyTimeout must be 00:00:00 to 00:01:00.");
        }

        if (SqliteMaxMegabytes is < 1 or > 1_000_000)
        {
            yield return new("Storage:SqliteMaxMegabytes must be 1 to 1000000.");
        }

        if (NetworkTimeout < TimeSpan.FromSeconds(1) || NetworkTimeout > TimeSpan.FromMinutes(2))
        {
            yield return new("Storage:NetworkTimeout must be 00:00:01 to 00:02:00.");
        }

        if (MaxRetries is < 0 or > 10)
        {
            yield return new("Storage:MaxRetries must be 0 to 10.");
        }

        if (Kind != StorageKind.Azure)
        {
            yield break;
        }

        var hasAddresses = TableUri is not null || QueueUri is not null;
        if (string.IsNullOrWhiteSpace(ConnectionString) == !hasAddresses)
        {
            yield return new("For Storage:Kind azure give either Storage:ConnectionString, or Storage:TableUri and Storage:QueueUri.");
        }

        if (hasAddresses && (TableUri?.Scheme != Uri.UriSchemeHttps || QueueUri?.Scheme != Uri.UriSchemeHttps))
        {
            yield return new("Storage:TableUri and Storage:QueueUri must both be given, and be https: they are sent a token.");
        }
    }
}

public enum StorageKind
{
    /// <summary>One file on this machine.</summary>
    Sqlite,

    /// <summary>An Azure storage account, or an emulator of it.</summary>
    Azure,
}
