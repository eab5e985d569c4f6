using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>
/// Pages of a query. A page may be empty and still have a next one; the continuation token is opaque: the values of the service's
/// continuation headers.
/// </summary>
internal sealed class TablePageable<T>(
    TableConnection connection, string path, string? filter, int? maxPerPage, IEnumerable<string>? select,
    Func<JsonElement, T> read, string[] continuationNames, CancellationToken cancellation)
    : AsyncPageable<T>(cancellation)
    where T : notnull
{
    private const char BetweenValues = '\n';

    public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        do
        {
            using var message = connection.Message(RequestMethod.Get, $"{path}?{Query(continuationToken, pageSizeHint ?? maxPerPage)}");
            var response = await connection.SendAsync(message, CancellationToken);
            using var json = JsonDocument.Parse(response.Content.ToMemory());
            var values = json.RootElement.GetProperty("value").EnumerateArray().Select(read).ToArray();
            continuationToken = Continuation(response);
            yield return Page<T>.FromValues(values, continuationToken, response);
        }
        while (continuationToken is not null);
    }

    private string Query(string? continuationToken, int? pageSize)
    {
        var query = new StringBuilder("$format=application%2Fjson%3Bodata%3Dminimalmetadata");
        Add("$top", pageSize?.ToString(CultureInfo.InvariantCulture));
        Add("$select", select is null ? null : string.Join(',', select));
        Add("$filter", filter);
        if (continuationToken is not null)
        {
            var values = continuationToken.Split(BetweenValues);
            for (var i = 0; i < continuationNames.Length && i < values.Length; i++)
            {
                Add(continuationNames[i], values[i].Length == 0 ? null : values[i]);
            }
        }

        return query.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    private string? Continuation(Response response)
    {
        var values = continuationNames
            .Select(name => response.Headers.TryGetValue($"x-ms-continuation-{name}", out var value) ? value : "").ToArray();
        return values.All(value => value.Length == 0) ? null : string.Join(BetweenValues, values);
    }
}
