using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Issuer;
using OutlookCrm.Sandbox.Proxy;

namespace OutlookCrm.Sandbox.Firm;

/// <summary>
/// Enters the sample customers into the product, through the product's own API and in the colleagues' names.
/// The last customer is entered last: where it is complete, all are, and nothing needs doing.
/// </summary>
internal sealed class ProductSeeding(
    ProductProxy product, TokenIssuer issuer, TimeProvider clock, ILogger<ProductSeeding> log) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(400);

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => client.Dispose();

    /// <param name="firstDay">From when notes count back.</param>
    /// <exception cref="HttpRequestException">The product refused something; the message has its answer.</exception>
    public async Task RunAsync(DateTimeOffset firstDay, CancellationToken cancellation)
    {
        await WaitForProductAsync(cancellation);
        var marker = SampleCustomers.All[^1];
        if (await IsCompleteAsync(marker, cancellation))
        {
            return;
        }

        log.LogInformation("Entering the sample firm's {Count} customers …", SampleCustomers.All.Count);
        foreach (var colleague in SampleFirm.Colleagues)
        {
            (await SendAsync(colleague, HttpMethod.Get, "/api/colleagues", null, null, cancellation)).Dispose();
        }

        var ids = new Dictionary<string, string>();
        foreach (var customer in SampleCustomers.All.Where(customer => customer != marker).OrderBy(customer => customer.Company is not null))
        {
            ids[customer.Key] = await EnterAsync(customer, ids, firstDay, cancellation);
        }

        foreach (var deal in SampleDeals.All)
        {
            await ReadAsync(SampleCustomers.All.Single(customer => customer.Key == deal.Customer), HttpMethod.Post, $"/api/customers/{ids[deal.Customer]}/deals", new
            {
                deal.Id,
                deal.Title,
                deal.Stage,
                amount = deal.Amount?.ToString(CultureInfo.InvariantCulture),
                currency = deal.Amount is null ? null : "EUR",
                expectedOn = firstDay.AddDays(deal.DueIn).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                deal.NextStep,
            }, null, cancellation);
        }

        var table = new { name = "Table", links = new[] { new { kind = "goesWith", product = "Care set" } } };
        var careSet = new { name = "Care set", isConsumable = true, links = new[] { new { kind = "replacedAfter", product = "Care set", after = "months12" } } };
        await ReadAsync(marker, HttpMethod.Put, "/api/products", table, null, cancellation);
        await ReadAsync(marker, HttpMethod.Put, "/api/products", careSet, null, cancellation);
        await EnterAsync(marker, ids, firstDay, cancellation);
        await ReadAsync(marker, HttpMethod.Post, "/api/insights/recompute", null, null, cancellation);
        log.LogInformation("The sample firm's customers are in the product.");
    }

    private async Task WaitForProductAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (product.Product is { } address)
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri(address, "/api/openapi.json"), cancellation);
                    if (answer.IsSuccessStatusCode)
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    // Not there yet: it starts beside us.
                }
            }

            await Task.Delay(RetryAfter, clock, cancellation);
        }
    }

    private async Task<bool> IsCompleteAsync(SampleCustomer customer, CancellationToken cancellation)
    {
        var card = await ReadAsync(
            customer, HttpMethod.Get, $"/api/card?address={Uri.EscapeDataString(customer.Address)}", null, null, cancellation);
        return (string?)card["state"] == "known" && card["card"]!["timeline"]!["lines"]!.AsArray().Count >= SampleNotes.Of(customer).Count;
    }

    private async Task<string> EnterAsync(
        SampleCustomer customer, Dictionary<string, string> ids, DateTimeOffset firstDay, CancellationToken cancellation)
    {
        var place = customer.Place;
        var card = await ReadAsync(customer, HttpMethod.Post, "/api/customers", new
        {
            customer.Name,
            customer.Address,
            kind = customer.IsOrganisation ? "organisation" : "person",
            companyId = customer.Company is null ? null : ids[customer.Company],
            customer.JobTitle,
            phones = customer.Phone is null ? [] : new[] { new { label = LabelOf(customer.Phone), number = customer.Phone } },
            postalAddress = place is null
                ? null
                : new { place.Street, postalCode = place.PostalCode.Length == 0 ? null : place.PostalCode, place.City, place.Country },
            customer.Language,
            customer.Website,
            customer.Stage,
            source = "import",
        }, null, cancellation);
        var id = (string)card["id"]!;

        // An earlier start may have been cut off here; what somebody has changed since stays.
        if (card["tags"]!.AsArray().Count == 0 && card["expectations"]!.AsArray().Count == 0)
        {
            card = await ReadAsync(customer, HttpMethod.Patch, $"/api/customers/{id}", new
            {
                ownerId = SampleMail.OwnerOf(customer).Id,
                customer.Tags,
                expectations = customer.Expectation is null
                    ? []
                    : new[] { new { text = customer.Expectation, on = firstDay.AddDays(-90).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) } },
                preferences = new { customer.ContactBy, noCampaigns = false, note = customer.PreferenceNote },
            }, (string)card["eTag"]!, cancellation);
        }

        if (customer.SecondAddress is { } second && card["addresses"]!.AsArray().Count < 2)
        {
            var address = new { address = second, label = "private", source = "mail" };
            await ReadAsync(customer, HttpMethod.Post, $"/api/customers/{id}/addresses", address, null, cancellation);
        }

        foreach (var bought in SamplePurchases.Of(customer))
        {
            await ReadAsync(customer, HttpMethod.Post, $"/api/customers/{id}/purchases", new
            {
                bought.Id,
                items = new[] { new { bought.Product, amount = bought.Amount.ToString(CultureInfo.InvariantCulture) } },
                currency = "EUR",
                on = firstDay.AddDays(-bought.DaysAgo).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            }, null, cancellation);
        }

        // Last of all: by them one knows that a customer is complete.
        foreach (var note in SampleNotes.Of(customer))
        {
            var dated = new { note.Id, note.Text, at = firstDay.AddDays(-note.DaysAgo) };
            await ReadAsync(customer, HttpMethod.Post, $"/api/customers/{id}/notes", dated, null, cancellation);
        }

        return id;
    }

    private static string LabelOf(string phone) => phone.StartsWith("+49 171", StringComparison.Ordinal) ? "mobile" : "phone";

    private async Task<JsonObject> ReadAsync(
        SampleCustomer customer, HttpMethod method, string path, object? body, string? etag, CancellationToken cancellation)
    {
        using var answer = await SendAsync(SampleMail.OwnerOf(customer), method, path, body, etag, cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation))!;
    }

    private async Task<HttpResponseMessage> SendAsync(
        SampleColleague colleague, HttpMethod method, string path, object? body, string? etag, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(product.Product!, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.CreateAccessToken(colleague));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
            await request.Content.LoadIntoBufferAsync(cancellation);
        }

        var answer = await client.SendAsync(request, cancellation);
        if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
        {
            return answer;
        }

        using (answer)
        {
            throw new HttpRequestException(
                $"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}", null, answer.StatusCode);
        }
    }
}
