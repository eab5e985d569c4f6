using System.Globalization;
using System.Text.Json.Nodes;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The query options of one request, applied to a list or an item.</summary>
internal sealed class GraphQuery
{
    private readonly HttpRequest request;
    private readonly string address;
    private readonly HashSet<string>? select;

    public GraphQuery(HttpRequest request)
    {
        this.request = request;
        address = $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}";
        select = Option("$select") is { } fields
            ? new HashSet<string>(fields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal)
            : null;
    }

    public bool Selects(string property) => select?.Contains(property) == true;

    public bool Expands(string property) => Option("$expand")?.Split(',').Contains(property) == true;

    /// <summary>All properties, or the selected ones; the id and annotations always.</summary>
    public JsonObject Project(JsonObject item)
    {
        if (select is not null)
        {
            foreach (var name in item.Select(property => property.Key).ToList())
            {
                if (name != "id" && name[0] != '@' && !select.Contains(name) && !Expands(name))
                {
                    item.Remove(name);
                }
            }
        }

        return item;
    }

    /// <summary>One page, with the way to the next.</summary>
    /// <param name="items">In the order the collection has when none is asked for.</param>
    /// <param name="render">Makes an item's JSON; called for what is shown, and for all only when a filter or an order needs it.</param>
    public JsonObject Page<T>(string context, IReadOnlyList<T> items, Func<T, JsonObject> render, int pageSize = 10)
    {
        var size = Number("$top", pageSize, least: 1, most: 1000);
        var skip = Number("$skip", 0, least: 0, most: int.MaxValue);
        IReadOnlyList<T> kept = items;
        if (Option("$filter") is { } filter)
        {
            var test = GraphFilter.Parse(filter);
            kept = [.. kept.Where(item => test(render(item)))];
        }

        if (Option("$orderby") is { } order)
        {
            kept = Sort(kept, render, order);
        }

        var page = new JsonObject { ["@odata.context"] = $"{Root()}/$metadata#{context}" };
        if (Option("$count") is "true")
        {
            page["@odata.count"] = kept.Count;
        }

        page["value"] = new JsonArray([.. kept.Skip(skip).Take(size).Select(item => Project(render(item)))]);
        if (skip + size < kept.Count)
        {
            page["@odata.nextLink"] = NextLink(skip + size);
        }

        return page;
    }

    private static List<T> Sort<T>(IReadOnlyList<T> items, Func<T, JsonObject> render, string order)
    {
        var words = order.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words is not [_] and not [_, "asc" or "desc"])
        {
            throw GraphError.BadRequest("Only one $orderby clause is understood here.");
        }

        // Dates come in a form that sorts as text.
        var path = words[0].Split('/');
        var keyed = items.Select(item => (Item: item, Key: path.Aggregate((JsonNode?)render(item), (node, part) => (node as JsonObject)?[part])?.ToString()));
        return [.. (words is [_, "desc"]
            ? keyed.OrderByDescending(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            : keyed.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)).Select(pair => pair.Item)];
    }

    private string NextLink(int skip)
    {
        var others = request.Query.Where(option => option.Key is not "$skip")
            .Select(option => $"{Uri.EscapeDataString(option.Key)}={Uri.EscapeDataString(option.Value.ToString())}");
        return $"{address}?{string.Join('&', others.Append(string.Create(CultureInfo.InvariantCulture, $"%24skip={skip}")))}";
    }

    private string Root() => $"{request.Scheme}://{request.Host}/graph/v1.0";

    private string? Option(string name) => request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    private int Number(string name, int fallback, int least, int most)
    {
        if (Option(name) is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw GraphError.BadRequest($"Invalid value '{text}' for {name}.");
    }
}
