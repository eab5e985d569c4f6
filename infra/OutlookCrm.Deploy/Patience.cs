namespace OutlookCrm.Deploy;

/// <summary>The directory shows what was just made only after a while.</summary>
internal sealed class Patience(TimeProvider clock, CancellationToken cancellation)
{
    private const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    /// <exception cref="DeployException">It did not appear within two minutes.</exception>
    public async Task<T> ForAsync<T>(Func<Task<T?>> look, string what)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (tries == Tries)
            {
                throw new DeployException($"The directory does not show {what} yet. Run the same command again in some minutes; what is done already stays.");
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }
}
