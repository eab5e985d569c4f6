using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Storage.Queues;

public class QueueClientOptions : ClientOptions
{
    internal HttpPipeline Build(HttpPipelinePolicy authentication) => HttpPipelineBuilder.Build(new HttpPipelineOptions(this)
    {
        PerRetryPolicies = { authentication },
        RequestFailedDetailsParser = new StorageErrors(),
    });

    /// <summary>The service's error in words: a header and a small XML document.</summary>
    private sealed class StorageErrors : RequestFailedDetailsParser
    {
        public override bool TryParse(Response response, out ResponseError? error, out IDictionary<string, string>? data)
        {
            data = null;
            error = null;
            if (response.Headers.TryGetValue("x-ms-error-code", out var code))
            {
                error = new ResponseError(code, response.ReasonPhrase);
            }

            return error is not null;
        }
    }
}
