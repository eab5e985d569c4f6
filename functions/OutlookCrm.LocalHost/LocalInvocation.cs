using System.Collections;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.LocalHost;

/// <summary>One run of one function. Parts that few functions look at are made when they are asked for.</summary>
internal sealed class LocalInvocation : FunctionContext, IInvocationFeatures, IInvocationResultFeature
{
    private readonly IReadOnlyDictionary<string, object?>? triggerData;
    private string? invocationId;
    private IDictionary<object, object>? items;
    private LocalBindingContext? bindingContext;
    private LocalTraceContext? traceContext;
    private Dictionary<Type, object>? features;

    public LocalInvocation(FunctionEntry function, HttpContext http)
    {
        Function = function;
        Http = http;
        InstanceServices = http.RequestServices;
        CancellationToken = http.RequestAborted;
    }

    public LocalInvocation(
        FunctionEntry function, object triggerValue, IReadOnlyDictionary<string, object?> triggerData, IServiceProvider services, CancellationToken cancellation)
    {
        Function = function;
        TriggerValue = triggerValue;
        this.triggerData = triggerData;
        InstanceServices = services;
        CancellationToken = cancellation;
    }

    public FunctionEntry Function { get; }

    /// <summary>Null unless an HTTP trigger started this.</summary>
    public HttpContext? Http { get; }

    /// <summary>A timer's <see cref="TimerInfo"/> or a message's text.</summary>
    public object? TriggerValue { get; }

    public object? Result { get; set; }

    public override string InvocationId => invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => Function.Id;

    public override TraceContext TraceContext => traceContext ??= new LocalTraceContext(Activity.Current);

    public override BindingContext BindingContext => bindingContext ??= new LocalBindingContext(triggerData ?? RequestValues(Http!));

    public override RetryContext RetryContext => NoRetry.Instance;

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition => Function;

    public override IDictionary<object, object> Items
    {
        get => items ??= Http is null
            ? new Dictionary<object, object>()
            : new Dictionary<object, object> { [FunctionContextExtensions.HttpContextKey] = Http };
        set => items = value;
    }

    public override IInvocationFeatures Features => this;

    public override CancellationToken CancellationToken { get; }

    /// <summary>A route value first, then the query's; or what came with a message.</summary>
    public string? FindBindingValue(string name)
    {
        if (Http is null)
        {
            return triggerData!.GetValueOrDefault(name) as string;
        }

        if (Http.Request.RouteValues.TryGetValue(name, out var value))
        {
            return value as string;
        }

        return Http.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    T? IInvocationFeatures.Get<T>()
        where T : default
    {
        if (features is not null && features.TryGetValue(typeof(T), out var feature))
        {
            return (T)feature;
        }

        return this is IInvocationResultFeature and T own ? own : default;
    }

    void IInvocationFeatures.Set<T>(T instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        (features ??= [])[typeof(T)] = instance;
    }

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() => (features ?? []).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (features ?? []).GetEnumerator();

    private static Dictionary<string, object?> RequestValues(HttpContext http)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query)
        {
            values[name] = value.ToString();
        }

        foreach (var (name, value) in http.Request.RouteValues)
        {
            values[name] = value;
        }

        return values;
    }

    private sealed class LocalBindingContext(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class LocalTraceContext(Activity? activity) : TraceContext
    {
        public override string TraceParent => activity?.Id ?? "";

        public override string TraceState => activity?.TraceStateString ?? "";
    }

    private sealed class NoRetry : RetryContext
    {
        public static NoRetry Instance { get; } = new();

        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }
}
