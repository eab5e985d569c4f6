using System.Diagnostics;
using OutlookCrm.Deploy;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Deploy;

/// <summary>The script for Exchange as it is run, against a pretend Exchange Online that refuses to make a thing twice.</summary>
public sealed class ScopeMailboxesTests
{
    private static readonly string Clone = Path.GetFullPath(Path.Combine(Azurite.InteropFolder, "..", ".."));

    [FactWithPwsh]
    public async Task The_app_gets_what_deploy_says_in_these_mailboxes_only_and_run_again_it_changes_only_what_was_asked()
    {
        var start = new ProcessStartInfo("pwsh",
        [
            "-NoProfile", "-NonInteractive", "-File", Path.Combine(Azurite.InteropFolder, "pretend-exchange.ps1"),
            "-Script", Path.Combine(Clone, "infra", "scope-mailboxes.ps1"), "-Runs", "plain,digest,digest,plain,plain",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var pwsh = Process.Start(start)!;
        var output = pwsh.StandardOutput.ReadToEndAsync();
        var errors = await pwsh.StandardError.ReadToEndAsync();
        await pwsh.WaitForExitAsync();

        Assert.Equal((0, ""), (pwsh.ExitCode, errors));
        var (plain, digest) = (Roles(digest: false), Roles(digest: true));
        Assert.Equal([plain, digest, digest, plain, plain], (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

        static string Roles(bool digest) => string.Join("; ", Permissions.ForMailboxes(digest).Order(StringComparer.Ordinal).Select(permission => $"Application {permission} in Outlook CRM mailboxes"));
    }

    /// <summary>Needs PowerShell 7 on the PATH, which GitHub's machines have.</summary>
    private sealed class FactWithPwshAttribute : FactAttribute
    {
        public FactWithPwshAttribute()
        {
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(folder => (string[])[Path.Combine(folder, "pwsh"), Path.Combine(folder, "pwsh.exe")]).Any(File.Exists))
            {
                Skip = "There is no pwsh on the PATH.";
            }
        }
    }
}
