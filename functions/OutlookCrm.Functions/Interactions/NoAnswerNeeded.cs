using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// "No answer needed": nobody waits because of a mail any more, nor of what its thread had before. It holds for the firm, and for everybody whose timeline
/// the mail is on. A message first, then the row of whom it was said of; the others and the agendas are made as that row says, here and once more by the
/// message: whatever is broken off is finished, and a message that comes late brings nothing back.
/// </summary>
public sealed class NoAnswerNeeded(ITableStore tables, InteractionStore interactions, WaitingAgenda waiting, IWorkQueue queue, TimeProvider clock)
{
    // Well after the row is written.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 200;

    /// <summary>True when somebody may wait because of it: a customer's mail of the last weeks.</summary>
    internal bool MayBeSaidOf(Details mail) =>
        mail.End is { IsIncoming: true } end && end.At >= ThreadWaits.TellsFrom(clock.GetUtcNow());

    /// <param name="mail">One of which it may be said.</param>
    internal async Task SayAsync(Guid tenantId, CustomerId customer, Details mail, bool isSaid, CancellationToken cancellation)
    {
        var work = new UndoWork(tenantId, UserId: null, Key: null, Address: null, Look: 1) { CustomerId = customer.ToString(), MailId = mail.Id };
        await queue.SendAsync(Undoing.Queue, JsonSerializer.Serialize(work), Look, cancellation);
        await SetAsync(tenantId, customer, mail.End!, isSaid, cancellation);
        await FollowAsync(tenantId, customer, mail, cancellation);
    }

    /// <summary>Finishes what was broken off.</summary>
    internal async Task LookAsync(Guid tenantId, CustomerId customer, string mailId, CancellationToken cancellation)
    {
        if (await interactions.FindDetailsAsync(tenantId, customer, mailId, cancellation) is { End: not null } mail)
        {
            await FollowAsync(tenantId, customer, mail, cancellation);
        }
    }

    private async Task FollowAsync(Guid tenantId, CustomerId customer, Details mail, CancellationToken cancellation)
    {
        if (await FindRecordAsync(tenantId, customer, cancellation) is not { } record)
        {
            return;
        }

        var isSaid = NoAnswers.Covers(record, mail.End!);
        foreach (var other in mail.Customers.Where(other => other != customer))
        {
            await SetAsync(tenantId, other, mail.End!, isSaid, cancellation);
        }

        foreach (var each in mail.Customers.Append(customer).Distinct())
        {
            await waiting.FollowAsync(tenantId, each, cancellation);
        }
    }

    private async Task SetAsync(Guid tenantId, CustomerId customer, ThreadEnd mail, bool isSaid, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindRecordAsync(tenantId, customer, cancellation) is not { ETag: { } etag } record)
            {
                return;
            }

            var next = NoAnswers.With(record, mail, isSaid);
            if (ReferenceEquals(next, record) || (await tables.ReplaceAsync(Tables.Customers, next, etag, cancellation)).IsWritten)
            {
                return;
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; nothing was written.");
    }

    private Task<TableRow?> FindRecordAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        tables.FindAsync(Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Record, cancellation);
}
