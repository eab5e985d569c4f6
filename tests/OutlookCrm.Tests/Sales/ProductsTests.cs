using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Insights;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Sales;

public sealed class ProductsTests
{
    private static readonly DateOnly Today = new(2026, 11, 25);

    [Fact]
    public async Task What_is_said_of_a_product_is_kept_under_its_name_and_offered_on_the_card()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        using var rita = crm.SignIn(A.Rita);
        await SaveAsync(ben, new SaveProductRequest("boiler", IsConsumable: true));
        var saved = await SaveAsync(ben, new SaveProductRequest("Boiler", Links: [new ProductLink(ProductLinkKind.Needs, "Flue")]));
        Assert.Equal(HttpStatusCode.Forbidden, (await SaveAsync(rita, new SaveProductRequest("x"))).StatusCode);

        var product = Assert.Single((await saved.Content.ReadFromJsonAsync<ProductList>(ContractJson.Options))!.Products);
        Assert.Equal(("Boiler", false, new ProductLink(ProductLinkKind.Needs, "Flue")), (product.Name, product.IsConsumable, Assert.Single(product.Links)));
        Assert.Empty((await olga.GetFromJsonAsync<ProductList>("/api/products", ContractJson.Options))!.Products);

        using var made = await ben.PostAsJsonAsync("/api/customers", new { name = "Kim", address = "kim@kunde.example" });
        var kim = (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
        (await ben.PostAsJsonAsync(
            $"/api/customers/{kim}/purchases",
            new AddPurchaseRequest(Guid.NewGuid(), [new PurchaseItem("BOILER", "4000")], "EUR"), ContractJson.Options)).EnsureSuccessStatusCode();
        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);

        var card = (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options))!;
        Assert.Equal(("Flue", "Boiler needs it"), (card.Standing!.Offer, card.Standing.OfferBecause));

        Assert.Equal(HttpStatusCode.OK, (await ben.DeleteAsync("/api/products?name=BOILER")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.DeleteAsync("/api/products?name=BOILER")).StatusCode);
    }

    [Theory]
    [InlineData(ProductLinkKind.ReplacedAfter, null)]
    [InlineData(ProductLinkKind.Needs, ProductLife.Months12)]
    public async Task A_time_is_said_with_what_is_replaced_and_with_nothing_else(ProductLinkKind kind, ProductLife? life)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);

        using var answer = await SaveAsync(ben, new SaveProductRequest("Filter", Links: [new ProductLink(kind, "Filter", life)]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("links[0].after", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_wears_out_is_offered_before_what_goes_along_and_statistics_come_last()
    {
        ProductEntry[] products =
        [
            new("Filter", true, false, [new ProductLink(ProductLinkKind.ReplacedAfter, "Filter", ProductLife.Months12)]),
            new("Hose", true, false, []),
            new("Pump", false, false, [new ProductLink(ProductLinkKind.GoesWith, "Hose"), new ProductLink(ProductLinkKind.Needs, "Cable")]),
        ];
        var found = new CrossSellRule("Pump", "Service", 10, 9, 0.3, 0.001);
        (string, string)? Offer(params (string Product, DateOnly On)[] bought) =>
            NextOffer.Of(bought.ToDictionary(b => b.Product, b => b.On, StringComparer.OrdinalIgnoreCase), products, found, Today);

        Assert.Equal(("Filter", "it replaces Filter, last bought 2025-11-25"), Offer(("filter", Today.AddYears(-1)), ("Pump", Today)));
        Assert.Equal(("Cable", "Pump needs it"), Offer(("Filter", Today.AddMonths(-11)), ("Pump", Today)));
        Assert.Equal(("Hose", "it goes with Pump"), Offer(("Pump", Today), ("CABLE", Today)));
        Assert.Equal(("Hose", "it goes with Pump"), Offer(("Pump", Today), ("Cable", Today.AddYears(-2)), ("Hose", Today.AddYears(-2))));
        Assert.Equal("Service", Offer(("Pump", Today), ("Cable", Today), ("Hose", Today))!.Value.Item1);
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient client, SaveProductRequest product) =>
        client.PutAsJsonAsync("/api/products", product, ContractJson.Options);
}
