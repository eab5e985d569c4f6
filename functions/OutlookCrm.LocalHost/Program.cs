using OutlookCrm.LocalHost;

if (args is ["insights", .. var asked])
{
    return await InsightsCommand.RunAsync(asked, Console.Out, Console.Error, CancellationToken.None);
}

if (args is ["export" or "restore", ..])
{
    return await BackupCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
}

if (!CommandLine.TryRead(args, out var options, out var complaint))
{
    Console.Error.WriteLine(complaint);
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

try
{
    await using var host = await LocalHostApplication.StartAsync(options);
    host.SayAddress();
    await host.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or IOException or AggregateException)
{
    // What a person can put right: a setting, a port that is taken, a service that cannot be made.
    Console.Error.WriteLine(e.Message);
    return 1;
}
