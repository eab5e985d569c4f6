using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;

namespace OutlookCrm.LocalHost;

/// <summary>
/// Fills one parameter as the worker does. What the worker could never fill is refused at start; a value that does not
/// fit at run time is an exception, as it is there.
/// </summary>
internal sealed class ParameterBinder
{
    // Message bodies and request bodies alike: property names in any case.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Func<LocalInvocation, ValueTask<object?>> bind;

    private ParameterBinder(Func<LocalInvocation, ValueTask<object?>> bind) => this.bind = bind;

    public ValueTask<object?> BindAsync(LocalInvocation invocation) => bind(invocation);

    public static ParameterBinder For(ParameterInfo parameter, FunctionEntry function)
    {
        var type = parameter.ParameterType;
        if (type == typeof(FunctionContext))
        {
            return new(static invocation => new(invocation));
        }

        if (type == typeof(CancellationToken))
        {
            return new(static invocation => new(invocation.CancellationToken));
        }

        if (type == typeof(HttpRequest))
        {
            return new(static invocation => new(invocation.Http?.Request));
        }

        if (parameter.GetCustomAttribute<FromBodyAttribute>() is not null)
        {
            return new(invocation => ReadBodyAsync(invocation, type));
        }

        return parameter.GetCustomAttribute<TriggerBindingAttribute>() switch
        {
            TimerTriggerAttribute when type == typeof(TimerInfo) => new(static invocation => new(invocation.TriggerValue)),
            QueueTriggerAttribute => new(invocation => new(ReadMessage((string)invocation.TriggerValue!, type))),
            null => ByName(parameter, function),
            _ => throw Refused(parameter, function),
        };
    }

    private static object? ReadMessage(string body, Type type)
    {
        if (type == typeof(string))
        {
            return body;
        }

        if (type == typeof(byte[]))
        {
            return Encoding.UTF8.GetBytes(body);
        }

        return type == typeof(BinaryData) ? BinaryData.FromString(body) : JsonSerializer.Deserialize(body, type, Json);
    }

    private static async ValueTask<object?> ReadBodyAsync(LocalInvocation invocation, Type type)
    {
        var request = (invocation.Http ?? throw new InvalidOperationException("Only an HTTP trigger has a body.")).Request;
        if (!request.HasJsonContentType())
        {
            throw new InvalidOperationException("The body cannot be bound: its content type is not JSON.");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, Json, invocation.CancellationToken);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException("The body cannot be bound: it is not JSON of the parameter's type.", e);
        }
    }

    /// <summary>A route or query value, or what came with a queue message.</summary>
    private static ParameterBinder ByName(ParameterInfo parameter, FunctionEntry function)
    {
        var (name, target) = (parameter.Name!, Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType);
        if (!Type.GetTypeCode(target).IsSimple() && target != typeof(Guid) && target != typeof(DateTimeOffset))
        {
            throw Refused(parameter, function);
        }

        var mayBeAbsent = parameter.HasDefaultValue || !parameter.ParameterType.IsValueType || target != parameter.ParameterType;
        var absent = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return new(invocation =>
        {
            if (invocation.FindBindingValue(name) is { } text)
            {
                return new(target == typeof(string) ? text : Convert(text, target, name));
            }

            return mayBeAbsent
                ? new(absent)
                : throw new InvalidOperationException($"Nothing was given for parameter '{name}', which cannot be null.");
        });
    }

    private static object Convert(string text, Type target, string name)
    {
        try
        {
            return target == typeof(Guid) ? Guid.Parse(text, CultureInfo.InvariantCulture)
                : target == typeof(DateTimeOffset) ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
                : target == typeof(DateTime) ? DateTime.Parse(text, CultureInfo.InvariantCulture)
                : JsonSerializer.Deserialize(text, target, Json)!;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new InvalidOperationException($"Parameter '{name}' cannot be read as {target.Name}.", e);
        }
    }

    private static InvalidOperationException Refused(ParameterInfo parameter, FunctionEntry function) => new(
        $"Function {function.Name}: parameter '{parameter.Name}' of type {parameter.ParameterType} cannot be filled.");
}

internal static class TypeCodes
{
    public static bool IsSimple(this TypeCode code) => code is not (TypeCode.Object or TypeCode.Empty or TypeCode.DBNull or TypeCode.Char);
}
