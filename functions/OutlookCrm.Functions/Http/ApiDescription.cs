using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>Describes the functions as their attributes and contract records declare them (OpenAPI 3.1).</summary>
internal static partial class ApiDescription
{
    private const string Json = "application/json";
    private const string Html = "text/html";

    public static JsonObject Of(IReadOnlyList<HttpEndpoint> endpoints)
    {
        var schemas = new ContractSchemas();

        // Requests first: their schemas have the limits, and answers that hold the same records refer to them.
        var bodies = endpoints.Where(e => e.Takes is not null).ToDictionary(e => e, e => schemas.OfRequest(e.Takes!.Request));
        var problem = schemas.OfAnswer(typeof(Problem));
        var paths = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            var path = "/api/" + RouteParameter().Replace(endpoint.Route, "{$1}");
            var item = (JsonObject)(paths[path] ??= new JsonObject());
            foreach (var method in endpoint.Methods)
            {
                item[method.ToLowerInvariant()] = Operation(endpoint, method, bodies.GetValueOrDefault(endpoint), schemas, problem);
            }
        }

        return new()
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Outlook CRM",
                ["version"] = typeof(ApiDescription).Assembly.GetName().Version!.ToString(3),
                ["description"] = "Every answer has two faces, chosen by Accept: the record as JSON, or the HTML that the pane shows.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.ByName,
                ["securitySchemes"] = new JsonObject
                {
                    ["entra"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] = "An access token of Microsoft Entra ID, version 2, for this API and with its scope.",
                    },
                },
            },
        };
    }

    private static JsonObject Operation(
        HttpEndpoint endpoint, string method, JsonObject? body, ContractSchemas schemas, JsonObject problem)
    {
        var operation = new JsonObject
        {
            ["operationId"] = endpoint.Methods.Count > 1 ? $"{endpoint.Name}.{method.ToLowerInvariant()}" : endpoint.Name,
            ["summary"] = endpoint.Summary ?? Words(endpoint.Name),
            ["tags"] = new JsonArray(endpoint.Method.DeclaringType!.Namespace!.Split('.')[^1]),
        };
        if (endpoint.Requires is { Role: var role })
        {
            operation["description"] = $"Needs the role {role.ToString().ToLowerInvariant()}.";
            operation["security"] = new JsonArray(new JsonObject { ["entra"] = new JsonArray() });
        }

        if (Parameters(endpoint) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (body is not null)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = body.DeepClone() } },
            };
        }

        if (endpoint.TakesFile is { MaxBytes: var maxBytes })
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["description"] = $"The file as it is, at most {maxBytes} bytes.",
                ["content"] = new JsonObject { ["application/octet-stream"] = new JsonObject() },
            };
        }

        operation["responses"] = Responses(endpoint, schemas, problem);
        return operation;
    }

    private static JsonArray Parameters(HttpEndpoint endpoint)
    {
        var parameters = new JsonArray();
        foreach (Match match in RouteParameter().Matches(endpoint.Route))
        {
            parameters.Add((JsonNode)new JsonObject
            {
                ["name"] = match.Groups[1].Value,
                ["in"] = "path",
                ["required"] = true,
                ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        foreach (var query in endpoint.Query)
        {
            var parameter = new JsonObject
            {
                ["name"] = query.Name,
                ["in"] = "query",
                ["required"] = query.Required,
                ["schema"] = query.IsNumber
                    ? new JsonObject { ["type"] = "integer", ["minimum"] = query.Min, ["maximum"] = query.Max }
                    : new JsonObject { ["type"] = "string", ["maxLength"] = query.MaxLength },
            };
            if (query.Says is not null)
            {
                parameter["description"] = query.Says;
            }

            parameters.Add((JsonNode)parameter);
        }

        if (AnswersWith(endpoint, StatusCodes.Status412PreconditionFailed))
        {
            parameters.Add((JsonNode)new JsonObject
            {
                ["name"] = "If-Match",
                ["in"] = "header",
                ["required"] = true,
                ["description"] = "The ETag that was read with the record.",
                ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        return parameters;
    }

    private static JsonObject Responses(HttpEndpoint endpoint, ContractSchemas schemas, JsonObject problem)
    {
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var answer in endpoint.Answers)
        {
            responses[answer.Status] = answer switch
            {
                { Model: { } model } => Response(answer, schemas.OfAnswer(model), Json),
                { Status: < 400 } => new JsonObject { ["description"] = answer.When ?? "Done" },
                _ => Response(answer, problem, "application/problem+json"),
            };
        }

        foreach (var status in Implied(endpoint))
        {
            responses.TryAdd(status, Response(new AnswersAttribute(status), problem, "application/problem+json"));
        }

        var all = new JsonObject();
        foreach (var (status, response) in responses)
        {
            all[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = response;
        }

        return all;
    }

    private static IEnumerable<int> Implied(HttpEndpoint endpoint)
    {
        if (endpoint.Requires is not null)
        {
            // An unknown query parameter or a second Authorization header is a 400 anywhere.
            yield return StatusCodes.Status400BadRequest;
            yield return StatusCodes.Status401Unauthorized;
            yield return StatusCodes.Status403Forbidden;
            yield return StatusCodes.Status429TooManyRequests;
            yield return StatusCodes.Status503ServiceUnavailable;
        }

        if (endpoint.Takes is not null)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }

        if (endpoint.TakesFile is not null)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
        }

        if (AnswersWith(endpoint, StatusCodes.Status412PreconditionFailed))
        {
            yield return StatusCodes.Status428PreconditionRequired;
        }

        yield return StatusCodes.Status500InternalServerError;
    }

    private static JsonObject Response(AnswersAttribute answer, JsonObject schema, string mediaType)
    {
        var response = new JsonObject
        {
            ["description"] = answer.When ?? (answer.Status < 400 ? "Done" : answer.Status == StatusCodes.Status412PreconditionFailed
                ? "The record changed since it was read"
                : ProblemTypes.TitleOf(answer.Status)),
            ["content"] = new JsonObject
            {
                [mediaType] = new JsonObject { ["schema"] = schema.DeepClone() },
                [Html] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } },
            },
        };
        if (answer.Model?.GetProperty("ETag", BindingFlags.Public | BindingFlags.Instance) is not null)
        {
            response["headers"] = new JsonObject
            {
                ["ETag"] = new JsonObject
                {
                    ["description"] = "The record's version; goes back in If-Match. Of a page of HTML its weak name, which goes back in If-None-Match.",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                },
            };
        }

        return response;
    }

    private static bool AnswersWith(HttpEndpoint endpoint, int status) => endpoint.Answers.Any(a => a.Status == status);

    private static string Words(string name) => WordStart().Replace(name, m => " " + m.Value.ToLowerInvariant());

    [GeneratedRegex(@"\{\*?(\w+)[^}]*\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
