using System.Net;
using System.Net.Http.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Search;

public sealed class SearchCustomersTests
{
    [Fact]
    public async Task A_new_customer_is_found_at_once_by_its_firm_alone()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        await ben.PostAsJsonAsync(
            "/api/customers", new CreateCustomerRequest("Kim Sørensen", "kim@fjord.example", Company: "Fjord Møbler"), ContractJson.Options);

        Assert.Equal(["Kim Sørensen"], (await FindAsync(ben, "sorensen fjo")).Hits.Select(hit => hit.Name));
        Assert.Equal(["Kim Sørensen"], (await FindAsync(ben, "kim@fjord.example")).Hits.Select(hit => hit.Name));
        Assert.Empty((await FindAsync(olga, "kim")).Hits);
    }

    [Theory]
    [InlineData("/api/search")]
    [InlineData("/api/search?q=")]
    [InlineData("/api/search?q=%20%20")]
    [InlineData("/api/search?q=a%00b")]
    public async Task A_query_that_asks_nothing_is_refused(string path)
    {
        await using var crm = await TestCrm.StartAsync();
        using var rita = crm.SignIn(A.Rita);

        await RefusedAsync(await rita.GetAsync(path));
    }

    [Fact]
    public async Task A_query_may_have_100_characters_and_not_101()
    {
        await using var crm = await TestCrm.StartAsync();
        using var rita = crm.SignIn(A.Rita);

        Assert.Equal(HttpStatusCode.OK, (await rita.GetAsync($"/api/search?q={new string('a', 100)}")).StatusCode);
        await RefusedAsync(await rita.GetAsync($"/api/search?q={new string('a', 101)}"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("' or 1 eq 1 or '")]
    [InlineData("\ud83d\ude00")]
    [InlineData("<script>")]
    [InlineData("a/b\\c#d?e%f")]
    public async Task What_no_word_can_be_finds_nobody(string query)
    {
        await using var crm = await TestCrm.StartAsync();
        using var rita = crm.SignIn(A.Rita);

        Assert.Empty((await FindAsync(rita, query)).Hits);
    }

    private static async Task<SearchResults> FindAsync(HttpClient client, string query)
    {
        var answer = await client.GetAsync($"/api/search?q={Uri.EscapeDataString(query)}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<SearchResults>(ContractJson.Options))!;
    }

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("q", (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
    }
}
