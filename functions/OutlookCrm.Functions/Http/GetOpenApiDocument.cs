using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>What this API takes and answers, for programs and for whoever writes one.</summary>
public static class GetOpenApiDocument
{
    private static readonly Lazy<byte[]> Document =
        new(() => JsonSerializer.SerializeToUtf8Bytes(ApiDescription.Of(HttpEndpoint.All)));

    [Function(nameof(GetOpenApiDocument)), Anonymous("It describes the code, not a firm.")]
    [Says("This document")]
    [Answers(200, when: "The document")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Bytes(Document.Value, "application/json");
}
