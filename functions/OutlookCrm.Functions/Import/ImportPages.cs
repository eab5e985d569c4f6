using Microsoft.AspNetCore.Http;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>What the caller sees of the firm's imports.</summary>
public sealed class ImportPages(ImportStore imports, ImportPreviews previews, Caller caller)
{
    internal const string NotFound = "No import has this id.";
    internal const string Changed = "Somebody else changed this meanwhile. Open it again.";

    private const int Shown = 50;
    private const int ProblemsShown = 20;

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
        if (file.State == ImportState.Waiting)
        {
            var (preview, refusal) = await previews.MakeAsync(caller.TenantId, file, file.Plan, Readers.Of(request.HttpContext), cancellation);
            return new ImportPage(
                file.Id, file.FileName, file.State, preview ?? throw new InvalidOperationException($"The file could be read, and cannot any more: {refusal}"));
        }

        var result = file.Result ?? await imports.ProgressAsync(caller.TenantId, file.Id, cancellation);
        var problems = await imports.ProblemsAsync(caller.TenantId, file.Id, ProblemsShown, cancellation);
        return new ImportPage(
            file.Id, file.FileName, file.State, Result: result with { Problems = [.. problems.Take(ProblemsShown)] });
    }
}
