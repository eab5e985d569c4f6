using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Row <c>m|{user}</c> of table <c>mailboxes</c>: how a mailbox is logged.</summary>
/// <param name="IsOn">As its user wants it.</param>
/// <param name="IsOffForFirm">An owner of the firm switched it off, whatever its user wants.</param>
/// <param name="IsRemoved">A shared mailbox that was taken off the list; who sees what came out of it is still known.</param>
/// <param name="ETag">The version as read; null when it is new.</param>
internal sealed record MailboxRow(
    Guid UserId,
    string Address,
    string Name,
    bool IsShared,
    bool IsOn,
    bool IsOffForFirm,
    bool IsRemoved,
    MailboxVisibility Visibility,
    DateOnly Since,
    IReadOnlyList<string> Folders,
    string? ETag = null)
{
    /// <summary>Of the chosen folders, in their order: what they were called when they were chosen.</summary>
    public IReadOnlyList<string> FolderNames { get; init; } = [];

    /// <summary>What this mailbox calls private besides what all do; at most 20.</summary>
    public IReadOnlyList<string> PrivateCategories { get; init; } = [];

    public DateTimeOffset? AddedAt { get; init; }

    private const string DateFormat = "yyyy-MM-dd"; // tables have no date type; this one sorts as text

    public static MailboxRow From(TableRow row) => new(
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        (string)row.Properties[nameof(Address)],
        (string)row.Properties[nameof(Name)],
        row.Properties[nameof(IsShared)] is true,
        row.Properties[nameof(IsOn)] is true,
        row.Properties[nameof(IsOffForFirm)] is true,
        row.Properties[nameof(IsRemoved)] is true,
        Enum.Parse<MailboxVisibility>((string)row.Properties[nameof(Visibility)]),
        DateOnly.ParseExact((string)row.Properties[nameof(Since)], DateFormat, CultureInfo.InvariantCulture),
        Lines(row, nameof(Folders)),
        row.ETag)
    {
        FolderNames = Lines(row, nameof(FolderNames)),
        PrivateCategories = Lines(row, nameof(PrivateCategories)),
        AddedAt = row.Properties.GetValueOrDefault(nameof(AddedAt)) as DateTimeOffset?,
    };

    public TableRow ToTableRow(Guid tenantId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Address)] = Address,
            [nameof(Name)] = Name,
            [nameof(IsShared)] = IsShared,
            [nameof(IsOn)] = IsOn,
            [nameof(IsOffForFirm)] = IsOffForFirm,
            [nameof(IsRemoved)] = IsRemoved,
            [nameof(Visibility)] = Visibility.ToString(),
            [nameof(Since)] = Since.ToString(DateFormat, CultureInfo.InvariantCulture),
        };
        Add(nameof(Folders), Folders);
        Add(nameof(FolderNames), FolderNames);
        Add(nameof(PrivateCategories), PrivateCategories);
        if (AddedAt is { } addedAt)
        {
            properties[nameof(AddedAt)] = addedAt.ToUniversalTime();
        }

        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.Mailbox(UserId), properties);

        void Add(string name, IReadOnlyList<string> lines)
        {
            if (lines.Count > 0)
            {
                properties[name] = string.Join('\n', lines);
            }
        }
    }

    public CapturedMailbox ToMailbox() =>
        new(UserId, Address, Name, IsShared, IsOn && !IsOffForFirm && !IsRemoved, Visibility, Since, Folders) { PrivateCategories = PrivateCategories, FolderNames = FolderNames };

    private static string[] Lines(TableRow row, string name) => (row.Properties.GetValueOrDefault(name) as string)?.Split('\n') ?? [];
}

/// <summary>The settings' rows of table <c>mailboxes</c>.</summary>
internal sealed class MailboxRows(ITableStore tables)
{
    // A firm has thirty people; this is a limit against runaway lists.
    public const int MaxMailboxes = 1_000;

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 50;

    /// <summary>All of a firm, the removed ones too: one range read.</summary>
    public async Task<IReadOnlyList<MailboxRow>> ListAsync(Guid tenantId, CancellationToken cancellation)
    {
        var rows = await tables.RangeAsync(
            Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.MailboxSettings, MaxMailboxes, cancellation);
        return [.. rows.Select(MailboxRow.From)];
    }

    public async Task<MailboxRow?> FindAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.Mailbox(userId), cancellation) is { } row
            ? MailboxRow.From(row)
            : null;

    /// <summary>False when there is one already.</summary>
    public async Task<bool> TryAddAsync(Guid tenantId, MailboxRow row, CancellationToken cancellation) =>
        (await tables.InsertAsync(Tables.Mailboxes, row.ToTableRow(tenantId), cancellation)).IsWritten;

    /// <summary>The row as it is after all; null when there is none.</summary>
    public async Task<MailboxRow?> ChangeAsync(Guid tenantId, Guid userId, Func<MailboxRow, MailboxRow> change, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync(tenantId, userId, cancellation) is not { ETag: { } etag } row)
            {
                return null;
            }

            var next = change(row);
            if (next == row)
            {
                return row;
            }

            var outcome = await tables.ReplaceAsync(Tables.Mailboxes, next.ToTableRow(tenantId), etag, cancellation);
            if (outcome.IsWritten)
            {
                return next with { ETag = outcome.ETag };
            }
        }

        throw new TableStoreUnavailableException("The mailbox's settings changed again and again; nothing was saved.");
    }
}
