using System.Globalization;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>
/// What an HTTP function returns. A contract record goes out as JSON or, when the Accept header prefers text/html, as the
/// HTML that its view draws. All answers are private data: no-store.
/// </summary>
/// <example>
/// <code>
/// [Function(nameof(AddNote)), Requires(Role.Member)]
/// [Takes(typeof(AddNoteRequest))]
/// [Answers(201, typeof(Timeline), "The note is kept"), Answers(200, typeof(Timeline), "It was kept before"), Answers(404)]
/// public async Task&lt;IResult&gt; RunAsync(
///     [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/notes")] HttpRequest request,
///     string id,
///     CancellationToken cancellation)
/// {
///     // Fields, types, lengths and counts are judged here, as the record's attributes say.
///     var body = await RequestBody.ReadAsync&lt;AddNoteRequest&gt;(request, cancellation);
///     if (!body.Is(out var note, out var refusal))
///     {
///         return refusal;
///     }
///
///     // What only the slice can judge is collected by field.
///     var errors = new FieldErrors();
///     if (note.At > clock.GetUtcNow())
///     {
///         errors.Add("at", "must not be in the future");
///     }
///
///     if (errors.Any)
///     {
///         return Answer.Invalid(errors);
///     }
///     …
///     return Answer.Created(timeline, $"/api/customers/{id}/timeline");
/// }
/// </code>
/// </example>
public static class Answer
{
    /// <param name="etag">The record's version, as <see cref="EntityTag.For"/> wrote it; null when it has none.</param>
    public static IResult Ok<T>(T model, string? etag = null)
        where T : class => new FacedResult<T>(StatusCodes.Status200OK, model, etag, Location: null);

    /// <summary>
    /// As <see cref="Ok{T}(T, string?)"/> for a record that is looked at far more often than it changes: the answer is kept and sent again.
    /// </summary>
    /// <param name="stamp">Names all that the record is made of: two records with one stamp are the same.</param>
    /// <param name="sight">
    /// Says what this reader may see of it, so that nobody is handed what was made for somebody who may see more: a text that is the
    /// same for two readers exactly when they may see the same, whenever they ask. Empty for who may see all of it.
    /// </param>
    /// <param name="make">Makes the record, and its version as <see cref="EntityTag.For"/> wrote it.</param>
    /// <param name="rows">What <paramref name="make"/> reads from; they are released when it has, or need not.</param>
    public static IResult Kept<T>(RowsStamp stamp, string sight, Func<(T Model, string? ETag)> make, TableRange? rows = null)
        where T : class => new KeptResult<T>(stamp, sight, make, rows);

    /// <summary>The answer that <see cref="Kept"/> would give, when it is there; null when the record must be read to make it.</summary>
    public static IResult? FindKept<T>(HttpContext http, RowsStamp stamp, string sight)
        where T : class => AskedPage.Of<T>(http, stamp, sight).TryFind<T>(out var result) ? result : null;

    /// <param name="location">The new record's path, such as <c>/api/customers/0123…</c>.</param>
    public static IResult Created<T>(T model, string location, string? etag = null)
        where T : class => new FacedResult<T>(StatusCodes.Status201Created, model, etag, location);

    /// <summary>412: the record changed since it was read. The answer shows both versions; nothing was saved.</summary>
    public static IResult Changed(EditConflict conflict) =>
        new FacedResult<EditConflict>(StatusCodes.Status412PreconditionFailed, conflict, conflict.Theirs.ETag, Location: null);

    /// <inheritdoc cref="Changed(EditConflict)"/>
    public static IResult Changed(SettingsConflict conflict) =>
        new FacedResult<SettingsConflict>(StatusCodes.Status412PreconditionFailed, conflict, conflict.ETag, Location: null);

    /// <inheritdoc cref="Changed(EditConflict)"/>
    public static IResult Changed(FollowUpConflict conflict) =>
        new FacedResult<FollowUpConflict>(StatusCodes.Status412PreconditionFailed, conflict, conflict.Theirs.ETag, Location: null);

    /// <summary>200, or 503 when the product cannot do its work; the answer says why.</summary>
    public static IResult Health(HealthReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var status = report.State == HealthState.Bad ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return new FacedResult<HealthReport>(status, report, ETag: null, Location: null);
    }

    /// <param name="detail">A sentence for a person, such as "No customer has this id."</param>
    public static IResult NotFound(string detail) => Refused(StatusCodes.Status404NotFound, detail);

    /// <summary>409: what was asked cannot be done to the record as it is, such as an address that another customer has.</summary>
    public static IResult Conflict(string detail) => Refused(StatusCodes.Status409Conflict, detail);

    /// <summary>400 that names each field and the rules it breaks.</summary>
    public static IResult Invalid(FieldErrors errors) => Problem(
        StatusCodes.Status400BadRequest, detail: null, errors.ByField);

    /// <summary>400 for one field.</summary>
    public static IResult Invalid(string field, string rule)
    {
        var errors = new FieldErrors();
        errors.Add(field, rule);
        return Invalid(errors);
    }

    /// <summary>Any other 4xx or 5xx, as problem details.</summary>
    public static IResult Refused(int status, string? detail) => Problem(status, detail, errors: null);

    /// <summary>What is not the caller's fault, with the id under which the log has it.</summary>
    public static IResult Broken(int status, string detail, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return Problem(status, detail, errors: null, http.TraceIdentifier);
    }

    internal static IResult Problem(
        int status, string? detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors, string? traceId = null) =>
        new FacedResult<Problem>(
            status,
            new Problem(ProblemTypes.UriOf(status), ProblemTypes.TitleOf(status), status, detail, errors, traceId),
            ETag: null,
            Location: null);
}

/// <summary>The words for the statuses that we answer with. A type is the section of the standard that defines its status.</summary>
internal static class ProblemTypes
{
    public static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be read",
        StatusCodes.Status401Unauthorized => "Sign in first",
        StatusCodes.Status403Forbidden => "You may not do this",
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status405MethodNotAllowed => "This method is not allowed here",
        StatusCodes.Status408RequestTimeout => "The request came too slowly",
        StatusCodes.Status409Conflict => "This cannot be done as things are",
        StatusCodes.Status413PayloadTooLarge => "The request is too large",
        StatusCodes.Status415UnsupportedMediaType => "Send JSON",
        StatusCodes.Status428PreconditionRequired => "Say which version you read",
        StatusCodes.Status429TooManyRequests => "Too much at once",
        StatusCodes.Status500InternalServerError => "Something broke",
        StatusCodes.Status503ServiceUnavailable => "Not available right now",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No title for this status"),
    };

    public static string UriOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "https://www.rfc-editor.org/rfc/rfc6750#section-3.1",
        StatusCodes.Status428PreconditionRequired => "https://www.rfc-editor.org/rfc/rfc6585#section-3",
        StatusCodes.Status429TooManyRequests => "https://www.rfc-editor.org/rfc/rfc6585#section-4",
        >= 500 => string.Create(CultureInfo.InvariantCulture, $"https://www.rfc-editor.org/rfc/rfc9110#section-15.6.{status - 499}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"https://www.rfc-editor.org/rfc/rfc9110#section-15.5.{SectionOf(status)}"),
    };

    // RFC 9110 numbers the 4xx sections by status, without gaps up to 417.
    private static int SectionOf(int status) => status - 399;
}
