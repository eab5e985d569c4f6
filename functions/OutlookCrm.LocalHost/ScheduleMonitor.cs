using Microsoft.Extensions.Logging;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.LocalHost;

/// <param name="Meaning">The schedule and its zone; a state kept for another meaning does not count.</param>
/// <param name="Last">When it last ran; null before the first time.</param>
internal sealed record ScheduleState(string Meaning, DateTimeOffset? Last, DateTimeOffset Next, DateTimeOffset UpdatedAt);

/// <summary>Remembers across restarts when each timer is due. One host at a time writes it.</summary>
internal sealed class ScheduleMonitor(ITableStore tables, ILogger<ScheduleMonitor> logger)
{
    /// <summary>Null when nothing is known for this meaning of the schedule.</summary>
    public async Task<ScheduleState?> FindAsync(string function, string meaning)
    {
        try
        {
            var row = await tables.FindAsync(Tables.Schedules, TableKeys.SchedulesPartition, TableKeys.Schedule(function), CancellationToken.None);
            return row?.Properties is { } kept && kept["Meaning"] is string keptMeaning && keptMeaning == meaning
                ? new(meaning, kept.GetValueOrDefault("Last") as DateTimeOffset?, (DateTimeOffset)kept["Next"], (DateTimeOffset)kept["UpdatedAt"])
                : null;
        }
        catch (TableStoreUnavailableException e)
        {
            logger.LogError("{Function}: its schedule's state cannot be read; a missed run is not made up for: {Failure}", function, Failure.WithoutWords(e));
            return null;
        }
    }

    public async Task KeepAsync(string function, ScheduleState state)
    {
        var properties = new Dictionary<string, object> { ["Meaning"] = state.Meaning, ["Next"] = state.Next, ["UpdatedAt"] = state.UpdatedAt };
        if (state.Last is { } last)
        {
            properties["Last"] = last;
        }

        try
        {
            await tables.PutAsync(
                Tables.Schedules,
                new TableRow(TableKeys.SchedulesPartition, TableKeys.Schedule(function), properties),
                CancellationToken.None);
        }
        catch (TableStoreUnavailableException e)
        {
            logger.LogError("{Function}: its schedule's state cannot be kept: {Failure}", function, Failure.WithoutWords(e));
        }
    }
}
