using System.Diagnostics.CodeAnalysis;

namespace OutlookCrm.Deploy;

/// <summary>Command-line arguments: <c>--name value</c>, <c>--name=value</c> and <c>--flag</c>; anything else is refused by name.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string?> given = new(StringComparer.Ordinal);

    public static bool TryRead(
        IReadOnlyList<string> arguments, string[] flags, string[] values, out Arguments read, [NotNullWhen(false)] out string? complaint)
    {
        read = new Arguments();
        complaint = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].TrimStart('-').Split('=', 2);
            var isNamed = arguments[i].StartsWith("--", StringComparison.Ordinal);
            if (isNamed && flags.Contains(parts[0]) && parts.Length == 1)
            {
                read.given[parts[0]] = null;
            }
            else if (isNamed && values.Contains(parts[0]) && (parts.Length == 2 || i + 1 < arguments.Count))
            {
                read.given[parts[0]] = parts.Length == 2 ? parts[1] : arguments[++i];
            }
            else
            {
                complaint = isNamed && values.Contains(parts[0]) ? $"--{parts[0]} needs a value." : $"'{arguments[i]}' is no argument here.";
                return false;
            }
        }

        return true;
    }

    public bool Has(string flag) => given.ContainsKey(flag);

    public string? Value(string name) => given.GetValueOrDefault(name);
}
