using System.Diagnostics.CodeAnalysis;
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
        var asked = AskedPage.Of<T>(httpContext, Stamp, Sight);
        if (!asked.TryFind<T>(out var result))
        {
            var (model, etag) = Make();
            using var body = new PooledBuffer(initialBytes: 16 * 1024);
            await Faces.WriteAsync(httpContext, model, asked.Reader, body);
            result = asked.Keep<T>(KeptAnswer.Of(body.Written.Span, asked.Key.Brotli, etag));
        }

        Rows?.Release();
        await result.ExecuteAsync(httpContext);
    }
}

/// <summary>Which answer is asked for, when it is one that is kept.</summary>
internal readonly record struct AskedPage(HttpRequest Request, Reader? Reader, AnswerKey Key, KeptAnswers Answers)
{
    public static AskedPage Of<T>(HttpContext http, RowsStamp stamp, string sight)
    {
        var reader = Accept.PrefersHtml(http.Request) ? Readers.Of(http) : null;
        var key = new AnswerKey(typeof(T), stamp, sight, reader is null ? null : PageKey.Of(reader), Compression.IsTaken(http.Request));
        return new AskedPage(http.Request, reader, key, http.RequestServices.GetRequiredService<KeptAnswers>());
    }

    /// <summary>The answer as it was written before, or word that the reader shows it already.</summary>
    public bool TryFind<T>([NotNullWhen(true)] out IResult? result)
        where T : class
    {
        var page = Reader is null ? null : EntityTag.OfPage(Key);
        result = page is not null && HttpMethods.IsGet(Request.Method) && EntityTag.IsKnown(Request, page) ? new SameResult<T>(Reader, page)
            : Answers.TryFind(Key, out var answer) ? new WrittenResult<T>(Reader, page ?? answer.ETag, answer)
            : null;
        return result is not null;
    }

    public IResult Keep<T>(KeptAnswer answer)
        where T : class
    {
        Answers.Keep(Key, answer);
        return new WrittenResult<T>(Reader, Reader is null ? answer.ETag : EntityTag.OfPage(Key), answer);
    }

    private sealed record SameResult<T>(Reader? Reader, string ETag) : IResult
        where T : class
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status304NotModified, Reader, ETag, location: null);
            return Task.CompletedTask;
        }
    }

    private sealed record WrittenResult<T>(Reader? Reader, string? ETag, KeptAnswer Answer) : IResult
        where T : class
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using (Answer)
            {
                Faces.WriteHead<T>(httpContext.Response, StatusCodes.Status200OK, Reader, ETag, location: null);
                await Answer.WriteAsync(httpContext);
            }
        }
    }
}
