using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The part of OData's $filter that mail clients use: comparisons and startswith, joined by and, or, not and parentheses.</summary>
internal sealed partial class GraphFilter
{
    private readonly List<string> tokens;
    private int next;

    private GraphFilter(List<string> tokens) => this.tokens = tokens;

    /// <exception cref="GraphError">The text is no filter we understand.</exception>
    public static Func<JsonObject, bool> Parse(string text)
    {
        if (!string.IsNullOrWhiteSpace(Token().Replace(text, "")))
        {
            throw Invalid();
        }

        var filter = new GraphFilter([.. Token().Matches(text).Select(match => match.Value)]);
        var test = filter.ReadOr();
        return filter.next == filter.tokens.Count ? test : throw Invalid();
    }

    private Func<JsonObject, bool> ReadOr()
    {
        var left = ReadAnd();
        while (Take("or"))
        {
            var (a, b) = (left, ReadAnd());
            left = item => a(item) || b(item);
        }

        return left;
    }

    private Func<JsonObject, bool> ReadAnd()
    {
        var left = ReadOne();
        while (Take("and"))
        {
            var (a, b) = (left, ReadOne());
            left = item => a(item) && b(item);
        }

        return left;
    }

    private Func<JsonObject, bool> ReadOne()
    {
        if (Take("not"))
        {
            var inner = ReadOne();
            return item => !inner(item);
        }

        if (Take("("))
        {
            var inner = ReadOr();
            return Take(")") ? inner : throw Invalid();
        }

        if (Take("startswith"))
        {
            Expect("(");
            var start = Read();
            Expect(",");
            var prefix = ReadText();
            Expect(")");
            return item => Text(item, start) is { } value && value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        }

        var path = Read();
        var operation = Read();
        var literal = Read();
        return item => Holds(Compare(item, path, literal), operation);
    }

    private static bool Holds(int? order, string operation) => operation switch
    {
        "eq" => order == 0,
        "ne" => order != 0,
        "gt" => order > 0,
        "ge" => order >= 0,
        "lt" => order < 0,
        "le" => order <= 0,
        _ => throw Invalid(),
    };

    /// <summary>Null when the item lacks the property: then nothing holds but "ne".</summary>
    private static int? Compare(JsonObject item, string path, string literal)
    {
        if (Text(item, path) is not { } value)
        {
            return literal == "null" ? 0 : null;
        }

        if (literal.StartsWith('\''))
        {
            return string.Compare(value, Unquote(literal), StringComparison.OrdinalIgnoreCase);
        }

        if (literal is "true" or "false")
        {
            return value == literal ? 0 : 1;
        }

        return DateTimeOffset.TryParse(literal, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then)
            && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.CompareTo(then)
            : throw Invalid();
    }

    private static string? Text(JsonObject item, string path)
    {
        JsonNode? node = item;
        foreach (var part in path.Split('/'))
        {
            node = (node as JsonObject)?[part];
        }

        return node?.ToString() switch
        {
            "True" => "true",
            "False" => "false",
            var text => text,
        };
    }

    private bool Take(string token)
    {
        if (next < tokens.Count && tokens[next] == token)
        {
            next++;
            return true;
        }

        return false;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw Invalid();
        }
    }

    private string Read() => next < tokens.Count ? tokens[next++] : throw Invalid();

    private string ReadText() => Read() is ['\'', ..] text ? Unquote(text) : throw Invalid();

    private static string Unquote(string literal) => literal[1..^1].Replace("''", "'", StringComparison.Ordinal);

    private static GraphError Invalid() => GraphError.BadRequest("Invalid filter clause");

    [GeneratedRegex(@"'(?:[^']|'')*'|[(),]|[\w/.:+\-]+")]
    private static partial Regex Token();
}
