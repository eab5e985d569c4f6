namespace OutlookCrm.Storage;

/// <summary>Tells this process's listener of a queue when a message that this process sent or hid is due.</summary>
internal sealed class QueueBell(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Listener> listeners = new(StringComparer.Ordinal);

    /// <summary>A message of this queue can be taken at this time.</summary>
    public void Ring(string queue, DateTimeOffset dueAt)
    {
        lock (gate)
        {
            var listener = Of(queue);
            KeepOneOfThePast(listener, clock.GetUtcNow());
            if (listener.Due.Count == 0 || dueAt < listener.Due.Min)
            {
                // The one who waits looks at the list again.
                listener.Rung.TrySetResult();
                listener.Rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            listener.Due.Add(dueAt);
        }
    }

    /// <summary>Returns when a message is due, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp(); // whatever is done to the clock meanwhile
        while (true)
        {
            Task rung;
            TimeSpan left;
            lock (gate)
            {
                var listener = Of(queue);
                var now = clock.GetUtcNow();
                left = atMost - clock.GetElapsedTime(began);
                if (listener.Due.RemoveWhere(due => due <= now) > 0 || left <= TimeSpan.Zero)
                {
                    return;
                }

                rung = listener.Rung.Task;
                left = listener.Due.Count > 0 && listener.Due.Min - now < left ? listener.Due.Min - now : left;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(rung, Task.Delay(left, clock, either.Token));
            await either.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>In Azure the host listens, not this process: what nobody waits for must not pile up.</summary>
    private static void KeepOneOfThePast(Listener listener, DateTimeOffset now)
    {
        if (listener.Due.Count == 0 || listener.Due.Min > now)
        {
            return;
        }

        while (listener.Due.Count > 0 && listener.Due.Min <= now)
        {
            listener.Due.Remove(listener.Due.Min);
        }

        listener.Due.Add(now);
    }

    private Listener Of(string queue)
    {
        if (!listeners.TryGetValue(queue, out var listener))
        {
            listeners[queue] = listener = new Listener();
        }

        return listener;
    }

    private sealed class Listener
    {
        public SortedSet<DateTimeOffset> Due { get; } = [];

        public TaskCompletionSource Rung { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
