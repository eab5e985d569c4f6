using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Telemetry;

/// <summary>What a queue trigger brought with it.</summary>
internal static class QueueRun
{
    /// <summary>The message's text; null when something else started the run.</summary>
    public static string? MessageOf(FunctionContext context) => Find(context, "QueueTrigger") as string;

    /// <summary>Whose message it is.</summary>
    public static string QueueOf(FunctionContext context) =>
        context.FunctionDefinition.Parameters.SelectMany(parameter => parameter.Properties.Values).OfType<QueueTriggerAttribute>().Single().QueueName;

    /// <summary>How often the message was taken, this time included; 0 when nothing says so.</summary>
    public static int TryOf(FunctionContext context) =>
        int.TryParse(Find(context, "DequeueCount")?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static object? Find(FunctionContext context, string name) => context.BindingContext.BindingData.GetValueOrDefault(name);
}
