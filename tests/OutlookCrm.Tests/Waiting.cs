using System.Diagnostics;

namespace OutlookCrm.Tests;

/// <summary>Waits, in real time, for something that another thread, process or timer is about to do.</summary>
public static class Waiting
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <param name="patience">How long, before the test fails; a minute unless said.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? patience = null)
    {
        for (var waiting = Stopwatch.StartNew(); !await isSo();)
        {
            Assert.True(waiting.Elapsed < (patience ?? Usual), "It did not come about in time.");
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, TimeSpan?)"/>
    public static Task UntilAsync(Func<bool> isSo, TimeSpan? patience = null) => UntilAsync(() => Task.FromResult(isSo()), patience);

    /// <summary>Lets the test's time pass meanwhile, a little after each look, for what waits by that clock.</summary>
    /// <param name="step">How little; 50 ms unless said.</param>
    public static Task WhileTimePassesAsync(TestClock clock, Func<Task<bool>> isSo, TimeSpan? step = null) => UntilAsync(async () =>
    {
        if (await isSo())
        {
            return true;
        }

        clock.Advance(step ?? Step);
        return false;
    });
}
