using Microsoft.Graph.Models;

namespace OutlookCrm.Graph;

/// <summary>The only mail that the product writes: a draft without recipients in the Drafts of whom it is for. Nothing here sends, changes or removes one.</summary>
public sealed class GraphDigests
{
    /// <summary>A named property by which a draft is found again when the answer to its making was lost.</summary>
    internal const string KeyProperty = "String {6f1b9a52-7c1e-4a3e-9d5c-0b8f2e4d7a61} Name OutlookCrmDigest";

    private readonly GraphRequests requests;
    private readonly GraphOptions options;

    internal GraphDigests(GraphRequests requests, GraphOptions options)
    {
        this.requests = requests;
        this.options = options;
    }

    /// <summary>False when no credential is set: then nothing can be written, and to try is a fault.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>Graph knows no retry of it: where the answer was lost, <see cref="HasDraftAsync"/> tells whether it was made.</summary>
    /// <exception cref="GraphException">It was refused, or nobody knows.</exception>
    public async Task CreateDraftAsync(Guid tenantId, string user, string key, string subject, string html, CancellationToken cancellation)
    {
        using var answer = await requests.SendOnceAsync(
            tenantId,
            user,
            client => client.Users[user].Messages.ToPostRequestInformation(new Message
            {
                Subject = subject,
                Body = new ItemBody { ContentType = BodyType.Html, Content = html },
                SingleValueExtendedProperties = [new() { Id = KeyProperty, Value = key }],
            }),
            cancellation);
    }

    /// <summary>Whether one was made with this key, wherever in the mailbox its owner put it since.</summary>
    public async Task<bool> HasDraftAsync(Guid tenantId, string user, string key, CancellationToken cancellation)
    {
        using var page = await requests.SendAsync(
            tenantId,
            user,
            client => client.Users[user].Messages.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = ["id"];
                request.QueryParameters.Filter = $"singleValueExtendedProperties/Any(ep: ep/id eq '{KeyProperty}' and ep/value eq '{key}')";
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Any();
    }
}
