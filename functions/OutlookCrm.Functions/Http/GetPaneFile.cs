using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>The pane's own files: one thing to deploy, and no other origin to trust.</summary>
public sealed class GetPaneFile(PaneFiles files)
{
    [Function(nameof(GetPaneFile)), Anonymous("The same for everybody; what it shows of customers it asks for with a token.")]
    [Says("A file of the task pane")]
    [Answers(200, when: "The file"), Answers(304, when: "The client has it"), Answers(404)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "pane/{*file}")] HttpRequest request,
        string? file) =>
        files.Find(file ?? "") is { } found
            ? new PaneFileResult(found)
            : Answer.NotFound("The pane has no such file.");
}

internal sealed record PaneFileResult(PaneFile File) : IResult
{
    private const string OneYear = "public, max-age=31536000, immutable";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (encoding, body) = Choose(httpContext.Request);
        var response = httpContext.Response;
        var headers = response.Headers;
        headers.CacheControl = File.IsImmutable ? OneYear : "no-cache";
        // Each encoding is other bytes, and a strong tag names bytes.
        headers.ETag = encoding is null ? $"\"{File.Hash}\"" : $"\"{File.Hash}-{encoding}\"";
        headers.Vary = "Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (httpContext.Request.IsHttps)
        {
            headers.StrictTransportSecurity = Faces.OneYear;
        }

        if (File.Policy is not null)
        {
            headers.ContentSecurityPolicy = File.Policy;
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        }

        if (EntityTag.IsKnown(httpContext.Request, headers.ETag.ToString()))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = File.ContentType;
        response.ContentLength = body.Length;
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    private (string? Encoding, byte[] Body) Choose(HttpRequest request) =>
        Accept.Encoding(request, "br") && File.Brotli is { } brotli ? ("br", brotli)
        : Accept.Encoding(request, "gzip") && File.Gzip is { } gzip ? ("gzip", gzip)
        : (null, File.Content);
}
