using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Kiota.Abstractions;

namespace OutlookCrm.Graph;

/// <summary>
/// All that may ever be written through Graph. Every request passes here before it is sent: what is not on this list, such as sending a mail or changing
/// one, is a fault of ours and does not leave.
/// </summary>
internal static partial class GraphWriteGuard
{
    private static readonly string[] Recipients = ["toRecipients", "ccRecipients", "bccRecipients", "replyTo"];

    /// <exception cref="InvalidOperationException">It would write what the product never writes.</exception>
    public static void Check(RequestInformation request, string root)
    {
        if (request.HttpMethod == Method.GET)
        {
            return;
        }

        request.PathParameters.TryAdd("baseurl", root);
        var write = $"{request.HttpMethod} {request.URI.AbsoluteUri[root.Length..]}";
        if (!Allowed().IsMatch(write) || (Draft().IsMatch(write) && HasRecipients(request.Content)))
        {
            throw new InvalidOperationException("The product does not write this through Graph.");
        }
    }

    private static bool HasRecipients(Stream body)
    {
        using var json = JsonDocument.Parse(body);
        body.Position = 0;
        return Recipients.Any(name => GraphJson.Items(json.RootElement, name).Any());
    }

    [GeneratedRegex(
        @"^(POST /users/[^/?]+/(events|messages|todo/lists/[^/?]+/tasks)|(PATCH|DELETE) /users/[^/?]+/(events|todo/lists/[^/?]+/tasks)/[^/?]+"
        + @"|POST /subscriptions|(PATCH|DELETE) /subscriptions/[^/?]+|POST /\$batch)$")]
    private static partial Regex Allowed();

    [GeneratedRegex("/messages$")]
    private static partial Regex Draft();
}
