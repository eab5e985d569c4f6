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

await using var sandbox = await SandboxApplication.StartAsync(options);
Console.WriteLine($"Outlook is at {sandbox.Addresses.Outlook}");
await sandbox.WaitForShutdownAsync();
return 0;
