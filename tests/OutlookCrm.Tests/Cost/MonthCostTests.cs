using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.Cost;

namespace OutlookCrm.Tests.Cost;

public sealed class MonthCostTests
{
    private const string Group = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/outlook-crm";

    private static readonly Dictionary<string, string?> OneFirm = new() { ["Identity:AllowedTenants"] = A.Firm.ToString("D") };

    [Fact]
    public async Task An_owner_sees_what_Azure_says_of_its_own_resource_group_until_the_month_is_over()
    {
        await using var azure = await CostManagement.StartAsync();
        await using var crm = await StartAsync(azure);
        using var anna = crm.SignIn(A.Anna);
        Assert.Equal("notToldYet", (string?)(await CostAsync(anna))["state"]);

        await AskAsync(crm);
        var cost = await CostAsync(anna);
        Assert.Equal(("told", """[{"amount":"4.13","currency":"EUR"}]"""), ((string?)cost["state"], cost["spent"]!.ToJsonString()));
        var (path, token, body) = Assert.Single(azure.Asked);
        Assert.Equal(($"{Group}/providers/Microsoft.CostManagement/query", "Bearer for https://management.azure.com/.default"), (path, token));
        Assert.Equal(("ActualCost", "MonthToDate"), ((string?)body["type"], (string?)body["timeframe"]));

        // What it said stands while it does not answer, or not with costs.
        foreach (var answer in new[] { (503, ""), (429, ""), (200, "<html>"), (200, """{"properties":{"columns":[],"rows":[[1]]}}"""), (200, "[]") })
        {
            azure.Answer = answer;
            await AskAsync(crm);
            Assert.Equal("told", (string?)(await CostAsync(anna))["state"]);
        }

        crm.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal("notToldYet", (string?)(await CostAsync(anna))["state"]);
    }

    [Fact]
    public async Task A_refusal_is_told_until_Azure_lets_the_app_know()
    {
        await using var azure = await CostManagement.StartAsync();
        await using var crm = await StartAsync(azure);
        using var anna = crm.SignIn(A.Anna);
        var good = azure.Answer;
        azure.Answer = (403, """{"error":{"code":"RBACAccessDenied"}}""");
        await AskAsync(crm);
        Assert.Equal("refused", (string?)(await CostAsync(anna))["state"]);

        azure.Answer = good;
        await AskAsync(crm);
        Assert.Equal("told", (string?)(await CostAsync(anna))["state"]);
    }

    [Fact]
    public async Task Outside_Azure_nobody_is_asked_and_of_several_firms_none_sees_the_bill()
    {
        await using var azure = await CostManagement.StartAsync();
        await using var elsewhere = await StartAsync(azure, group: null);
        await using var shared = await StartAsync(azure, firms: new Dictionary<string, string?>());
        foreach (var (crm, state) in new[] { (elsewhere, "notInAzure"), (shared, "shared") })
        {
            using var anna = crm.SignIn(A.Anna);
            await AskAsync(crm);
            Assert.Equal(state, (string?)(await CostAsync(anna))["state"]);
        }

        Assert.Single(azure.Asked);
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestCrm.StartAsync(new Dictionary<string, string?> { ["Cost:ResourceGroup"] = "https://elsewhere.example" }));
    }

    private static Task<TestCrm> StartAsync(CostManagement azure, string? group = Group, Dictionary<string, string?>? firms = null) => TestCrm.StartAsync(
        firms ?? OneFirm,
        services: services => services
            .AddSingleton(new CostOptions { ResourceGroup = group, Management = azure.Address })
            .AddSingleton(DelegatedTokenCredential.Create((context, _) => new AccessToken($"for {Assert.Single(context.Scopes)}", DateTimeOffset.MaxValue))));

    private static Task AskAsync(TestCrm crm) => ActivatorUtilities.CreateInstance<ReadMonthCost>(crm.Services).RunAsync(new TimerInfo(), default);

    private static async Task<JsonNode> CostAsync(HttpClient owner) => (await owner.GetFromJsonAsync<JsonObject>("/api/firm/health"))!["cost"]!;

    /// <summary>Azure's Cost Management, as its page <c>Query - Usage</c> describes it.</summary>
    private sealed class CostManagement(WebApplication application) : IAsyncDisposable
    {
        public Uri Address => new(application.Urls.Single());

        public ConcurrentQueue<(string Path, string Token, JsonObject Body)> Asked { get; } = [];

        public (int Status, string Body) Answer { get; set; } = (200, """
            {"properties":{"nextLink":null,"columns":[{"name":"Cost","type":"Number"},{"name":"Currency","type":"String"}],"rows":[[4.125678,"EUR"]]}}
            """);

        public static async Task<CostManagement> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var application = builder.Build();
            application.Urls.Add("http://127.0.0.1:0");
            var azure = new CostManagement(application);
            application.Run(async context =>
            {
                var body = await context.Request.ReadFromJsonAsync<JsonObject>();
                azure.Asked.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), body!));
                context.Response.StatusCode = azure.Answer.Status;
                await context.Response.WriteAsync(azure.Answer.Body);
            });
            await application.StartAsync();
            return azure;
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
