using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Storage
{
    public class StorageSharedKeyCredential(string accountName, string accountKey)
    {
        private readonly byte[] key = Convert.FromBase64String(accountKey);

        public string AccountName { get; } = accountName;

        internal string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}

namespace Azure.Storage.Queues
{
    /// <summary>Signs each try anew, because the signature carries the date.</summary>
    internal sealed class SharedKeyPolicy(StorageSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
    {
        // In the order in which the service signs them.
        private static readonly string[] signedHeaders =
        [
            "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
            "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
        ];

        public override void OnSendingRequest(HttpMessage message)
        {
            var request = message.Request;
            request.Headers.SetValue("x-ms-date", TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
            var text = new StringBuilder(request.Method.Method).Append('\n');
            foreach (var name in signedHeaders)
            {
                text.Append(Header(request, name)).Append('\n');
            }

            foreach (var (name, value) in request.Headers
                .Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
                .Select(h => (Name: h.Name.ToLowerInvariant(), h.Value))
                .OrderBy(h => h.Name, StringComparer.Ordinal))
            {
                text.Append(name).Append(':').Append(value).Append('\n');
            }

            var uri = request.Uri.ToUri();
            text.Append('/').Append(credential.AccountName).Append(uri.AbsolutePath);
            foreach (var (name, value) in Parameters(uri.Query).OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                text.Append('\n').Append(name).Append(':').Append(value);
            }

            request.Headers.SetValue("Authorization", $"SharedKey {credential.AccountName}:{credential.Sign(text.ToString())}");
        }

        private static string Header(Request request, string name)
        {
            if (name == "Content-Length")
            {
                // An absent or empty body is signed as nothing.
                return request.Content?.TryComputeLength(out var length) == true && length > 0
                    ? length.ToString(CultureInfo.InvariantCulture)
                    : "";
            }

            return request.Headers.TryGetValue(name, out var value) ? value! : "";
        }

        private static IEnumerable<(string Name, string Value)> Parameters(string query) =>
            query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => p.Split('=', 2))
                .Select(p => (Uri.UnescapeDataString(p[0]).ToLowerInvariant(), p.Length > 1 ? Uri.UnescapeDataString(p[1]) : ""));
    }
}
