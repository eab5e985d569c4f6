using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Firm;

/// <summary>
/// The mail domains that the firm's directory has verified for its own, kept in row <c>d</c> of table <c>mailboxes</c>: who is at one of them is
/// a colleague, also before anybody from there has signed in.
/// </summary>
public sealed class FirmDomains(ITableStore tables, GraphMailboxes graph, FirmDirectory directory, TimeProvider clock, ILogger<FirmDomains> log)
{
    private const string Domains = "Domains";
    private const string ReadAt = "ReadAt";

    // A column takes 32,768 characters.
    private const int MaxDomains = 100;

    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> lookedAt = new();

    /// <summary>
    /// Returns when they are known, at most a day old, or cannot be known: an app that may not read them does without, with the
    /// settings' domains and the colleagues' own.
    /// </summary>
    /// <exception cref="GraphException">They were never read, and Graph is away: no mail must be judged without them.</exception>
    public async Task KnowAsync(Guid tenantId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (lookedAt.TryGetValue(tenantId, out var at) && !at.IsOver(LookAgain, now))
        {
            return;
        }

        var row = await FindAsync(tables, tenantId, cancellation);
        if (row is null || ((DateTimeOffset)row.Properties[ReadAt]).IsOver(Fresh, now))
        {
            try
            {
                await KeepAsync(tenantId, await graph.ListDomainsAsync(tenantId, cancellation), cancellation);
            }
            catch (GraphException e) when (row is not null || e.Trouble != GraphTrouble.Temporary)
            {
                log.LogWarning("The firm's own domains cannot be read: {Code} ({Status})", e.Code, e.Status);
                if (row is null)
                {
                    await KeepAsync(tenantId, [], cancellation);
                }
            }
        }

        directory.Forget(tenantId); // it may be from before another process wrote them
        lookedAt[tenantId] = now;
    }

    /// <summary>As <see cref="MailAddress.Domain"/> has them.</summary>
    internal static async Task<IReadOnlyList<string>> ReadAsync(ITableStore tables, Guid tenantId, CancellationToken cancellation) =>
        (await FindAsync(tables, tenantId, cancellation))?.Properties.GetValueOrDefault(Domains) is string domains ? domains.Split('\n') : [];

    private static Task<TableRow?> FindAsync(ITableStore tables, Guid tenantId, CancellationToken cancellation) =>
        tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.FirmDomains, cancellation);

    private async Task KeepAsync(Guid tenantId, IReadOnlyList<string> found, CancellationToken cancellation)
    {
        var own = found
            .Select(text => MailAddress.TryParseDomain(text, out var domain) && !FreeMail.IsFree(domain) ? domain : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(MaxDomains)
            .ToList();
        await tables.PutAsync(Tables.Mailboxes, ToRow(tenantId, own, clock.GetUtcNow()), cancellation);
    }

    internal static TableRow ToRow(Guid tenantId, IReadOnlyList<string> own, DateTimeOffset at)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [ReadAt] = at.ToUniversalTime() };
        if (own.Count > 0)
        {
            properties[Domains] = string.Join('\n', own);
        }

        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.FirmDomains, properties);
    }
}
