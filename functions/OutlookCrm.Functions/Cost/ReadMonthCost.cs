using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Cost;

/// <summary>Asks Azure every six hours what this month costs; its own figures are no fresher. What it said before stands while it does not answer.</summary>
public sealed class ReadMonthCost(AzureBill bill, MonthCosts costs, CostOptions options, ILogger<ReadMonthCost> log)
{
    [Function(nameof(ReadMonthCost))]
    public async Task RunAsync([TimerTrigger("0 35 */6 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        if (options.ResourceGroup is null)
        {
            return;
        }

        try
        {
            await costs.SaveAsync(await bill.ReadAsync(cancellation), cancellation);
        }
        catch (BillRefusedException why)
        {
            log.LogWarning("Azure does not tell what this month costs: {Failure}", Failure.WithoutWords(why));
            await costs.SaveAsync(null, cancellation);
        }
        catch (Exception why) when (why is HttpRequestException || (why is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            log.LogWarning("What this month costs is not to be had now; asked again in six hours: {Failure}", Failure.WithoutWords(why));
        }
    }
}
