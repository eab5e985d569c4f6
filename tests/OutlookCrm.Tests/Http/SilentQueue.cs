using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>Takes work and never gives it out, so that rows change by requests alone.</summary>
internal sealed class SilentQueue : IWorkQueue
{
    public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<WorkMessage>>([]);

    public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => Task.FromResult(false);

    public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) => Task.FromResult<WorkMessage?>(null);

    public Task<long> CountAsync(string queue, CancellationToken cancellation) => Task.FromResult(0L);

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
}
