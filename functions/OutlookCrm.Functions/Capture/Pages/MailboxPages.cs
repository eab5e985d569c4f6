using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture.Pages;

/// <summary>What the pane shows of mailboxes, made of settings, status, receipts and block lists, as far as the caller may see them.</summary>
public sealed class MailboxPages(
    CapturedMailboxes mailboxes,
    MailboxStatuses statuses,
    CaptureReceipts receipts,
    BlockLists blocks,
    ErasedPeople erased,
    Senders senders,
    MailboxAccess access,
    MailboxOptions options,
    CaptureOptions capture,
    GraphMailboxes graph,
    ITableStore tables,
    Caller caller,
    TimeProvider clock)
{
    internal async Task<MailboxSettings> SettingsAsync(MailboxRow row, CancellationToken cancellation)
    {
        var own = blocks.ReadAsync(caller.TenantId, row.UserId, cancellation);
        var firm = blocks.ReadAsync(caller.TenantId, userId: null, cancellation);
        var status = statuses.FindAsync(caller.TenantId, row.UserId, cancellation);
        await Task.WhenAll(own, firm, status);
        var chosen = row.Folders.Select((id, i) => new MailFolder(id, row.FolderNames.ElementAtOrDefault(i) ?? id)).ToList();
        return new MailboxSettings(
            IdOf(row),
            EntityTag.For(row.ETag!),
            row.Name,
            row.Address,
            row.IsShared,
            row.IsOn,
            row.IsOffForFirm,
            SeenBy(row.Visibility),
            row.Since,
            chosen,
            [
                .. (await status).MailElsewhere
                    .Where(folder => !row.Folders.Contains(folder.Id))
                    .Select(folder => new MailFolder(folder.Id, folder.Path)),
            ],
            row.PrivateCategories,
            Shown(await own),
            Shown(await firm));
    }

    internal async Task<MailboxList> ListAsync(CancellationToken cancellation)
    {
        var rows = mailboxes.SettingsAsync(caller.TenantId, cancellation);
        var known = statuses.ListAsync(caller.TenantId, cancellation);
        var firm = caller.Role >= Role.Owner ? FirmAsync(cancellation) : Task.FromResult<FirmLogging?>(null);
        await Task.WhenAll(rows, known, firm);
        var byUser = (await known).ToDictionary(status => status.UserId);
        var now = clock.GetUtcNow();
        var shown = (await rows)
            .Where(access.MayWatch)
            .Select(row => Health(row, byUser.GetValueOrDefault(row.UserId) ?? MailboxStatus.None(row.UserId), now));
        return new MailboxList(
            now,
            [
                .. shown
                    .OrderBy(one => one.Condition is MailboxCondition.Good or MailboxCondition.Waiting or MailboxCondition.Off or MailboxCondition.OffForFirm)
                    .ThenBy(one => one.Name, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(one => one.Id, StringComparer.Ordinal),
            ],
            await firm);
    }

    internal async Task<ReceiptLine> LineAsync(MailboxRow? row, Reader reader, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var mark = erased.FindCardsMarkAsync(caller.TenantId, cancellation);
        if (row is null)
        {
            return new ReceiptLine(now, Condition: null, LastTakenAt: null, 0, 0, 0, History: null, await mark);
        }

        var (from, before) = DayBounds.Of(reader.Today, reader.TimeZone);
        var status = statuses.FindAsync(caller.TenantId, row.UserId, cancellation);
        var receipt = receipts.ReadAsync(caller.TenantId, row.UserId, from, before, cancellation);
        await Task.WhenAll(status, receipt, mark);
        return new ReceiptLine(
            now,
            MailboxHealths.Judge(row, await status, now, capture.PollInterval, graph.IsOn),
            (await receipt).LastTakenAt,
            (await receipt).Taken,
            (await receipt).Older,
            (await receipt).Skipped.Values.Sum(),
            HistoryOf(row, await status),
            await mark);
    }

    /// <param name="day">Where the reader is: today, or one of the days before of which receipts are kept.</param>
    internal async Task<Receipt> ReceiptAsync(MailboxRow row, DateOnly day, Reader reader, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var (from, before) = DayBounds.Of(day, reader.TimeZone);
        var status = statuses.FindAsync(caller.TenantId, row.UserId, cancellation);
        var receipt = receipts.ReadAsync(caller.TenantId, row.UserId, from, before, cancellation);
        var own = blocks.ReadAsync(caller.TenantId, row.UserId, cancellation);
        var gone = erased.ReadAsync(caller.TenantId, cancellation);
        await Task.WhenAll(status, receipt, own, gone);
        var listed = (await receipt).Listed
            .Select(item => (Item: item, Address: MailAddress.TryParse(item.Address, out var address) ? address : null))
            .ToList();
        var forgotten = await gone;
        listed.RemoveAll(one => one.Address is not null && forgotten.Has(one.Address)); // erased since
        var customers = await senders.FindCustomersAsync(
            caller.TenantId, listed.Select(one => one.Address).OfType<MailAddress>().Distinct(), cancellation);
        var entries = (await own).People;
        var things = listed.ToLookup(
            one => one.Item.Reason,
            one => new SkippedThing(
                one.Item.ItemId,
                one.Item.IsMeeting,
                one.Item.At,
                one.Item.Address,
                one.Address is not null && customers.TryGetValue(one.Address, out var known) ? known.Id.ToString() : null,
                one.Address is null ? null : entries.FirstOrDefault(entry => entry.Target.Covers(one.Address))?.Target.Text,
                one.Item.IsAskedFor));
        return new Receipt(
            Health(row, await status, now),
            now,
            day,
            day > reader.Today.AddDays(1 - CaptureReceipts.DaysKept) ? day.AddDays(-1) : null,
            day < reader.Today ? day.AddDays(1) : null,
            (await receipt).Taken,
            (await receipt).Older,
            Reasons((await receipt).Skipped, things),
            (await receipt).LastTakenAt,
            (await receipt).HistoryTaken,
            Reasons((await receipt).HistorySkipped, things: null));
    }

    /// <summary>As the contract calls what colleagues see.</summary>
    internal static ColleaguesSee SeenBy(MailboxVisibility visibility) => visibility switch
    {
        MailboxVisibility.Shared => ColleaguesSee.Everything,
        MailboxVisibility.TimesAndPeople => ColleaguesSee.TimesAndPeople,
        _ => ColleaguesSee.Nothing,
    };

    /// <summary>The other way of <see cref="SeenBy"/>.</summary>
    internal static MailboxVisibility VisibilityOf(ColleaguesSee seen) => seen switch
    {
        ColleaguesSee.Everything => MailboxVisibility.Shared,
        ColleaguesSee.TimesAndPeople => MailboxVisibility.TimesAndPeople,
        _ => MailboxVisibility.OnlyMe,
    };

    private async Task<FirmLogging?> FirmAsync(CancellationToken cancellation)
    {
        var wishes = FirmWishes.ReadAsync(tables, caller.TenantId, options, cancellation);
        var firm = blocks.ReadAsync(caller.TenantId, userId: null, cancellation);
        await Task.WhenAll(wishes, firm);
        return new FirmLogging(
            EntityTag.For((await wishes).Version), MonthsBackField.Covering((await wishes).MonthsBack), Shown(await firm));
    }

    private MailboxHealth Health(MailboxRow row, MailboxStatus status, DateTimeOffset now)
    {
        var condition = MailboxHealths.Judge(row, status, now, capture.PollInterval, graph.IsOn);
        return new MailboxHealth(
            IdOf(row),
            row.Name,
            row.Address,
            row.IsShared,
            access.MayOpen(row),
            access.MaySet(row),
            condition,
            status.LastSuccessAt,
            status.Lag is { } lag ? (int)Math.Clamp(lag.TotalSeconds, 0, int.MaxValue) : null,
            (int)capture.PollInterval.TotalSeconds,
            status.IsNotified && status.SubscriptionExpiresAt > now,
            status.SubscriptionExpiresAt,
            status.TroubleCode,
            status.TroubleSince,
            status.RetryAt,
            HistoryOf(row, status),
            status.RecountedAt,
            status.RecountFound);
    }

    private string IdOf(MailboxRow row) => row.UserId == caller.UserId ? MailboxAccess.Mine : row.UserId.ToString("D");

    private static HistoryProgress HistoryOf(MailboxRow row, MailboxStatus status) =>
        new(status.HistoryDone, status.HistoryReached, row.Since, status.HistoryIsComplete);

    private static IReadOnlyList<BlockedSender> Shown(BlockList list) =>
    [
        .. list.People
            .OrderBy(entry => entry.Target.Text, StringComparer.OrdinalIgnoreCase)
            .Select(entry => new BlockedSender(entry.Target.Text, entry.Target.Domain is not null, entry.AddedAt, entry.By)),
    ];

    private static IReadOnlyList<SkippedForReason> Reasons(
        IReadOnlyDictionary<IgnoreReason, int> counts, ILookup<IgnoreReason, SkippedThing>? things) =>
    [
        .. counts
            .OrderByDescending(one => one.Value)
            .ThenBy(one => one.Key)
            .Select(one => new SkippedForReason(Enum.Parse<SkipReason>(one.Key.ToString()), one.Value, [.. things?[one.Key] ?? []])),
    ];
}
