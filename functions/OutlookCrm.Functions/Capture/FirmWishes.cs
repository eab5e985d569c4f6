using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Row <c>m</c> of table <c>mailboxes</c>: how a firm wants mailboxes logged that are new; until an owner says so, as the settings have it.</summary>
/// <param name="MonthsBack">0 to 120.</param>
/// <param name="ETag">The version as read; null while nobody has said anything.</param>
internal sealed record FirmWishes(int MonthsBack, string? ETag)
{
    /// <summary>What If-Match compares; of what nobody has said, too.</summary>
    public string Version => ETag ?? "unsaid";

    public static async Task<FirmWishes> ReadAsync(ITableStore tables, Guid tenantId, MailboxOptions options, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.NewMailboxes, cancellation) is { } row
            ? new FirmWishes((int)row.Properties[nameof(MonthsBack)], row.ETag)
            : new FirmWishes(options.MonthsBack, ETag: null);

    /// <summary>False when somebody was faster: nothing was written.</summary>
    public async Task<bool> TryWriteAsync(ITableStore tables, Guid tenantId, CancellationToken cancellation)
    {
        var row = new TableRow(
            TableKeys.Mailboxes(tenantId), TableKeys.NewMailboxes, new Dictionary<string, object> { [nameof(MonthsBack)] = MonthsBack });
        var outcome = ETag is null
            ? await tables.InsertAsync(Tables.Mailboxes, row, cancellation)
            : await tables.ReplaceAsync(Tables.Mailboxes, row, ETag, cancellation);
        return outcome.IsWritten;
    }
}
