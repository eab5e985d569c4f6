using System.Net.Http.Headers;
using System.Net.Http.Json;
using OutlookCrm.LocalHost;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;

namespace OutlookCrm.Tests.Sandbox;

/// <summary>The sample firm's customers in the real product, over its own API.</summary>
public sealed class ProductSeedingTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sandbox-seeding-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task All_customers_are_entered_once_and_what_people_change_stays()
    {
        var options = new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, SeedProduct = true, StateFolder = folder.FullName };
        await using (var sandbox = await SandboxApplication.StartAsync(options))
        {
            await using var product = await StartProductAsync(sandbox);
            sandbox.Product = product.Address;
            await sandbox.Seeded.WaitAsync(TimeSpan.FromMinutes(2));
            using var mira = SignIn(sandbox, product, SampleFirm.Mira);

            foreach (var customer in SampleCustomers.All)
            {
                var card = await CardAsync(mira, customer.Address);
                Assert.Equal(customer.Name, card.Name);
                Assert.Equal(SampleMail.OwnerOf(customer).Name, card.Owner?.Name);
                Assert.Equal(SampleNotes.Of(customer).Count, card.Timeline.Lines.Count);
                Assert.Equal(SamplePurchases.Of(customer).Count, card.Sales?.Totals[0].Purchases ?? 0);
            }

            var hotel = await CardAsync(mira, "s.weber@hotel-weberhof.example");
            Assert.Equal(("Hotel Weberhof GmbH", ContactChannel.Phone), (hotel.Company?.Name, hotel.Preferences.ContactBy));
            Assert.Equal(2, hotel.Addresses.Count);
            Assert.Equal(3, (await mira.GetFromJsonAsync<ColleagueList>("/api/colleagues"))!.Colleagues.Count);

            using var change = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{hotel.Id}") { Content = JsonContent.Create(new { name = "Sabine Weber-Roth" }) };
            change.Headers.TryAddWithoutValidation("If-Match", hotel.ETag);
            (await mira.SendAsync(change)).EnsureSuccessStatusCode();
        }

        await using (var sandbox = await SandboxApplication.StartAsync(options))
        {
            await using var product = await StartProductAsync(sandbox);
            sandbox.Product = product.Address;
            await sandbox.Seeded.WaitAsync(TimeSpan.FromMinutes(2));
            using var mira = SignIn(sandbox, product, SampleFirm.Mira);

            var hotel = await CardAsync(mira, "s.weber@hotel-weberhof.example");
            Assert.Equal("Sabine Weber-Roth", hotel.Name);
            Assert.Equal(SampleNotes.Of(SampleCustomers.All.First(customer => customer.Key == "sabine-weber")).Count, hotel.Timeline.Lines.Count);
        }
    }

    private Task<LocalHostApplication> StartProductAsync(SandboxApplication sandbox) => LocalHostApplication.StartAsync(new LocalHostOptions
    {
        // Without Graph: what is entered, and nothing that logs itself.
        Settings = new Dictionary<string, string?>(ProductSettings.For(sandbox.Addresses).Where(setting => !setting.Key.StartsWith("Graph:", StringComparison.Ordinal)))
        {
            ["Storage:Kind"] = "sqlite",
            ["Storage:SqliteFile"] = Path.Combine(folder.FullName, "crm.db"),
        },
    });

    private static HttpClient SignIn(SandboxApplication sandbox, LocalHostApplication product, SampleColleague colleague) => new()
    {
        BaseAddress = product.Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Issuer.CreateAccessToken(colleague)) },
    };

    private static async Task<CustomerCard> CardAsync(HttpClient client, string address)
    {
        var answer = await client.GetFromJsonAsync<SenderCard>($"/api/card?address={Uri.EscapeDataString(address)}", ContractOptions);
        return Assert.IsType<KnownSender>(answer).Card;
    }

    private static readonly System.Text.Json.JsonSerializerOptions ContractOptions = new(System.Text.Json.JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.CamelCase) },
        AllowOutOfOrderMetadataProperties = true,
    };
}
