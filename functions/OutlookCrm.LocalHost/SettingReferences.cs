using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.LocalHost;

/// <summary><c>%Setting%</c> in a trigger's schedule or queue name.</summary>
internal static partial class SettingReferences
{
    public static string Resolve(string text, IConfiguration configuration, string function) => Reference().Replace(
        text,
        match => configuration[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"Function {function} needs setting {match.Groups[1].Value}, which is not set."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
