using Microsoft.Extensions.Configuration;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Graph;

public sealed class GraphOptionsTests
{
    private static readonly string ClientId = Guid.NewGuid().ToString();

    [Theory]
    [InlineData("BaseUrl", "http://graph.microsoft.com/v1.0")]
    [InlineData("BaseUrl", "graph.microsoft.com/v1.0")]
    [InlineData("BaseUrl", "https://user@graph.microsoft.com/v1.0")]
    [InlineData("BaseUrl", "https://graph.microsoft.com/v1.0?x=1")]
    [InlineData("AuthorityHost", "http://127.0.0.1:5445")]
    [InlineData("AuthorityCertificate", "0000000000000000000000000000000000000000000000000000000000000000")] // not for Microsoft's own
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Timeout", "30 s")]
    [InlineData("Enabled", "yes")]
    [InlineData("Credential", "password")]
    [InlineData("ClientId", "the app")]
    [InlineData("Secret", "")]
    public void A_wrong_setting_stops_the_start_and_is_named(string setting, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(
            ("Credential", "secret"), ("Secret", "s"), ("ClientId", ClientId), (setting, value)));

        Assert.Contains($"Graph:{setting} must be", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_named_in_one_way_only_and_must_be_there()
    {
        Assert.Throws<InvalidOperationException>(() => Read(("Credential", "certificate"), ("ClientId", ClientId)));
        Assert.Throws<InvalidOperationException>(() => Read(("Credential", "certificate"), ("ClientId", ClientId), ("CertificateFile", "/nowhere.pfx")));
        Assert.Throws<InvalidOperationException>(() => Read(
            ("Credential", "certificate"), ("ClientId", ClientId), ("CertificateFile", "/dev/null"), ("CertificateThumbprint", "00")));
        using var credentials = new GraphCredentials(Read(("Credential", "certificate"), ("ClientId", ClientId), ("CertificateThumbprint", "00")));
        Assert.Throws<InvalidOperationException>(credentials.Check);
    }

    [Fact]
    public void Without_a_credential_nothing_is_read_and_with_one_only_if_it_is_not_switched_off()
    {
        Assert.False(Read().IsOn);
        Assert.False(Read(("Enabled", "false"), ("Credential", "managedIdentity")).IsOn);
        Assert.True(Read(("Credential", "managedIdentity")).IsOn);
        var error = Assert.Throws<InvalidOperationException>(() => Read(("Enabled", "true")));
        Assert.Contains("Graph:Credential", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_product_starts_without_Graph_and_says_once_that_nothing_is_logged()
    {
        await using var crm = await TestCrm.StartAsync();

        Assert.Single(crm.Logs.Lines, line => line.Contains("Mail and meetings are not logged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_product_does_not_start_with_a_certificate_that_it_cannot_use()
    {
        var file = Path.GetTempFileName();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestCrm.StartAsync(new Dictionary<string, string?>
        {
            ["Graph:Credential"] = "certificate",
            ["Graph:CertificateFile"] = file,
        }));
        File.Delete(file);

        Assert.Contains("Graph:CertificateFile", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/.default")]
    [InlineData("https://graph.microsoft.com/v1.0/", "https://graph.microsoft.com/.default")]
    [InlineData("http://127.0.0.1:5445/graph/v1.0", "https://graph.microsoft.com/.default")]
    public void A_token_is_asked_for_the_Graph_of_the_right_cloud(string baseUrl, string scope)
    {
        var options = Read(("BaseUrl", baseUrl));

        Assert.Equal(scope, options.Scope);
        Assert.Equal(baseUrl.TrimEnd('/'), options.Root);
    }

    [Fact]
    public void A_secret_is_not_said()
    {
        var options = Read(("Credential", "secret"), ("Secret", "hush"), ("ClientId", ClientId));

        Assert.DoesNotContain("hush", options.Credential!.ToString(), StringComparison.Ordinal);
    }

    // A setting that is given twice has the later value.
    private static GraphOptions Read(params (string Name, string Value)[] settings) => GraphOptions.From(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Reverse().DistinctBy(setting => setting.Name)
            .Select(setting => KeyValuePair.Create($"Graph:{setting.Name}", (string?)setting.Value)))
        .Build());
}
