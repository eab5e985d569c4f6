using OutlookCrm.Capture;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>One worker a mailbox, and nothing is saved by one who has lost it.</summary>
public sealed class MailboxLeaseTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly Guid User = Guid.NewGuid();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly TestClock clock = new();
    private readonly SqliteTableStore tables;
    private readonly MailboxLeases leases;

    public MailboxLeaseTests()
    {
        tables = new SqliteTableStore(Path.Combine(folder.FullName, "crm.db"), TimeSpan.FromSeconds(5));
        leases = new MailboxLeases(tables, new CaptureReceipts(tables), clock);
    }

    public void Dispose()
    {
        tables.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_many_who_want_a_mailbox_at_once_one_gets_it()
    {
        for (var round = 0; round < 5; round++)
        {
            var got = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(TakeAsync)))).OfType<MailboxLease>().ToList();

            await Assert.Single(got).DisposeAsync(); // and gives it back for the next round
        }
    }

    [Fact]
    public async Task A_worker_who_stood_still_while_another_took_over_saves_nothing_and_is_told()
    {
        var slow = (await TakeAsync())!;
        await SaveAsync(slow, "first");

        // No timer of this worker fires: its process stands still.
        var later = new TestClock(clock.GetUtcNow() + MailboxLease.Length + TimeSpan.FromSeconds(1));
        var other = new MailboxLeases(tables, new CaptureReceipts(tables), later);
        await using var taken = (await other.TryTakeAsync(Tenant, User, await other.ReadAsync(Tenant, User, default), default))!;
        await SaveAsync(taken, "second");

        await Assert.ThrowsAsync<MailboxLeaseLostException>(() => SaveAsync(slow, "third"));
        Assert.True(slow.Token.IsCancellationRequested);
        Assert.Equal("second", (await FindAsync())!.Properties["Link"]);

        await slow.DisposeAsync(); // and does not end the other's
        Assert.Null(await other.TryTakeAsync(Tenant, User, await other.ReadAsync(Tenant, User, default), default));
        await SaveAsync(taken, "fourth");
    }

    [Fact]
    public async Task A_lease_is_renewed_while_Graph_lets_us_wait()
    {
        await using var lease = (await TakeAsync())!;
        for (var i = 0; i < 10; i++)
        {
            await Waiting.UntilAsync(() => clock.WaitingTimers > 0);
            clock.Advance(MailboxLease.Length / 3);
            await Waiting.UntilAsync(() => lease.Row.Until >= clock.GetUtcNow() + (MailboxLease.Length / 3));
        }

        Assert.Null(await TakeAsync());
        await SaveAsync(lease, "still mine");
    }

    [Fact]
    public async Task A_killed_workers_mailbox_is_free_when_its_lease_is_over()
    {
        _ = await TakeAsync();
        var later = new TestClock(clock.GetUtcNow() + MailboxLease.Length);
        var other = new MailboxLeases(tables, new CaptureReceipts(tables), later);

        await using var lease = await other.TryTakeAsync(Tenant, User, await other.ReadAsync(Tenant, User, default), default);

        Assert.NotNull(lease);
    }

    private async Task<MailboxLease?> TakeAsync() =>
        await leases.TryTakeAsync(Tenant, User, await leases.ReadAsync(Tenant, User, default), default);

    private static Task SaveAsync(MailboxLease lease, string link) => lease.CommitAsync(
        new PageReceipt(PageKind.Live, DateTimeOffset.UnixEpoch, [], []), [new TableChange.Put(Cursor(link).ToTableRow(Tenant, User))], next: null, default);

    private Task<TableRow?> FindAsync() =>
        tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(Tenant), TableKeys.MailboxCursor(User, "inbox"), default);

    private static FolderCursor Cursor(string link) =>
        new("inbox", link, DateTimeOffset.UnixEpoch, null, 0, null, new DateOnly(2026, 1, 1), 0, []);
}
