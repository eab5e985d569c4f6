using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where the host keeps what the function answered, for middleware to read and replace.</summary>
internal interface IInvocationResultFeature
{
    object? Result { get; set; }
}

public static class FunctionContextExtensions
{
    internal const string HttpContextKey = "HttpRequestContext";

    /// <summary>The request; null when an HTTP trigger did not start this invocation.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HttpContextKey, out var value) ? value as HttpContext : null;
    }
}

public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new HeldResult(Feature(context));

    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var feature = Feature(context);
        return feature.Result is T
            ? new HeldResult<T>(feature)
            : throw new InvalidOperationException(
                $"The function answered {feature.Result?.GetType().ToString() ?? "null"}, not {typeof(T)}.");
    }

    private static IInvocationResultFeature Feature(FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context as IInvocationResultFeature
            ?? context.Features.Get<IInvocationResultFeature>()
            ?? throw new InvalidOperationException("This invocation was not started by the host and has no result.");
    }

    private sealed class HeldResult(IInvocationResultFeature feature) : InvocationResult
    {
        public override object? Value
        {
            get => feature.Result;
            set => feature.Result = value;
        }
    }

    private sealed class HeldResult<T>(IInvocationResultFeature feature) : InvocationResult<T>
    {
        public override T? Value
        {
            get => (T?)feature.Result;
            set => feature.Result = value;
        }
    }
}

public static class FunctionContextLoggerExtensions
{
    public static ILogger<T> GetLogger<T>(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.InstanceServices.GetRequiredService<ILogger<T>>();
    }

    public static ILogger GetLogger(this FunctionContext context, string categoryName)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(categoryName);
    }
}
