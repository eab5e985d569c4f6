using System.Globalization;
using System.Text.Json;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What Graph says when it refuses: an OData error body.</summary>
internal sealed class GraphError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Goes out as Retry-After, in whole seconds; null says nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Goes out as Location; null says nothing.</summary>
    public string? Location { get; init; }

    public static GraphError Unauthenticated(string why) => new(StatusCodes.Status401Unauthorized, "InvalidAuthenticationToken", why);

    public static GraphError Forbidden(string message = "Access is denied. Check credentials and try again.") =>
        new(StatusCodes.Status403Forbidden, "ErrorAccessDenied", message);

    public static GraphError ItemNotFound() =>
        new(StatusCodes.Status404NotFound, "ErrorItemNotFound", "The specified object was not found in the store.");

    public static GraphError UserNotFound(string user) => new(
        StatusCodes.Status404NotFound, "Request_ResourceNotFound",
        string.Create(CultureInfo.InvariantCulture, $"Resource '{user}' does not exist or one of its queried reference-property objects are not present."));

    public static GraphError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    public static GraphError Refused(string code, string message) => new(StatusCodes.Status400BadRequest, code, message);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        var requestId = Guid.NewGuid().ToString();
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        await GraphAnswers.WriteAsync(context, Status, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("code", Code);
            json.WriteString("message", Message);
            json.WriteStartObject("innerError");
            json.WriteString("date", clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            json.WriteString("request-id", requestId);
            json.WriteString("client-request-id", requestId);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
