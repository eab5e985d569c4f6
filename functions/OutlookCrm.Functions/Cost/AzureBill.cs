using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Cost;

/// <summary>
/// What Azure charges for the resource group from the first of this month on: Cost Management, <c>Query - Usage</c>, version 2025-03-01. Its figures
/// are some hours old, without tax.
/// </summary>
public sealed class AzureBill(CostOptions options, TokenCredential credential) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxAnswer = 64 * 1024; // bytes; a row for each currency

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = MaxAnswer };

    /// <returns>One amount for each currency, none while nothing was charged.</returns>
    /// <exception cref="BillRefusedException">We may not know.</exception>
    /// <exception cref="HttpRequestException">Not to be had now.</exception>
    /// <exception cref="TaskCanceledException">It took too long.</exception>
    public async Task<IReadOnlyList<CostAmount>> ReadAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(options.Management, $"{options.ResourceGroup}/providers/Microsoft.CostManagement/query?api-version=2025-03-01"))
        {
            Content = JsonContent.Create(new
            {
                type = "ActualCost",
                timeframe = "MonthToDate",
                dataset = new { granularity = "None", aggregation = new { totalCost = new { name = "Cost", function = "Sum" } } },
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cancellation));
        using var answer = await http.SendAsync(request, cancellation);
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            throw new BillRefusedException("Cost Management refused.", new HttpRequestException(message: null, inner: null, answer.StatusCode));
        }

        answer.EnsureSuccessStatusCode();
        try
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
            return Read(json.RootElement.GetProperty("properties"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new HttpRequestException("Cost Management answered with something else than costs.", e);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<string> TokenAsync(CancellationToken cancellation)
    {
        try
        {
            return (await credential.GetTokenAsync(new TokenRequestContext(["https://management.azure.com/.default"]), cancellation)).Token;
        }
        catch (AuthenticationFailedException e)
        {
            throw new BillRefusedException("There is no token for Azure.", e);
        }
    }

    private static List<CostAmount> Read(JsonElement properties)
    {
        var columns = properties.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()).ToList();
        var (cost, currency) = (Place("Cost"), Place("Currency"));
        return
        [
            .. properties.GetProperty("rows").EnumerateArray().Select(row => new CostAmount(
                Math.Round(row[cost].GetDecimal(), 2).ToString("0.00", CultureInfo.InvariantCulture), row[currency].GetString() ?? throw new FormatException("There is no currency."))),
        ];

        int Place(string name) => columns.FindIndex(column => name.Equals(column, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Azure does not let us know what it charges: the app lacks the role, or the subscription tells nobody.</summary>
public sealed class BillRefusedException(string message, Exception? inner = null) : Exception(message, inner);
