namespace OutlookCrm.Http;

/// <summary>The record that an HTTP function reads from the body. For the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesAttribute(Type request) : Attribute
{
    public Type Request { get; } = request;
}

/// <summary>An HTTP function that reads a file from the body as it is: <c>application/octet-stream</c>. For the OpenAPI document.</summary>
/// <param name="maxBytes">A larger one is a 413.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesFileAttribute(int maxBytes) : Attribute
{
    public int MaxBytes { get; } = maxBytes;
}

/// <summary>
/// One way an HTTP function answers, for the OpenAPI document. Without a type it is problem details. What every function may
/// answer need not be said: 400 with a body or a query, 401, 403 and 429 with a role, 413 and 415 with a body, 500, 503.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswersAttribute(int status, Type? model = null, string? when = null) : Attribute
{
    public int Status { get; } = status;

    public Type? Model { get; } = model;

    /// <summary>When this is the answer, in a few words.</summary>
    public string? When { get; } = when;
}

/// <summary>
/// A query parameter of an HTTP function. Checked before the function runs: one that is unknown, repeated, missing, over-long,
/// out of range or holds control characters is a 400 that names it.
/// </summary>
/// <example>
/// <code>
/// [Query("q", MaxLength = 100, Required = true, Says = "The start of a name, a company or an address")]
/// [Query("size", Min = 1, Max = 100, Says = "Lines a page; 20 when left out")]
/// …
/// var text = request.QueryText("q");
/// var size = request.QueryNumber("size") ?? 20;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>Must be there and not blank.</summary>
    public bool Required { get; init; }

    /// <summary>In characters, for a text; 200 unless said.</summary>
    public int MaxLength { get; init; } = 200;

    /// <summary>Set together with <see cref="Max"/>: the parameter is a whole number.</summary>
    public int Min { get; init; }

    /// <summary>The largest number allowed; 0 when the parameter is a text.</summary>
    public int Max { get; init; }

    public bool IsNumber => Max > 0;

    public string? Says { get; init; }
}

/// <summary>A summary of an HTTP function for the OpenAPI document, where its name does not say enough.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SaysAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;
}
