using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>An HTTP function as its attributes declare it.</summary>
/// <param name="Methods">In upper case; empty when the trigger takes every method.</param>
internal sealed record HttpEndpoint(
    string Name,
    MethodInfo Method,
    string Route,
    IReadOnlyList<string> Methods,
    RequiresAttribute? Requires,
    AnonymousAttribute? Anonymous,
    TakesAttribute? Takes,
    TakesFileAttribute? TakesFile,
    IReadOnlyList<QueryAttribute> Query,
    IReadOnlyList<AnswersAttribute> Answers,
    string? Summary)
{
    private static readonly ConcurrentDictionary<string, HttpEndpoint?> ByEntryPoint = new(StringComparer.Ordinal);

    /// <summary>Every HTTP function of the product, by name.</summary>
    public static IReadOnlyList<HttpEndpoint> All { get; } = [.. In(typeof(HttpEndpoint).Assembly).OrderBy(e => e.Name, StringComparer.Ordinal)];

    public static IEnumerable<HttpEndpoint> In(Assembly assembly) =>
        assembly.GetTypes().SelectMany(t => t.GetMethods()).Select(From).OfType<HttpEndpoint>();

    /// <summary>The declaration of the function that is about to run; null when it is no HTTP function.</summary>
    public static HttpEndpoint? Of(FunctionDefinition function) =>
        ByEntryPoint.GetOrAdd(function.EntryPoint, static (entryPoint, path) => Find(entryPoint, path), function.PathToAssembly);

    private static HttpEndpoint? Find(string entryPoint, string pathToAssembly)
    {
        var dot = entryPoint.LastIndexOf('.');
        var name = Path.GetFileNameWithoutExtension(pathToAssembly);
        var method = AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => !a.IsDynamic && a.GetName().Name == name)
            .Select(a => a.GetType(entryPoint[..dot])?.GetMethod(entryPoint[(dot + 1)..]))
            .FirstOrDefault(m => m is not null);
        return method is null ? null : From(method);
    }

    private static HttpEndpoint? From(MethodInfo method)
    {
        if (method.GetCustomAttribute<FunctionAttribute>() is not { } function
            || method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null) is not { } trigger)
        {
            return null;
        }

        return new(
            function.Name,
            method,
            trigger.Route ?? function.Name,
            [.. (trigger.Methods ?? []).Select(m => m.ToUpperInvariant())],
            method.GetCustomAttribute<RequiresAttribute>(),
            method.GetCustomAttribute<AnonymousAttribute>(),
            method.GetCustomAttribute<TakesAttribute>(),
            method.GetCustomAttribute<TakesFileAttribute>(),
            [.. method.GetCustomAttributes<QueryAttribute>()],
            [.. method.GetCustomAttributes<AnswersAttribute>()],
            method.GetCustomAttribute<SaysAttribute>()?.Summary);
    }
}
