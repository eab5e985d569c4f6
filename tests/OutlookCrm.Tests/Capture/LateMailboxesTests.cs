using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Capture;

public sealed class LateMailboxesTests
{
    [Fact]
    public async Task A_mailbox_that_was_not_read_for_an_hour_is_told_of_once_in_each_sweep_until_it_is_read()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await LookAsync();
        await TellAsync();
        Assert.Empty(Told());

        world.Clock.Advance(MailboxSweep.Late + TimeSpan.FromMinutes(1));
        await TellAsync();
        Assert.Contains($"Mailbox {SampleFirm.Mira.Id}: not read since", Assert.Single(Told()), StringComparison.Ordinal);

        await LookAsync();
        await TellAsync();
        Assert.Single(Told());

        async Task LookAsync()
        {
            await world.Services.GetRequiredService<MailboxSweep>().EveryAsync(subscriptions: false, recount: false, CancellationToken.None);
            await world.SettleAsync();
        }

        Task TellAsync() => world.Services.GetRequiredService<MailboxSweep>().TellLateAsync(CancellationToken.None);

        IEnumerable<string> Told() => world.Logs.Lines.Where(line => line.Contains("not read since", StringComparison.Ordinal));
    }
}
