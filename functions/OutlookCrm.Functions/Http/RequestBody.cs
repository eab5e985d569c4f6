using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OutlookCrm.Http;

/// <summary>Reads a request's JSON strictly: what it holds is exactly what the contract record says, or a problem names the field.</summary>
public static class RequestBody
{
    /// <summary>64 KiB: the largest contract, a hundred people on a mail, is half of it.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 16;

    /// <summary>
    /// 415 when it is not JSON, 413 when over <see cref="MaxBytes"/> (said or found while reading), 400 with line and position when
    /// the JSON is broken, 400 by field for a field that is unknown, given twice, missing, of a wrong type, over-long or holding
    /// control characters.
    /// </summary>
    public static async Task<RequestReading<T>> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class
    {
        if (!IsJson(request.ContentType))
        {
            return new(Answer.Refused(
                StatusCodes.Status415UnsupportedMediaType, "The body must be application/json in UTF-8."));
        }

        if (request.ContentLength > MaxBytes)
        {
            return TooLarge<T>();
        }

        // One byte more than allowed, to tell a full body from one that goes on.
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxBytes + 1), MaxBytes + 1, throwOnEndOfStream: false, cancellation);
            return length > MaxBytes ? TooLarge<T>() : Read<T>(buffer.AsMemory(0, length));
        }
        finally
        {
            // A later renter must not find what a person wrote.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static RequestReading<T> Read<T>(ReadOnlyMemory<byte> utf8)
        where T : class
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (utf8.IsEmpty)
        {
            return Broken<T>("must not be empty");
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            return Broken<T>("must be UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var errors = new FieldErrors();
            RequestShape.Of(typeof(T)).Check(document.RootElement, errors);
            return errors.Any
                ? new(Answer.Invalid(errors))
                : new(document.RootElement.Deserialize<T>(ContractJson.Options)!);
        }
        catch (JsonException e)
        {
            return Broken<T>($"must be JSON, at most {MaxDepth} levels deep; it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    private static RequestReading<T> Broken<T>(string rule)
        where T : class => new(Answer.Invalid("body", rule));

    private static RequestReading<T> TooLarge<T>()
        where T : class => new(Answer.Problem(
            StatusCodes.Status413PayloadTooLarge,
            detail: null,
            new Dictionary<string, IReadOnlyList<string>> { ["body"] = [$"must be at most {MaxBytes} bytes"] }));

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
                && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}

/// <summary>A request that could be read, or the answer that refuses it.</summary>
public readonly struct RequestReading<T>
    where T : class
{
    private readonly T? request;
    private readonly IResult? refusal;

    internal RequestReading(T request) => this.request = request;

    internal RequestReading(IResult refusal) => this.refusal = refusal;

    public bool Is([NotNullWhen(true)] out T? read, [NotNullWhen(false)] out IResult? refused)
    {
        read = request;
        refused = refusal;
        return read is not null;
    }
}
