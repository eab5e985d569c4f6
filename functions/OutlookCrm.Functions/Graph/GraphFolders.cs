using System.Text.Json;
using Microsoft.Graph;
using Microsoft.Kiota.Abstractions;

namespace OutlookCrm.Graph;

/// <summary>The folders of the firm's mailboxes. As <see cref="GraphMailboxes"/> in all else.</summary>
public sealed class GraphFolders
{
    private const int MaxFolders = 500;

    private static readonly string[] Fields = ["id", "displayName", "childFolderCount"];
    private static readonly string[] Special = ["inbox", "sentitems", "drafts", "junkemail", "deleteditems", "outbox"];

    private readonly GraphRequests requests;

    internal GraphFolders(GraphRequests requests) => this.requests = requests;

    /// <summary>The special folders' ids: one request.</summary>
    public async Task<MailFolders> FindSpecialAsync(Guid tenantId, string user, CancellationToken cancellation)
    {
        var answers = await requests.SendBatchAsync(
            tenantId,
            user,
            [.. Special.Select(name => (Func<GraphServiceClient, RequestInformation>)(client =>
                client.Users[user].MailFolders[name].ToGetRequestInformation(request => request.QueryParameters.Select = ["id"])))],
            cancellation);
        var ids = answers.Select(answer => answer.Refusal switch
        {
            null => GraphJson.Text(answer.Body, "id"),
            { Trouble: GraphTrouble.Item } => null,
            var refusal => throw refusal,
        }).ToList();
        return new MailFolders(ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]);
    }

    /// <summary>Every folder, for choosing: at most 500, those within folders too, in the order of their paths.</summary>
    public async Task<IReadOnlyList<NamedFolder>> ListAsync(Guid tenantId, string user, CancellationToken cancellation)
    {
        var found = new List<NamedFolder>();
        var parents = new List<NamedFolder>();
        using (var first = await requests.SendAsync(
            tenantId, user, client => client.Users[user].MailFolders.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = Fields;
                request.QueryParameters.Top = GraphRequests.PageSize;
            }), cancellation))
        {
            await AddAsync(first.RootElement, "");
        }

        // A level of the tree at a time, twenty folders in a request.
        while (parents.Count > 0 && found.Count < MaxFolders)
        {
            var level = parents;
            parents = [];
            var answers = await requests.SendBatchAsync(
                tenantId,
                user,
                [.. level.Select(parent => (Func<GraphServiceClient, RequestInformation>)(client =>
                    client.Users[user].MailFolders[parent.Id].ChildFolders.ToGetRequestInformation(request =>
                    {
                        request.QueryParameters.Select = Fields;
                        request.QueryParameters.Top = GraphRequests.PageSize;
                    })))],
                cancellation);
            foreach (var (parent, answer) in level.Zip(answers))
            {
                if (answer.Refusal is null)
                {
                    await AddAsync(answer.Body, $"{parent.Path} / ");
                }
                else if (answer.Refusal.Trouble != GraphTrouble.Item)
                {
                    throw answer.Refusal; // a folder that is gone meanwhile is no trouble
                }
            }
        }

        return [.. found.Take(MaxFolders).OrderBy(folder => folder.Path, StringComparer.OrdinalIgnoreCase)];

        async Task AddAsync(JsonElement page, string path)
        {
            Add(page, path);
            for (var next = requests.LinkIn(page, "@odata.nextLink"); next is not null && found.Count < MaxFolders;)
            {
                using var more = await requests.FollowAsync(tenantId, user, next, cancellation);
                Add(more.RootElement, path);
                next = requests.LinkIn(more.RootElement, "@odata.nextLink");
            }
        }

        void Add(JsonElement page, string path)
        {
            foreach (var json in GraphJson.Items(page, "value"))
            {
                if (GraphJson.Text(json, "id") is { Length: > 0 } id)
                {
                    var folder = new NamedFolder(id, path + (GraphJson.Text(json, "displayName") is { Length: > 0 } name ? name : "?"));
                    found.Add(folder);
                    if (GraphJson.Child(json, "childFolderCount") is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var children) && children > 0)
                    {
                        parents.Add(folder);
                    }
                }
            }
        }
    }
}

/// <param name="Path">"Inbox / Customers / Weberhof".</param>
public sealed record NamedFolder(string Id, string Path);
