using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>What the caller sees of the firm's imports.</summary>
public sealed class ImportPages(ImportStore imports, ImportPreviews previews, TimeProvider clock, Caller caller)
{
    internal const string NotFound = "No import has this id.";
    internal const string Changed = "Somebody else changed this meanwhile. Open it again.";

    private const int Shown = 50;
    private const int ProblemsShown = 20;

    // Much longer than a worker needs from one report to the next.
    private static readonly TimeSpan StillAfter = TimeSpan.FromMinutes(3);

    internal async Task<ImportedFile?> FindAsync(string id, CancellationToken cancellation) =>
        Guid.TryParse(id, out var importId) && await imports.FindAsync(caller.TenantId, importId, cancellation) is { Plan: not null } file ? file : null;

    internal async Task<ImportList> ListAsync(CancellationToken cancellation) => new(
    [
        .. (await imports.ListAsync(caller.TenantId, cancellation)).Where(file => file.Plan is not null).Take(Shown)
            .Select(file => new ImportEntry(file.Id, file.FileName, file.State, file.At, file.By, file.Result?.Purchases ?? 0)),
    ]);

    /// <summary>A file as it stands: its preview, or how it went so far.</summary>
    internal async Task<ImportPage> PageAsync(HttpRequest request, ImportedFile file, CancellationToken cancellation)
    {
        if (file.State != ImportState.Waiting)
        {
            return await PageAsync(file, await imports.ProgressAsync(caller.TenantId, file, cancellation), cancellation);
        }

        var (preview, refusal) = await previews.MakeAsync(caller.TenantId, file, file.Plan, Readers.Of(request.HttpContext), cancellation);
        return new ImportPage(
            file.Id, file.FileName, file.State, preview ?? throw new InvalidOperationException($"The file could be read, and cannot any more: {refusal}"));
    }

    /// <summary>How a file that was started went so far.</summary>
    /// <param name="progress">As the store has it.</param>
    internal async Task<ImportPage> PageAsync(ImportedFile file, ImportProgress? progress, CancellationToken cancellation)
    {
        var problems = await imports.ProblemsAsync(caller.TenantId, file.Id, ProblemsShown, cancellation);
        return new ImportPage(
            file.Id,
            file.FileName,
            file.State,
            Result: (file.Result ?? progress!.Result) with { Problems = [.. problems.Take(ProblemsShown)] },
            StandsStill: StandsStill(progress));
    }

    /// <summary>True when nobody is at it any more, so far as one can see.</summary>
    internal bool StandsStill([NotNullWhen(true)] ImportProgress? progress) => progress?.At.IsOver(StillAfter, clock.GetUtcNow()) is true;
}
