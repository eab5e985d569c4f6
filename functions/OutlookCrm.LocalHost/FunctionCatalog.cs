using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.LocalHost;

/// <summary>All functions, read from their attributes. What the Azure host or its build would refuse is refused here, at start.</summary>
internal sealed class FunctionCatalog
{
    private FunctionCatalog(IReadOnlyList<FunctionEntry> functions) => Functions = functions;

    public IReadOnlyList<FunctionEntry> Functions { get; }

    public IEnumerable<(FunctionEntry Function, T Trigger)> With<T>()
        where T : TriggerBindingAttribute =>
        Functions.Where(f => f.Trigger is T).Select(f => (f, (T)f.Trigger));

    public static FunctionCatalog Read(IEnumerable<Type> types)
    {
        var functions = new List<FunctionEntry>();
        foreach (var type in types)
        {
            foreach (var method in type.GetMethods(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute)
                {
                    functions.Add(Read(attribute.Name, method));
                }
            }
        }

        if (functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException(
                $"Two functions are called {twice.Key}: {string.Join(" and ", twice.Select(f => f.EntryPoint))}.");
        }

        return new FunctionCatalog(functions);
    }

    /// <summary><c>AzureWebJobs.Name.Disabled</c>, as in Azure.</summary>
    public FunctionCatalog WithoutDisabled(IConfiguration configuration) => new(
        [.. Functions.Where(f => configuration[$"AzureWebJobs.{f.Name}.Disabled"] is not ("1" or "true" or "True"))]);

    private static FunctionEntry Read(string name, MethodInfo method)
    {
        var where = $"{method.DeclaringType!.FullName}.{method.Name}";
        if (!method.IsPublic || !method.DeclaringType.IsVisible)
        {
            throw new InvalidOperationException($"Function {name} ({where}) must be a public method of a public class.");
        }

        var triggers = method.GetParameters()
            .Select(p => (p.Name, Trigger: p.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(p => p.Trigger is not null)
            .ToArray();
        if (triggers.Length != 1)
        {
            throw new InvalidOperationException($"Function {name} ({where}) must have one trigger; it has {triggers.Length}.");
        }

        var function = new FunctionEntry(name, method, triggers[0].Name!, triggers[0].Trigger!);
        if (function.Trigger is HttpTriggerAttribute http)
        {
            if (http.AuthLevel != AuthorizationLevel.Anonymous)
            {
                throw new InvalidOperationException(
                    $"Function {name} asks for a key of level {http.AuthLevel}; this host has no keys and would leave it open.");
            }

            if (!function.AnswersHttp)
            {
                throw new InvalidOperationException(
                    $"Function {name} answers {function.ResultType}; the worker would send an empty body. Answer an IResult.");
            }
        }

        return function;
    }
}
