namespace OutlookCrm;

/// <summary>Several things at once, on the threads of whoever asks for it.</summary>
internal static class OwnThreads
{
    /// <summary>
    /// For <see cref="Parallel"/>, which by itself goes to the thread pool: the store reads on the caller's thread, and a background function has threads
    /// of its own so that requests need not wait for the pool's.
    /// </summary>
    /// <param name="atOnce">At most so many.</param>
    public static ParallelOptions AtMost(int atOnce, CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation, TaskScheduler = TaskScheduler.Current };
}
