using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Understands a waiting file another way. What depends on what was changed is found out anew.</summary>
public sealed class PlanImport(ImportPages pages, ImportPreviews previews, ImportStore imports, Caller caller)
{
    [Function(nameof(PlanImport)), Requires(Role.Member)]
    [Says("Say how a waiting file is to be understood")]
    [Takes(typeof(ImportPlan))]
    [Answers(200, typeof(ImportPage)), Answers(404), Answers(409, when: "The file does not wait any more")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "imports/{importId}/plan")] HttpRequest request,
        string importId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<ImportPlan>(request, cancellation);
        if (!body.Is(out var asked, out var refused))
        {
            return refused;
        }

        var errors = new FieldErrors();
        ImportPlans.Check(asked, errors);
        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        if (await pages.FindAsync(importId, cancellation) is not { } file)
        {
            return Answer.NotFound(ImportPages.NotFound);
        }

        if (file.State != ImportState.Waiting)
        {
            return Answer.Conflict("This file is being taken in already.");
        }

        var guessed = await InvoiceFile.GuessAsync(() => imports.Open(caller.TenantId, file), file.Plan!, cancellation);
        var (preview, refusal) = await previews.MakeAsync(
            caller.TenantId, file, WithoutStale(asked, file.Plan!, guessed), Readers.Of(request.HttpContext), cancellation);
        return preview is null ? Answer.Invalid("file", refusal!)
            : await imports.SaveAsync(caller.TenantId, file with { Plan = preview.Plan, IsReady = preview.Missing.Count == 0 }, cancellation)
                ? Answer.Ok(new ImportPage(file.Id, file.FileName, file.State, preview))
            : Answer.Conflict(ImportPages.Changed);
    }

    /// <summary>
    /// Other columns are found in a file that is cut up otherwise, and by names that are read in other letters, unless somebody has chosen columns;
    /// another column is written in its own way.
    /// </summary>
    private static ImportPlan WithoutStale(ImportPlan asked, ImportPlan before, ImportColumns? guessed) =>
        asked.Delimiter != before.Delimiter || asked.HasHeader != before.HasHeader || (asked.Encoding != before.Encoding && asked.Columns == guessed)
            ? asked with { Columns = null, Decimals = null, DatePattern = null }
            : asked with
            {
                Columns = asked.Columns ?? new ImportColumns(),
                DatePattern = asked.Columns?.Date == before.Columns?.Date ? asked.DatePattern : null,
                Decimals = asked.Columns?.Amount == before.Columns?.Amount ? asked.Decimals : null,
            };
}
