using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>A contract record on its way out: written whole to a pooled buffer, so that it has a length and a failure sends no half.</summary>
internal sealed record FacedResult<T>(int Status, T Model, string? ETag, string? Location) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new PooledBuffer(initialBytes: 16 * 1024);
        var reader = Accept.PrefersHtml(httpContext.Request) ? Readers.Of(httpContext) : null;
        await Faces.WriteAsync(httpContext, Model, reader, body);
        Faces.WriteHead<T>(httpContext.Response, Status, reader, ETag, Location);
        await Compression.WriteAsync(httpContext, body.Written);
    }
}

/// <summary>
/// A record that is known by its stamp before it is made: when it has been written for such a reader already, neither the record nor
/// the answer is made again, and a reader who still shows the page gets none.
/// </summary>
internal sealed record KeptResult<T>(RowsStamp Stamp, string Sight, Func<(T Model, string? ETag)> Make, TableRange? Rows) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var reader = Accept.PrefersHtml(httpContext.Request) ? Readers.Of(httpContext) : null;
        var answers = httpContext.RequestServices.GetRequiredService<KeptAnswers>();
        var takesBrotli = Compression.IsTaken(httpContext.Request);
        var key = new AnswerKey(typeof(T), Stamp, Sight, reader is null ? null : PageKey.Of(reader), takesBrotli);
        var page = reader is null ? null : EntityTag.OfPage(key);
        if (page is not null && HttpMethods.IsGet(httpContext.Request.Method) && EntityTag.IsKnown(httpContext.Request, page))
        {
            Rows?.Release();
            Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status304NotModified, reader, page, location: null);
            return;
        }

        if (!answers.TryFind(key, out var answer))
        {
            var (model, etag) = Make();
            using var body = new PooledBuffer(initialBytes: 16 * 1024);
            await Faces.WriteAsync(httpContext, model, reader, body);
            answer = KeptAnswer.Of(body.Written.Span, takesBrotli, etag);
            answers.Keep(key, answer);
        }

        Rows?.Release();
        using (answer)
        {
            Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status200OK, reader, page ?? answer.ETag, location: null);
            await answer.WriteAsync(httpContext);
        }
    }
}
