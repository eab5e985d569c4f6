using System.Globalization;
using System.Text;

namespace Azure.Data.Tables;

internal static class TableFilter
{
    /// <summary>The filter with its arguments written as OData literals, so that no argument can add to the filter.</summary>
    public static string Create(FormattableString filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var literals = filter.GetArguments().Select(object? (argument) => Literal(argument)).ToArray();
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool yes => yes ? "true" : "false",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        char letter => letter == '\'' ? "''''" : $"'{letter}'",
        StringBuilder text => Literal(text.ToString()),
        sbyte or byte or short or ushort or int or uint or decimal or float =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        double number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "L",
        Guid guid => $"guid'{guid:D}'",
        DateTimeOffset at => $"datetime'{TableJson.Time(at)}'",
        DateTime at => $"datetime'{TableJson.Time(new DateTimeOffset(at.ToUniversalTime()))}'",
        byte[] bytes => $"X'{Convert.ToHexString(bytes).ToLowerInvariant()}'",
        _ => throw new ArgumentException($"Unable to convert filter argument from type {value.GetType()}.", nameof(value)),
    };
}
