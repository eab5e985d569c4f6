using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Privacy;

namespace OutlookCrm.Capture;

/// <summary>Finds out what the rules have to know about a page of a mailbox: a few range reads, and a point read for each address, all at once.</summary>
public sealed class CaptureContexts(
    FirmDirectory directory, BlockLists blocks, ErasedPeople erased, Senders senders, MailboxOptions options)
{
    private static readonly MailFolders NoFolders = new(null, null, null, null, null, null);

    /// <param name="folders">The mailbox's special folders.</param>
    public Task<CaptureContext> ForAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders folders, IReadOnlyList<MailItem> page, CancellationToken cancellation) =>
        ForAsync(tenantId, mailbox, folders, page.SelectMany(CaptureRules.PeopleOn), cancellation);

    public Task<CaptureContext> ForAsync(
        Guid tenantId, CapturedMailbox mailbox, IReadOnlyList<MeetingItem> page, CancellationToken cancellation) =>
        ForAsync(tenantId, mailbox, NoFolders, page.SelectMany(CaptureRules.PeopleOn), cancellation);

    private async Task<CaptureContext> ForAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders folders, IEnumerable<MailAddress> people, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(tenantId, cancellation);
        var own = blocks.ReadAsync(tenantId, mailbox.UserId, cancellation);
        var ofFirm = blocks.ReadAsync(tenantId, userId: null, cancellation);
        var gone = erased.ReadAsync(tenantId, cancellation);
        var customers = senders.FindCustomersAsync(tenantId, people.Where(who => !firm.IsColleague(who)).Distinct(), cancellation);
        await Task.WhenAll(own, ofFirm, gone, customers);
        return new CaptureContext(
            mailbox,
            folders,
            firm,
            [.. options.PrivateCategories, .. mailbox.PrivateCategories],
            BlockedPeople.Of((await own).People.Concat((await ofFirm).People)),
            (await own).Excluded,
            await gone,
            await customers)
        {
            OnlyMine = (await own).OnlyMine,
        };
    }
}
