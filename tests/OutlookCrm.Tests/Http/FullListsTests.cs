using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.Feedback;
using OutlookCrm.FollowUps;
using OutlookCrm.Http;
using OutlookCrm.Import;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>What holds as much as it can hold: one more is refused with the limit, what is there already is known all the same.</summary>
public sealed class FullListsTests : IAsyncLifetime
{
    private const int MaxChanges = 100; // of a transaction

    private TestCrm crm = null!;
    private HttpClient ben = null!;
    private ITableStore tables = null!;
    private string kim = "";

    private string KimsPartition => TableKeys.Customer(A.Firm, kim);

    public async Task InitializeAsync()
    {
        crm = await TestCrm.StartAsync();
        ben = crm.SignIn(A.Ben);
        tables = crm.Services.GetRequiredService<ITableStore>();
        using var made = await ben.PostAsJsonAsync("/api/customers", new { name = "Kim", address = "kim@kunde.example" });
        kim = (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    public async Task DisposeAsync()
    {
        ben.Dispose();
        await crm.DisposeAsync();
    }

    [Fact]
    public Task A_firm_has_so_many_deals() => FillsUpAsync(
        id => ben.PostAsJsonAsync($"/api/customers/{kim}/deals", new AddDealRequest(id, "Kitchen", "Offer", null, "EUR"), ContractJson.Options),
        DealStore.MaxDeals, Tables.Deals, TableKeys.Deals(A.Firm), TableKeys.AllDeals, TableKeys.Deal);

    [Fact]
    public Task A_customer_has_so_many_purchases() => FillsUpAsync(
        id => ben.PostAsJsonAsync($"/api/customers/{kim}/purchases", new AddPurchaseRequest(id, [new PurchaseItem("Table", "5")], "EUR"), ContractJson.Options),
        SalesStore.MaxPurchases, Tables.Customers, KimsPartition, TableKeys.Purchases, id => TableKeys.Purchase(new DateOnly(2025, 1, 1), id));

    [Fact]
    public Task A_customer_has_so_many_answers() => FillsUpAsync(
        id => ben.PostAsJsonAsync($"/api/customers/{kim}/feedback", new { id, question = "satisfied", score = "5" }),
        FeedbackStore.MaxOfCustomer, Tables.Customers, KimsPartition, TableKeys.AllFeedback, TableKeys.Feedback);

    [Fact]
    public Task A_customer_has_so_many_open_follow_ups() => FillsUpAsync(
        id => ben.PostAsJsonAsync($"/api/customers/{kim}/follow-ups", new PlanFollowUpRequest(id, "Call", When: DueWhen.Tomorrow, TimeZone: "UTC"), ContractJson.Options),
        FollowUpStore.MaxOpen, Tables.Customers, KimsPartition, TableKeys.OpenFollowUps, id => TableKeys.OpenFollowUp(new DateOnly(2099, 1, 1), id));

    [Fact]
    public async Task A_firm_says_something_of_so_many_products()
    {
        Task<HttpResponseMessage> SaveAsync(Guid id) => ben.PutAsJsonAsync("/api/products", new SaveProductRequest($"Boiler {id:N}"), ContractJson.Options);
        await FillsUpAsync(
            SaveAsync, ProductStore.MaxProducts, Tables.Products, TableKeys.Products(A.Firm), TableKeys.AllProducts, id => TableKeys.Product($"{id:N}"));
    }

    [Fact]
    public async Task A_customer_has_so_many_addresses()
    {
        Task<HttpResponseMessage> AddAsync(int number) => ben.PostAsJsonAsync($"/api/customers/{kim}/addresses", new { address = $"kim{number}@kunde.example" });
        for (var number = 1; number < Customer.MaxAddresses; number++)
        {
            using var added = await AddAsync(number);
            Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        }

        using var refused = await AddAsync(Customer.MaxAddresses);
        using var again = await AddAsync(Customer.MaxAddresses - 1);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (refused.StatusCode, again.StatusCode));
        Assert.Equal(Customer.MaxAddresses, await CountAsync(Tables.Customers, KimsPartition, TableKeys.ContactAddresses));
    }

    [Fact]
    public async Task A_firm_keeps_so_many_files()
    {
        Task<HttpResponseMessage> GiveAsync() => ben.PostAsync(
            "/api/imports?name=invoices.csv", new StringContent("email,date,amount,currency\nkim@kunde.example,2025-01-02,5,EUR\n"));
        using (var given = await GiveAsync())
        {
            Assert.Equal(HttpStatusCode.Created, given.StatusCode);
        }

        await FillAsync(ImportLimits.MaxImports, Tables.Imports, TableKeys.Imports(A.Firm), TableKeys.AllImports, TableKeys.Import);
        var full = await crm.DumpAsync(Tables.Imports);

        using var refused = await GiveAsync();

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(full, await crm.DumpAsync(Tables.Imports));
    }

    /// <param name="row">The key of one more like the first.</param>
    private async Task FillsUpAsync(
        Func<Guid, Task<HttpResponseMessage>> addAsync, int max, string table, string partition, RowKeyRange range, Func<Guid, string> row)
    {
        var first = Guid.NewGuid();
        using (var added = await addAsync(first))
        {
            Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());
        }

        await FillAsync(max - 1, table, partition, range, row);
        var last = Guid.NewGuid();
        using var lastAdded = await addAsync(last);
        Assert.True(lastAdded.IsSuccessStatusCode, await lastAdded.Content.ReadAsStringAsync());

        using var refused = await addAsync(Guid.NewGuid());
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains($"{max} ", (await refused.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Detail, StringComparison.Ordinal);
        foreach (var known in new[] { first, last })
        {
            using var again = await addAsync(known);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        Assert.Equal(max, await CountAsync(table, partition, range));
    }

    /// <summary>Writes rows like the first until there are so many.</summary>
    private async Task FillAsync(int count, string table, string partition, RowKeyRange range, Func<Guid, string> row)
    {
        var like = Assert.Single(await tables.RangeAsync(table, partition, range, 2, default));
        foreach (var some in Enumerable.Range(0, count - 1).Chunk(MaxChanges))
        {
            Assert.True((await tables.TransactAsync(
                table, partition, [.. some.Select(_ => new TableChange.Insert(like with { RowKey = row(Guid.NewGuid()), ETag = null }))], default)).IsWritten);
        }
    }

    private Task<int> CountAsync(string table, string partition, RowKeyRange range) =>
        tables.ReadAllAsync(table, partition, range, 1_000, default).CountAsync().AsTask();
}
