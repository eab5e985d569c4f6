using System.Diagnostics;
using System.Net;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests.LocalHost;

public sealed class CommandLineTests
{
    [Fact]
    public void Words_of_its_own_and_any_setting_are_taken()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
        Assert.True(CommandLine.TryRead(["--port", "0", "--data", folder, "--Firm:Domains:0=firm.example", "--Pane:Scope", "a=b"], out var options, out _));
        Assert.Equal(["http://127.0.0.1:0"], options.Urls);
        Assert.Equal(Path.Combine(folder, "outlook-crm.db"), options.Settings["Storage:SqliteFile"]);
        Assert.Equal("firm.example", options.Settings["Firm:Domains:0"]);
        Assert.Equal("a=b", options.Settings["Pane:Scope"]);

        Assert.True(CommandLine.TryRead(["--data=mine.db", "--urls", "http://[::1]:1; http://127.0.0.1:2"], out options, out _));
        Assert.Equal(Path.GetFullPath("mine.db"), options.Settings["Storage:SqliteFile"]);
        Assert.Equal(["http://[::1]:1", "http://127.0.0.1:2"], options.Urls);
    }

    [Theory]
    [InlineData("--prot", "1")]
    [InlineData("--port", "many")]
    [InlineData("--port", "65536")]
    [InlineData("--data")]
    [InlineData("Firm:Domains", "x")]
    public void A_word_that_means_nothing_is_refused_not_passed_over(params string[] args)
    {
        Assert.False(CommandLine.TryRead(args, out _, out var complaint));
        Assert.Contains(args[0], complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_says_where_it_listens_serves_and_ends_when_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no signal to send
        }

        var folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
        using var program = Start(
            "--port", "0", "--data", folder,
            "--Identity:ClientId=11111111-2222-4333-8444-555555555555", "--Identity:AllowedTenants:0=11111111-2222-4333-8444-666666666666");
        try
        {
            var line = await program.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            while (line?.StartsWith("info: ", StringComparison.Ordinal) is true)
            {
                line = await program.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            }

            Assert.StartsWith("Listening on http://127.0.0.1:", line, StringComparison.Ordinal);
            using var client = new HttpClient { BaseAddress = new Uri(line!["Listening on ".Length..]) };
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/card?address=a@b.example")).StatusCode);

            using var kill = Process.Start("kill", ["-TERM", $"{program.Id}"]);
            await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal((0, ""), (program.ExitCode, await program.StandardError.ReadToEndAsync()));
        }
        finally
        {
            program.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_a_person_can_put_right_is_said_in_a_line_without_a_stack()
    {
        using var program = Start("--port", "0", "--WEBSITE:x=y", "--LocalHost:DrainTime=soon");
        var error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(1, program.ExitCode);
        Assert.Equal("LocalHost:DrainTime is 'soon'; it must be a time span from 00:00:00 to 00:10:00.", error.Trim());
    }

    [Fact]
    public async Task The_program_for_Azure_says_what_to_run_instead()
    {
        using var program = StartAssembly(typeof(OutlookCrmServices).Assembly.Location);
        Assert.Contains("Run OutlookCrm.LocalHost", await program.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        await program.WaitForExitAsync();
        Assert.NotEqual(0, program.ExitCode);
    }

    private static Process Start(params string[] arguments) => StartAssembly(typeof(CommandLine).Assembly.Location, arguments);

    private static Process StartAssembly(string assembly, params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
