using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>The last morning for which somebody's digest was seen to.</summary>
/// <param name="Day">Where they live; goes back only when the clock is set back by more than a day.</param>
/// <param name="BusyUntil">A worker is at it; null when the day is over, with a draft or without.</param>
/// <param name="Problem">Why there is no draft; null when nothing was wrong.</param>
public sealed record DigestMark(DateOnly Day, DateTimeOffset? BusyUntil, DigestProblem? Problem);

/// <summary>A worker's hold on one morning of one colleague.</summary>
/// <param name="IsAgain">A worker before may have made the draft and died before it could say so.</param>
public sealed record DigestTurn(Guid TenantId, Guid UserId, DateOnly Day, bool IsAgain, string ETag);

/// <summary>
/// Row <c>m</c> of table <c>agenda</c>: one worker at a time has one morning of one colleague, and a morning that is over is nobody's again. Each step
/// is guarded by the row's ETag.
/// </summary>
public sealed class DigestMarks(ITableStore tables)
{
    /// <summary>Longer than Graph takes with all its retries.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private const string Day = "Day";
    private const string BusyUntil = "BusyUntil";
    private const string Problem = "Problem";

    /// <summary>Null before the first morning.</summary>
    public async Task<DigestMark?> LastAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await FindAsync(tenantId, userId, cancellation) is { } row ? Read(row) : null;

    /// <summary>Null when the morning is over, or somebody else has it.</summary>
    public async Task<DigestTurn?> TakeAsync(Guid tenantId, Guid userId, DateOnly day, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = await FindAsync(tenantId, userId, cancellation);
        var last = found is null ? null : Read(found);

        // A journey to the west takes a day back at most; a mark further ahead is of a clock that was set back since.
        if (last is not null && last.Day <= day.AddDays(1) && (last.Day > day || (last.Day == day && (last.BusyUntil is null || last.BusyUntil.Value.IsAhead(Lease, now)))))
        {
            return null;
        }

        var row = ToRow(tenantId, userId, new DigestMark(day, now + Lease, last?.Problem));
        var taken = found is null
            ? await tables.InsertAsync(Tables.Agenda, row, cancellation)
            : await tables.ReplaceAsync(Tables.Agenda, row, found.ETag!, cancellation);
        return taken.IsWritten ? new DigestTurn(tenantId, userId, day, last?.Day == day, taken.ETag!) : null;
    }

    /// <summary>The morning is over. Of a worker who was too slow nothing is kept: another has it.</summary>
    public Task EndAsync(DigestTurn turn, DigestProblem? problem, CancellationToken cancellation) => tables.ReplaceAsync(
        Tables.Agenda, ToRow(turn.TenantId, turn.UserId, new DigestMark(turn.Day, BusyUntil: null, problem)), turn.ETag, cancellation);

    private Task<TableRow?> FindAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        tables.FindAsync(Tables.Agenda, TableKeys.Agenda(tenantId, userId), TableKeys.MorningDigest, cancellation);

    private static DigestMark Read(TableRow row) => new(
        FollowUpRow.DateOf((string)row.Properties[Day]),
        row.Properties.GetValueOrDefault(BusyUntil) as DateTimeOffset?,
        row.Properties.GetValueOrDefault(Problem) is string problem ? Enum.Parse<DigestProblem>(problem) : null);

    private static TableRow ToRow(Guid tenantId, Guid userId, DigestMark mark)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [Day] = FollowUpRow.TextOf(mark.Day) };
        if (mark.BusyUntil is { } until)
        {
            properties[BusyUntil] = until;
        }

        if (mark.Problem is { } problem)
        {
            properties[Problem] = problem.ToString();
        }

        return new TableRow(TableKeys.Agenda(tenantId, userId), TableKeys.MorningDigest, properties);
    }
}
