using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>Every endpoint, asked by who must not: another firm's owner with this firm's ids, and a colleague whose role is too low.</summary>
public sealed class NobodyElsesTests
{
    private static readonly string[] AllTables =
        [.. typeof(Tables).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public async Task To_another_firm_whatever_is_here_is_as_if_it_were_not()
    {
        await using var crm = await TestCrm.StartAsync(services: services => services.AddSingleton<IWorkQueue>(new SilentQueue()));
        var seed = await Seed.PlantAsync(crm);
        using var olga = crm.SignIn(A.Olga);
        string[] here =
        [
            seed.CustomerId, seed.NoteId, seed.CallId, seed.LineId, seed.UndoneKey, seed.FollowUpId, seed.SharedMailboxId,
            Seed.WaitingImport, Seed.DoneImport, Seed.Leaver, "pen@friend.example", "second@kunde.example", "AAMk-skipped", "blocked.example",
        ];
        string[] words = [.. here.Except(["blocked.example"]), "seed@kunde.example", "Anna Berg", "Ask again", "info@bergdesign.example"]; // she blocks herself
        var before = await OfFirmAsync(crm);

        foreach (var (endpoint, method) in Calls(endpoint => endpoint.Requires is not null))
        {
            foreach (var accept in (string[])["application/json", "text/html"])
            {
                var path = SampleRequests.PathOf(endpoint, seed) + SampleRequests.QueryOf(endpoint);
                var (status, said) = await AskAsync(olga, endpoint, method, path, seed.ETagFor(endpoint), accept);
                var what = $"{method} {path} as another firm, {accept}: {status} {said}";
                var asked = path + (endpoint.Takes is null ? "" : SampleRequests.Of(endpoint).ToJsonString());
                Assert.False(
                    words.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase) && !asked.Contains(word, StringComparison.OrdinalIgnoreCase)), what);

                // The same of what has never been anywhere: letters and digits of the same kind, turned.
                var absent = InTurned(path);
                if (absent != path)
                {
                    var (absentStatus, absentSaid) = await AskAsync(olga, endpoint, method, absent, seed.ETagFor(endpoint), accept);
                    Assert.True((absentStatus, absentSaid) == (status, InTurned(said)), $"{what}\nbut of what has never been: {absentStatus} {absentSaid}");
                }
            }
        }

        Assert.Equal(before, await OfFirmAsync(crm));

        string InTurned(string text) => here.Aggregate(text, (turned, id) => turned.Replace(id, Turned(id), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_that_is_too_low_changes_and_learns_nothing_anywhere()
    {
        await using var crm = await TestCrm.StartAsync(services: services => services.AddSingleton<IWorkQueue>(new SilentQueue()));
        var seed = await Seed.PlantAsync(crm);
        using var nobody = crm.WithToken(null);
        using var reader = crm.SignIn(A.Rita);
        using var member = crm.SignIn(A.Ben);
        var before = await OfFirmAsync(crm);

        foreach (var (endpoint, method) in Calls(endpoint => endpoint.Requires is not null))
        {
            var path = SampleRequests.PathOf(endpoint, seed) + SampleRequests.QueryOf(endpoint);
            var (status, said) = await AskAsync(nobody, endpoint, method, path, seed.ETagFor(endpoint), "application/json");
            Assert.True(status == (int)HttpStatusCode.Unauthorized, $"{method} {path} by nobody: {status} {said}");
            var tooLow = endpoint.Requires!.Role switch { Role.Owner => (HttpClient[])[reader, member], Role.Member => [reader], _ => [] };
            foreach (var who in tooLow)
            {
                (status, said) = await AskAsync(who, endpoint, method, path, seed.ETagFor(endpoint), "application/json");
                Assert.True(status == (int)HttpStatusCode.Forbidden, $"{method} {path} by who may not: {status} {said}");
            }
        }

        Assert.Equal(before, await OfFirmAsync(crm));
    }

    private static IEnumerable<(HttpEndpoint Endpoint, string Method)> Calls(Func<HttpEndpoint, bool> which) =>
        HttpEndpoint.All.Where(which).SelectMany(endpoint => endpoint.Methods.Select(method => (endpoint, method)));

    private static async Task<(int Status, string Said)> AskAsync(HttpClient client, HttpEndpoint endpoint, string method, string path, string etag, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        request.Content = endpoint.Takes is not null ? new StringContent(SampleRequests.Of(endpoint).ToJsonString(), Encoding.UTF8, "application/json")
            : endpoint.TakesFile is not null ? new ByteArrayContent(Seed.Invoices)
            : null;
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Turned(string id) => new([.. id.Select(c => c switch { >= '0' and < '9' => (char)(c + 1), '9' => '0', >= 'b' and <= 'f' => (char)(c - 1), _ => c })]);

    /// <summary>The rows of the firm that was asked about, but of who has signed in.</summary>
    private static async Task<string> OfFirmAsync(TestCrm crm) => string.Join(
        '\n',
        (await crm.DumpAsync(AllTables)).Split('\n')
            .Where(row => row.Contains(A.Firm.ToString("N"), StringComparison.Ordinal) && !row.StartsWith(Tables.Colleagues, StringComparison.Ordinal)));
}
