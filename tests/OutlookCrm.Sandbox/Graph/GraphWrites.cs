using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Something that the product asked to be written, done or refused.</summary>
/// <param name="Path">Below the version.</param>
/// <param name="Body">As it was sent; null when there was none.</param>
/// <param name="Made">The id of the item in the answer; null where the answer has none.</param>
public sealed record GraphWrite(string Method, string Path, JsonObject? Body, int Status, string? Made);

/// <summary>Everything that the product has asked to be written, whatever became of it; what the small Outlook writes is not among it.</summary>
public sealed class GraphWrites
{
    private readonly ConcurrentQueue<GraphWrite> all = new();

    public IReadOnlyList<GraphWrite> All => [.. all];

    /// <summary>Says which item an answer is about.</summary>
    internal static void Tell(HttpContext context, string id) => context.Items[typeof(GraphWrite)] = id;

    internal static void Keep(HttpContext context, JsonObject body) => context.Items[typeof(JsonObject)] = body;

    /// <summary>A request that ended, unless it only read, or is not a mailbox's.</summary>
    internal void Add(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value![GraphEndpoints.Root.Length..]);
        if (!HttpMethods.IsGet(method) && !path.StartsWith("/$batch", StringComparison.Ordinal) && !path.StartsWith("/subscriptions", StringComparison.Ordinal))
        {
            all.Enqueue(new GraphWrite(
                method, path, context.Items[typeof(JsonObject)] as JsonObject, context.Response.StatusCode, context.Items[typeof(GraphWrite)] as string));
        }
    }
}
