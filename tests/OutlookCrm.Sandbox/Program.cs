using OutlookCrm.Sandbox;

SandboxOptions options;
try
{
    options = SandboxOptions.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

try
{
    await using var sandbox = await SandboxApplication.StartAsync(options);
    Console.WriteLine($"Outlook is at {sandbox.Addresses.Outlook}");
    await sandbox.WaitForShutdownAsync();
    return 0;
}
catch (Exception problem) when (problem is IOException or InvalidOperationException)
{
    // What a person can put right: a port that is taken, packages that are missing.
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}
