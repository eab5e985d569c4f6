using OutlookCrm.Deploy;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    return args switch
    {
        ["manifest", .. var rest] => await ManifestCommand.RunAsync(rest, Console.Out, Console.Error, stop.Token),
        ["deploy", .. var rest] => await new DeployCommand(Console.In, Console.Out, TimeProvider.System, stop.Token).RunAsync(rest),
        ["remove", .. var rest] => await new RemoveCommand(Console.In, Console.Out, TimeProvider.System, stop.Token).RunAsync(rest),
        _ => Refuse(),
    };
}
catch (DeployException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped. The same command goes on from here.");
    return 130;
}

static int Refuse()
{
    Console.Error.WriteLine($"{ManifestCommand.Usage}\n{DeployCommand.Usage}\n{RemoveCommand.Usage}");
    return 2;
}
