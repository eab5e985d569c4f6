using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Kiota.Abstractions;

namespace OutlookCrm.Graph;

/// <summary>
/// All that may ever be written through Graph. Every request passes here before it is sent, and of a batch every part: what is not on this list, such as
/// sending a mail or changing one, is a fault of ours and does not leave.
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
        if (write == "POST /$batch" ? !IsBatchAllowed(request.Content, root) : !IsAllowed(write, () => Read(request.Content)))
        {
            throw new InvalidOperationException("The product does not write this through Graph.");
        }
    }

    /// <summary>A batch within a batch is none: it is not on the list.</summary>
    private static bool IsBatchAllowed(Stream content, string root)
    {
        var batch = Read(content);
        return GraphJson.Child(batch, "requests").ValueKind == JsonValueKind.Array
            && GraphJson.Items(batch, "requests").All(part => IsPartAllowed(part, root));
    }

    private static bool IsPartAllowed(JsonElement part, string root)
    {
        var method = GraphJson.Text(part, "method");

        // As a request of its own would have it: without the dots that lead elsewhere.
        return method == "GET"
            || (GraphJson.Text(part, "url") is ['/', ..] url
                && Uri.TryCreate(root + url, UriKind.Absolute, out var address)
                && address.AbsoluteUri.StartsWith($"{root}/", StringComparison.Ordinal)
                && IsAllowed($"{method} {address.AbsoluteUri[root.Length..]}", () => GraphJson.Child(part, "body")));
    }

    private static bool IsAllowed(string write, Func<JsonElement> body) =>
        Allowed().IsMatch(write) && !(Draft().IsMatch(write) && Recipients.Any(name => GraphJson.Items(body(), name).Any()));

    private static JsonElement Read(Stream body)
    {
        using var json = JsonDocument.Parse(body);
        body.Position = 0;
        return json.RootElement.Clone();
    }

    [GeneratedRegex(
        @"^(POST /users/[^/?]+/(events|messages|todo/lists/[^/?]+/tasks)|(PATCH|DELETE) /users/[^/?]+/(events|todo/lists/[^/?]+/tasks)/[^/?]+"
        + @"|POST /subscriptions|(PATCH|DELETE) /subscriptions/[^/?]+)$")]
    private static partial Regex Allowed();

    [GeneratedRegex("/messages$")]
    private static partial Regex Draft();
}
