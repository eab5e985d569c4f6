using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The query options of one request, read and checked.</summary>
internal sealed class GraphQuery
{
    private const int MaxTop = 1000;

    private readonly HttpRequest request;

    public GraphQuery(HttpRequest request)
    {
        this.request = request;
        Select = Option("$select")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Expand = Expansion.Read(Option("$expand"));
        Filter = Option("$filter");
        Search = Option("$search");
        Order = ReadOrder(Option("$orderby"));
        Top = Option("$top") is null ? null : Number("$top", least: 1, most: MaxTop);
        Skip = Option("$skip") is null ? 0 : Number("$skip", least: 0, most: int.MaxValue);
        SkipToken = Option("$skiptoken");
        WantsCount = Option("$count") is "true";
    }

    public IReadOnlyList<string>? Select { get; }

    public Expansion Expand { get; }

    public string? Filter { get; }

    public string? Search { get; }

    public (string Path, bool Descending)? Order { get; }

    public int? Top { get; }

    public int Skip { get; }

    public string? SkipToken { get; }

    public bool WantsCount { get; }

    /// <summary>The address without its query.</summary>
    public string Address => $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}";

    public string Root => $"{request.Scheme}://{request.Host}{GraphEndpoints.Root}";

    public string? Option(string name) => request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Which of these options were given.</summary>
    public IReadOnlyList<string> Given(params string[] names) => [.. names.Where(request.Query.ContainsKey)];

    /// <summary>The same request for what comes after a place.</summary>
    public string NextLink(string skipToken)
    {
        var others = request.Query.Where(option => option.Key is not ("$skip" or "$skiptoken"))
            .Select(option => $"{Uri.EscapeDataString(option.Key)}={Uri.EscapeDataString(option.Value.ToString())}");
        return $"{Address}?{string.Join('&', others.Append($"%24skiptoken={Uri.EscapeDataString(skipToken)}"))}";
    }

    public string NextLink(ItemPosition after) => NextLink(Encode(string.Create(CultureInfo.InvariantCulture, $"{after.Ticks}.{after.Number}")));

    /// <summary>For what has no place of its own: so many are behind us.</summary>
    public string NextLink(int skip) => NextLink(Encode(skip.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The place in the skip token; null on the first page.</summary>
    public ItemPosition? After => SkipToken is null ? null
        : Decode(SkipToken).Split('.') is [var ticks, var number]
            && long.TryParse(ticks, CultureInfo.InvariantCulture, out var at) && int.TryParse(number, CultureInfo.InvariantCulture, out var which)
                ? new ItemPosition(at, which)
                : throw BadToken();

    /// <summary>How many are behind us, by token or by $skip.</summary>
    public int Behind => SkipToken is null ? Skip
        : int.TryParse(Decode(SkipToken), NumberStyles.None, CultureInfo.InvariantCulture, out var skip) ? skip : throw BadToken();

    private static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes(text));

    private static string Decode(string token)
    {
        try
        {
            return Encoding.ASCII.GetString(WebEncoders.Base64UrlDecode(token));
        }
        catch (FormatException)
        {
            throw BadToken();
        }
    }

    private static GraphError BadToken() => GraphError.BadRequest("Skip token is not valid.");

    private static (string, bool)? ReadOrder(string? order) =>
        order?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            null => null,
            [var path] when !path.Contains(',', StringComparison.Ordinal) => (path, false),
            [var path, "asc" or "desc"] words when !path.Contains(',', StringComparison.Ordinal) => (path, words[1] == "desc"),
            _ => throw GraphError.BadRequest("Only one $orderby clause is understood here."),
        };

    private int Number(string name, int least, int most) =>
        int.TryParse(Option(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw GraphError.BadRequest($"Invalid value '{Option(name)}' for {name}.");
}

/// <summary>What of an item's surroundings comes with it.</summary>
/// <param name="Attachments">Null: not asked for.</param>
internal sealed record Expansion(Selection<AttachmentOf>? Attachments, IReadOnlyList<ExtendedProperty>? ExtendedProperties, bool ChildFolders, bool LinkedResources)
{
    public static readonly Expansion None = new(null, null, false, false);

    /// <exception cref="GraphError">Something that cannot be had here.</exception>
    public static Expansion Read(string? text)
    {
        var expansion = None;
        foreach (var part in Split(text ?? "", ','))
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            var name = (open < 0 ? part : part[..open]).Trim();
            var options = open < 0 ? [] : Split(part[(open + 1)..].TrimEnd().TrimEnd(')'), ';').Select(option => option.Trim()).ToList();
            string? Of(string option) => options.Find(one => one.StartsWith($"{option}=", StringComparison.Ordinal))?[(option.Length + 1)..];
            expansion = name switch
            {
                "attachments" => expansion with
                {
                    Attachments = AttachmentShape.Instance.Select(Of("$select")?.Split(',', StringSplitOptions.TrimEntries)),
                },
                "singleValueExtendedProperties" => expansion with { ExtendedProperties = ExtendedProperty.ReadFilter(Of("$filter") ?? "") },
                "linkedResources" => expansion with { LinkedResources = true },
                "childFolders" => expansion with { ChildFolders = true },
                _ => throw GraphError.BadRequest($"Could not find a property named '{name}' to expand."),
            };
        }

        return expansion;
    }

    // Only where no parenthesis and no text is open.
    private static List<string> Split(string text, char by)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var (depth, isText) = (0, false);
        foreach (var letter in text)
        {
            isText ^= letter == '\'';
            depth += isText ? 0 : letter switch { '(' => 1, ')' => -1, _ => 0 };
            if (letter == by && depth == 0 && !isText)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(letter);
            }
        }

        return part.Length > 0 ? [.. parts, part.ToString()] : parts;
    }
}
