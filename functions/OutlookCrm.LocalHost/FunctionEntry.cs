using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.LocalHost;

/// <summary>One <c>[Function]</c> method: what starts it, how its parameters are filled, how it is called.</summary>
internal sealed class FunctionEntry : FunctionDefinition
{
    private readonly MethodInfo method;
    private readonly MethodInvoker invoker;
    private readonly ParameterBinder[] binders;
    private readonly Func<object?, ValueTask<object?>> awaiting;

    public FunctionEntry(string name, MethodInfo method, string triggerParameter, TriggerBindingAttribute trigger)
    {
        this.method = method;
        Name = name;
        Trigger = trigger;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        PathToAssembly = method.DeclaringType.Assembly.Location;

        var parameters = method.GetParameters();
        Parameters = [.. parameters.Select(p => new FunctionParameter(
            p.Name!, p.ParameterType, p.Name == triggerParameter ? new Dictionary<string, object> { ["bindingAttribute"] = trigger } : []))];
        InputBindings = ImmutableDictionary<string, BindingMetadata>.Empty.Add(
            triggerParameter, new TriggerMetadata(triggerParameter, TriggerName(trigger)));
        binders = [.. parameters.Select(p => ParameterBinder.For(p, this))];
        awaiting = Awaiting(method.ReturnType, out var resultType);
        ResultType = resultType;
        invoker = MethodInvoker.Create(method);
    }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>What comes out once awaited; <c>void</c> when nothing does.</summary>
    public Type ResultType { get; }

    public Type DeclaringType => method.DeclaringType!;

    public bool NeedsInstance => !method.IsStatic;

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override string PathToAssembly { get; }

    public override string EntryPoint { get; }

    public override string Id => Name;

    public override string Name { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;

    /// <summary>Fills the parameters, makes the instance and runs the method; its result goes to the invocation.</summary>
    public async Task ExecuteAsync(LocalInvocation invocation)
    {
        var arguments = binders.Length == 0 ? [] : new object?[binders.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = await binders[i].BindAsync(invocation);
        }

        var instance = NeedsInstance ? invocation.InstanceServices.GetRequiredService(DeclaringType) : null;
        invocation.Result = await awaiting(Invoke(instance, arguments));
    }

    private object? Invoke(object? instance, object?[] arguments)
    {
        try
        {
            return invoker.Invoke(instance, arguments.AsSpan());
        }
        catch (TargetInvocationException e) when (e.InnerException is { } thrown)
        {
            ExceptionDispatchInfo.Throw(thrown);
            throw;
        }
    }

    /// <summary>Any HTTP answer is an <see cref="IResult"/> or <see cref="IActionResult"/>: Azure would answer any other with an empty body.</summary>
    public bool AnswersHttp => ResultType == typeof(void)
        || typeof(IResult).IsAssignableFrom(ResultType)
        || MayBeActionResult;

    public bool MayBeActionResult => typeof(IActionResult).IsAssignableFrom(ResultType) || ResultType == typeof(object);

    private static Func<object?, ValueTask<object?>> Awaiting(Type returned, out Type result)
    {
        if (returned == typeof(Task) || returned == typeof(ValueTask))
        {
            result = typeof(void);
            return returned == typeof(Task) ? AwaitTask : AwaitValueTask;
        }

        if (returned.IsGenericType && returned.GetGenericTypeDefinition() is { } definition
            && (definition == typeof(Task<>) || definition == typeof(ValueTask<>)))
        {
            result = returned.GenericTypeArguments[0];
            return typeof(FunctionEntry)
                .GetMethod(definition == typeof(Task<>) ? nameof(AwaitTaskOf) : nameof(AwaitValueTaskOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(result)
                .CreateDelegate<Func<object?, ValueTask<object?>>>();
        }

        result = returned;
        return static value => new(value);
    }

    private static async ValueTask<object?> AwaitTask(object? task)
    {
        await (Task)task!;
        return null;
    }

    private static async ValueTask<object?> AwaitValueTask(object? task)
    {
        await (ValueTask)task!;
        return null;
    }

    private static async ValueTask<object?> AwaitTaskOf<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> AwaitValueTaskOf<T>(object? task) => await (ValueTask<T>)task!;

    private static string TriggerName(TriggerBindingAttribute trigger) => trigger switch
    {
        HttpTriggerAttribute => "httpTrigger",
        TimerTriggerAttribute => "timerTrigger",
        QueueTriggerAttribute => "queueTrigger",
        _ => throw new InvalidOperationException($"{trigger.GetType().Name} is a trigger that this host does not know."),
    };

    private sealed class TriggerMetadata(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
