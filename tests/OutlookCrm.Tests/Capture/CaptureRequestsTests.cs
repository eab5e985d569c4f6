using System.Text.Json;
using OutlookCrm.Capture;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

public sealed class CaptureRequestsTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly Guid Anna = Guid.NewGuid();
    private static readonly Guid Ben = Guid.NewGuid();
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly TestClock clock = new();
    private readonly SqliteWorkQueue queue;
    private readonly CaptureRequests requests;

    public CaptureRequestsTests()
    {
        queue = new SqliteWorkQueue(Path.Combine(folder.FullName, "crm.db"), TimeSpan.FromSeconds(5), clock);
        requests = new CaptureRequests(queue, clock);
    }

    public void Dispose()
    {
        queue.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_thousand_notifications_of_one_moment_are_one_message()
    {
        for (var i = 0; i < 1_000; i++)
        {
            await requests.LookAsync(Tenant, Anna, default, Soon);
        }

        Assert.Empty(await ReceiveAsync()); // not visible yet: whatever comes until then is covered
        clock.Advance(Soon);
        var asked = Assert.Single(await ReceiveAsync());
        Assert.Equal(new MailboxToLookAt(Tenant, Anna), Assert.Single(asked.Mailboxes));
    }

    [Fact]
    public async Task What_comes_while_the_message_is_on_its_way_waits_until_it_is_durable_and_sends_none_of_its_own()
    {
        var slow = new SlowQueue();
        var asks = new CaptureRequests(slow, clock);
        var told = Enumerable.Range(0, 50).Select(_ => asks.LookAsync(Tenant, Anna, default, Soon)).ToList();

        Assert.DoesNotContain(told, one => one.IsCompleted);
        Assert.Equal(1, slow.Sent);
        slow.Answer.SetResult();
        await Task.WhenAll(told);
        Assert.Equal(1, slow.Sent);
    }

    [Fact]
    public async Task A_message_that_could_not_be_sent_fails_for_all_that_it_stands_for_and_the_next_sends_anew()
    {
        var slow = new SlowQueue();
        var asks = new CaptureRequests(slow, clock);
        var told = Enumerable.Range(0, 3).Select(_ => asks.LookAsync(Tenant, Anna, default, Soon)).ToList();
        slow.Answer.SetException(new WorkQueueUnavailableException("full", new IOException()));

        foreach (var one in told)
        {
            await Assert.ThrowsAsync<WorkQueueUnavailableException>(() => one);
        }

        slow.Answer = new TaskCompletionSource();
        slow.Answer.SetResult();
        await asks.LookAsync(Tenant, Anna, default, Soon);
        Assert.Equal(2, slow.Sent);
    }

    [Fact]
    public async Task Who_goes_away_while_the_message_is_on_its_way_takes_it_from_nobody()
    {
        var slow = new SlowQueue();
        var asks = new CaptureRequests(slow, clock);
        using var gone = new CancellationTokenSource();
        var first = asks.LookAsync(Tenant, Anna, gone.Token, Soon);
        var second = asks.LookAsync(Tenant, Anna, default, Soon);

        await gone.CancelAsync();
        Assert.False(second.IsCompleted);
        slow.Answer.SetResult();

        await Task.WhenAll(first, second);
        Assert.Equal(1, slow.Sent);
    }

    [Fact]
    public async Task What_comes_when_the_message_can_already_be_taken_is_asked_for_again()
    {
        await requests.LookAsync(Tenant, Anna, default, Soon);
        clock.Advance(Soon);

        // A worker may have begun its round by now: it cannot be relied on to have seen this.
        await requests.LookAsync(Tenant, Anna, default, Soon);
        clock.Advance(Soon);

        Assert.Equal(2, (await ReceiveAsync()).Count);
    }

    [Fact]
    public async Task A_round_counts_for_a_message_only_when_it_began_after_all_that_the_message_stands_for()
    {
        await requests.LookAsync(Tenant, Anna, default, Soon);
        clock.Advance(Soon / 2);
        var late = clock.GetUtcNow();
        await requests.LookAsync(Tenant, Anna, default, Soon); // covered by the first

        clock.Advance(Soon);
        Assert.True(Assert.Single(await ReceiveAsync()).AskedAt > late);
    }

    [Fact]
    public async Task A_look_in_an_hour_does_not_stand_for_one_now()
    {
        await requests.LookAsync(Tenant, Anna, default, TimeSpan.FromHours(1));
        await requests.LookAsync(Tenant, Anna, default);

        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task Each_mailbox_and_each_other_kind_of_work_is_asked_for_on_its_own()
    {
        await requests.LookAsync(Tenant, Anna, default, Soon);
        await requests.LookAsync([new(Tenant, Anna), new(Tenant, Ben), new(Tenant, Anna, Subscriptions: true), new(Tenant, Ben, Recount: true)], default, Soon);
        clock.Advance(Soon);

        Assert.Equal(
            [new(Tenant, Anna), new(Tenant, Ben), new(Tenant, Anna, Subscriptions: true), new(Tenant, Ben, Recount: true)],
            (await ReceiveAsync()).SelectMany(asked => asked.Mailboxes).ToHashSet());
    }

    [Fact]
    public async Task A_firm_of_three_hundred_mailboxes_fits_into_messages()
    {
        var all = Enumerable.Range(0, 301).Select(_ => new MailboxToLookAt(Tenant, Guid.NewGuid())).ToList();

        await requests.LookAsync(all, default);

        Assert.Equal(all, (await ReceiveAsync()).SelectMany(asked => asked.Mailboxes));
    }

    private async Task<IReadOnlyList<LookAtMailboxes>> ReceiveAsync() =>
    [
        .. (await queue.ReceiveAsync(CaptureRequests.MailboxQueue, 32, TimeSpan.FromMinutes(1), default))
            .Select(message => JsonSerializer.Deserialize<LookAtMailboxes>(message.Body)!),
    ];

    /// <summary>Takes messages and answers when it is told to.</summary>
    private sealed class SlowQueue : IWorkQueue
    {
        public TaskCompletionSource Answer { get; set; } = new();

        public int Sent { get; private set; }

        public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            Sent++;
            return Answer.Task.WaitAsync(cancellation);
        }

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => throw new NotSupportedException();

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
