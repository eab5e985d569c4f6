using System.Globalization;
using System.Text.RegularExpressions;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The part of OData's $filter that mail clients use: comparisons, startswith and contains, joined by and, or, not and parentheses.</summary>
internal sealed class GraphFilter<T>
{
    private readonly FilterNode<T> root;

    private GraphFilter(FilterNode<T> root) => this.root = root;

    /// <summary>Comparisons all of which must hold.</summary>
    public IReadOnlyList<FilterComparison<T>> Required => root switch
    {
        FilterComparison<T> one => [one],
        FilterAll<T> all => [.. all.Nodes.OfType<FilterComparison<T>>()],
        _ => [],
    };

    /// <summary>Nothing but what is <see cref="Required"/>.</summary>
    public bool IsPlain => root is FilterComparison<T> || (root is FilterAll<T> all && all.Nodes.All(node => node is FilterComparison<T>));

    /// <summary>Which properties it asks about, in the order in which it does.</summary>
    public IReadOnlyList<string> Paths { get; private init; } = [];

    /// <exception cref="GraphError">The text is no filter we understand, or about something that the type does not have.</exception>
    public static GraphFilter<T>? Parse(string? text, Shape<T> shape)
    {
        if (text is null)
        {
            return null;
        }

        var reader = new FilterReader<T>(text, shape);
        return new GraphFilter<T>(reader.ReadAll()) { Paths = reader.Paths };
    }

    public bool Test(T item) => root.Holds(item);
}

internal abstract record FilterNode<T>
{
    public abstract bool Holds(T item);
}

internal sealed record FilterAll<T>(IReadOnlyList<FilterNode<T>> Nodes) : FilterNode<T>
{
    public override bool Holds(T item) => Nodes.All(node => node.Holds(item));
}

internal sealed record FilterAny<T>(IReadOnlyList<FilterNode<T>> Nodes) : FilterNode<T>
{
    public override bool Holds(T item) => Nodes.Any(node => node.Holds(item));
}

internal sealed record FilterNot<T>(FilterNode<T> Node) : FilterNode<T>
{
    public override bool Holds(T item) => !Node.Holds(item);
}

internal sealed record FilterText<T>(Func<T, object?> Value, string Text, bool AtStart) : FilterNode<T>
{
    public override bool Holds(T item) => Value(item) is string value
        && (AtStart ? value.StartsWith(Text, StringComparison.OrdinalIgnoreCase) : value.Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Literal">A text, a bool, a moment or null.</param>
internal sealed record FilterComparison<T>(string Path, Func<T, object?> Value, string Operation, object? Literal) : FilterNode<T>
{
    public override bool Holds(T item)
    {
        var order = Compare(Value(item), Literal);
        return Operation switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        };
    }

    // Null when there is nothing to compare: then nothing holds but "ne".
    private static int? Compare(object? value, object? literal) => (value, literal) switch
    {
        (null, null) => 0,
        (string one, string other) => string.Compare(one, other, StringComparison.OrdinalIgnoreCase),
        (bool one, bool other) => one.CompareTo(other),
        (DateTimeOffset one, DateTimeOffset other) => one.CompareTo(other),
        _ => null,
    };
}

internal sealed partial class FilterReader<T>
{
    private readonly Shape<T> shape;
    private readonly List<string> tokens;
    private readonly List<string> paths = [];
    private int next;

    public FilterReader(string text, Shape<T> shape)
    {
        this.shape = shape;
        tokens = [.. Token().Matches(text).Select(match => match.Value)];
        if (!string.IsNullOrWhiteSpace(Token().Replace(text, "")))
        {
            throw Invalid();
        }
    }

    public IReadOnlyList<string> Paths => paths;

    public FilterNode<T> ReadAll()
    {
        var node = ReadOr();
        return next == tokens.Count ? node : throw Invalid();
    }

    private FilterNode<T> ReadOr()
    {
        List<FilterNode<T>> nodes = [ReadAnd()];
        while (Take("or"))
        {
            nodes.Add(ReadAnd());
        }

        return nodes is [var single] ? single : new FilterAny<T>(nodes);
    }

    private FilterNode<T> ReadAnd()
    {
        List<FilterNode<T>> nodes = [ReadOne()];
        while (Take("and"))
        {
            nodes.Add(ReadOne());
        }

        return nodes is [var single] ? single : new FilterAll<T>(nodes);
    }

    private FilterNode<T> ReadOne()
    {
        if (Take("not"))
        {
            return new FilterNot<T>(ReadOne());
        }

        if (Take("("))
        {
            var inner = ReadOr();
            Expect(")");
            return inner;
        }

        if (next + 1 < tokens.Count && tokens[next] is "startswith" or "contains" && tokens[next + 1] == "(")
        {
            var atStart = Read() == "startswith";
            Expect("(");
            var value = ReadValue(out _);
            Expect(",");
            var text = Read() is ['\'', ..] quoted ? Unquote(quoted) : throw Invalid();
            Expect(")");
            return new FilterText<T>(value, text, atStart);
        }

        var read = ReadValue(out var path);
        var operation = Read();
        return operation is "eq" or "ne" or "gt" or "ge" or "lt" or "le"
            ? new FilterComparison<T>(path, read, operation, Literal(Read(), path))
            : throw Invalid();
    }

    private Func<T, object?> ReadValue(out string path)
    {
        path = Read();
        paths.Add(path);
        return shape.Value(path);
    }

    private static object? Literal(string token, string path) => token switch
    {
        "null" => null,
        "true" => true,
        "false" => false,
        ['\'', ..] when path.EndsWith("/dateTime", StringComparison.Ordinal) => Moment(Unquote(token)),
        ['\'', ..] => Unquote(token),
        _ => Moment(token),
    };

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw Invalid();

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

    private static string Unquote(string literal) => literal[1..^1].Replace("''", "'", StringComparison.Ordinal);

    private static GraphError Invalid() => GraphError.BadRequest("Invalid filter clause");

    [GeneratedRegex(@"'(?:[^']|'')*'|[(),]|[\w/.:+\-]+")]
    private static partial Regex Token();
}
