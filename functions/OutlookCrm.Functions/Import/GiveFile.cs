using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Keeps a file of invoices and shows how it would be understood. Nothing is taken in yet.</summary>
public sealed class GiveFile(ImportStore imports, ImportPreviews previews, TimeProvider clock, Caller caller)
{
    [Function(nameof(GiveFile)), Requires(Role.Member)]
    [Says("Give a file of invoices (CSV), to see how it would be understood")]
    [TakesFile(ImportLimits.MaxBytes)]
    [Query("name", MaxLength = 200, Required = true, Says = "The file's name")]
    [Answers(201, typeof(ImportPage)), Answers(409, when: "There are as many files as there can be")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports")] HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > ImportLimits.MaxBytes)
        {
            return TooLarge();
        }

        // The host's limit is one for JSON; what comes is counted here.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var now = clock.GetUtcNow();
        if ((await imports.ListAsync(caller.TenantId, cancellation)).Count >= ImportLimits.MaxImports)
        {
            return Answer.Conflict($"There can be {ImportLimits.MaxImports} files at most. Forget some that were undone.");
        }

        var file = new ImportedFile(
            Guid.CreateVersion7(now), request.QueryText("name")!, Pieces: 0, ImportState.Waiting, Plan: null, now, caller.UserId, caller.Name);
        await imports.AddAsync(caller.TenantId, file, cancellation);
        string? refusal = null;
        if (await imports.WriteAsync(caller.TenantId, file.Id, request.Body, cancellation) is { } pieces)
        {
            file = (await imports.FindAsync(caller.TenantId, file.Id, cancellation))! with { Pieces = pieces };
            (var preview, refusal) = await previews.MakeAsync(caller.TenantId, file, asked: null, Readers.Of(request.HttpContext), cancellation);
            if (preview is not null)
            {
                await imports.SaveAsync(caller.TenantId, file with { Plan = preview.Plan, IsReady = preview.Missing.Count == 0 }, cancellation);
                return Answer.Created(new ImportPage(file.Id, file.FileName, file.State, preview), $"/api/imports/{file.Id}");
            }
        }

        if (await imports.FindAsync(caller.TenantId, file.Id, cancellation) is { } refused)
        {
            await imports.DropAsync(caller.TenantId, refused, cancellation);
        }

        return refusal is null ? TooLarge() : Answer.Invalid("file", refusal);
    }

    private static IResult TooLarge() => Answer.Problem(
        StatusCodes.Status413PayloadTooLarge,
        detail: null,
        new Dictionary<string, IReadOnlyList<string>> { ["file"] = [$"must be at most {ImportLimits.MaxBytes / 1024 / 1024} MB"] });
}
