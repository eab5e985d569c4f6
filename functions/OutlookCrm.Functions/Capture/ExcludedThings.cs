namespace OutlookCrm.Capture;

/// <summary>What somebody said shall not be logged out of their mailbox.</summary>
/// <param name="items">Ids of interactions.</param>
/// <param name="threads">Ids of threads.</param>
public sealed class ExcludedThings(IEnumerable<string> items, IEnumerable<string> threads)
{
    private readonly HashSet<string> items = new(items, StringComparer.Ordinal);
    private readonly HashSet<string> threads = new(threads, StringComparer.Ordinal);

    public static ExcludedThings None { get; } = new([], []);

    public bool HasItem(string interactionId) => items.Contains(interactionId);

    public bool HasThread(string threadId) => threads.Contains(threadId);
}
