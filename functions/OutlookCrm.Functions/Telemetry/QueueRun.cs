using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Telemetry;

/// <summary>What a queue trigger brought with it.</summary>
internal static class QueueRun
{
    /// <summary>The message's text; null when something else started the run.</summary>
    public static string? MessageOf(FunctionContext context) => Find(context, "QueueTrigger") as string;

    private static object? Find(FunctionContext context, string name) => context.BindingContext.BindingData.GetValueOrDefault(name);
}
