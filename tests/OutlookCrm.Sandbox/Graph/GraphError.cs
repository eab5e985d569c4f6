using System.Globalization;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What Graph says when it refuses: an OData error body.</summary>
internal sealed class GraphError(int status, string code, string message) : Exception(message)
{
    public static GraphError Unauthenticated(string why) => new(StatusCodes.Status401Unauthorized, "InvalidAuthenticationToken", why);

    public static GraphError Forbidden() =>
        new(StatusCodes.Status403Forbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");

    public static GraphError ItemNotFound() =>
        new(StatusCodes.Status404NotFound, "ErrorItemNotFound", "The specified object was not found in the store.");

    public static GraphError UserNotFound(string user) => new(
        StatusCodes.Status404NotFound, "Request_ResourceNotFound",
        string.Create(CultureInfo.InvariantCulture, $"Resource '{user}' does not exist or one of its queried reference-property objects are not present."));

    public static GraphError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    public IResult ToResult(TimeProvider clock)
    {
        var requestId = Guid.NewGuid().ToString();
        return Results.Json(
            new
            {
                error = new
                {
                    code,
                    message = Message,
                    innerError = new Dictionary<string, string>
                    {
                        ["date"] = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
                        ["request-id"] = requestId,
                        ["client-request-id"] = requestId,
                    },
                },
            },
            statusCode: status);
    }
}
