using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>A transaction on the wire: one multipart changeset out, one part for each change back, or one part for the refused one.</summary>
internal static class TableTransaction
{
    public static void SetBody(Request request, Uri table, IReadOnlyList<TableTransactionAction> actions)
    {
        var batch = $"batch_{Guid.NewGuid():D}";
        var changeset = $"changeset_{Guid.NewGuid():D}";
        var body = new StringBuilder();
        body.Append("--").Append(batch).Append("\r\nContent-Type: multipart/mixed; boundary=").Append(changeset).Append("\r\n\r\n");
        foreach (var action in actions)
        {
            body.Append("--").Append(changeset).Append("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Append(body, table, action);
        }

        body.Append("--").Append(changeset).Append("--\r\n--").Append(batch).Append("--\r\n");
        request.Headers.SetValue("Content-Type", $"multipart/mixed; boundary={batch}");
        request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(body.ToString()));
    }

    /// <exception cref="TableTransactionFailedException">The service refused.</exception>
    /// <exception cref="RequestFailedException">The answer is not one: whether anything was written is unknown.</exception>
    public static IReadOnlyList<Response> Read(Response response, int count)
    {
        var parts = Changeset(response);
        if (parts.FirstOrDefault(part => part.Status >= 400) is { } refused)
        {
            throw new TableTransactionFailedException(new TableConnection.ErrorParser().TryParse(refused, out var error, out _)
                ? new RequestFailedException(refused.Status, error.Message ?? "", error.Code, null)
                : new RequestFailedException(refused.Status, refused.ReasonPhrase));
        }

        return parts.Count == count ? parts : throw Malformed(response);
    }

    private static void Append(StringBuilder body, Uri table, TableTransactionAction action)
    {
        var entity = action.Entity;
        var keys = TableClient.Keys(entity.PartitionKey, entity.RowKey);
        var (method, path, ifMatch) = action.ActionType switch
        {
            TableTransactionActionType.Add => ("POST", "", null),

            // As the package: an update without ETag is an upsert.
            TableTransactionActionType.UpdateMerge => ("PATCH", keys, action.ETag == default ? null : action.ETag.ToString("H")),
            TableTransactionActionType.UpdateReplace => ("PUT", keys, action.ETag == default ? null : action.ETag.ToString("H")),
            TableTransactionActionType.UpsertMerge => ("PATCH", keys, null),
            TableTransactionActionType.UpsertReplace => ("PUT", keys, null),
            TableTransactionActionType.Delete =>
                ("DELETE", keys, (action.ETag == default ? ETag.All : action.ETag).ToString("H")),
            _ => throw new InvalidOperationException($"Unknown action type {action.ActionType}."),
        };
        body.Append(method).Append(' ').Append(table.AbsoluteUri).Append(path).Append(" HTTP/1.1\r\n");
        body.Append("Accept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n");
        if (method == "POST")
        {
            body.Append("Prefer: return-no-content\r\n");
        }

        if (ifMatch is not null)
        {
            body.Append("If-Match: ").Append(ifMatch).Append("\r\n");
        }

        if (method == "DELETE")
        {
            body.Append("\r\n");
            return;
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            TableJson.Write(writer, entity);
        }

        body.Append("Content-Type: application/json;odata=nometadata\r\nContent-Length: ");
        body.Append(json.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n\r\n");
        body.Append(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length)).Append("\r\n");
    }

    private static List<PartResponse> Changeset(Response response)
    {
        var text = response.Content.ToString();
        var outer = BoundaryIn(response.Headers.ContentType ?? "");
        if (outer is null || !text.Contains($"--{outer}--", StringComparison.Ordinal) || BoundaryIn(text) is not { } inner)
        {
            throw Malformed(response);
        }

        var pieces = text.Split($"--{inner}");
        if (pieces.Length < 3 || !pieces[^1].StartsWith("--", StringComparison.Ordinal))
        {
            throw Malformed(response);
        }

        return [.. pieces[1..^1].Select(piece => PartResponse.TryParse(piece, out var part) ? part : throw Malformed(response))];
    }

    private static string? BoundaryIn(string text)
    {
        const string Name = "boundary=";
        var start = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        var rest = text.AsSpan(start + Name.Length);
        var end = rest.IndexOfAny(";\r\n \t");
        var boundary = (end < 0 ? rest : rest[..end]).Trim('"');
        return boundary.IsEmpty ? null : boundary.ToString();
    }

    private static RequestFailedException Malformed(Response response) =>
        new(response.Status, "The answer to a transaction is not a multipart changeset; whether it was carried out is unknown.");

    /// <summary>One change's own answer.</summary>
    private sealed class PartResponse(int status, string reason, Dictionary<string, string> headers, byte[] body) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => reason;

        public override Stream? ContentStream { get; set; } = new MemoryStream(body, 0, body.Length, writable: false, publiclyVisible: true);

        public override string ClientRequestId { get; set; } = "";

        public static bool TryParse(string piece, [NotNullWhen(true)] out PartResponse? part)
        {
            part = null;
            var start = piece.IndexOf("HTTP/1.1 ", StringComparison.Ordinal);
            if (start < 0)
            {
                return false;
            }

            var sections = piece[start..].Split("\r\n\r\n", 2);
            var lines = sections[0].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var words = lines[0].Split(' ', 3);
            if (!int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                return false;
            }

            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var line in lines.Skip(1))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                {
                    headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
                }
            }

            part = new PartResponse(
                status, words.Length > 2 ? words[2] : "", headers,
                Encoding.UTF8.GetBytes(sections.Length > 1 ? sections[1].Trim() : ""));
            return true;
        }

        public override void Dispose() => ContentStream?.Dispose();

        protected override bool ContainsHeader(string name) => headers.ContainsKey(name);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(header => new HttpHeader(header.Key, header.Value));

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => headers.TryGetValue(name, out value);

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = headers.TryGetValue(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}
