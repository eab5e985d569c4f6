using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>Hands over the next hundred follow-ups, and asks for those after them. Done again it changes nothing: of the first it finds none.</summary>
public sealed class HandOverNextFollowUps(FollowUpStore followUps, Agenda agenda, ReminderSettingsStore settings, IWorkQueue queue)
{
    internal const string Queue = "follow-up-hand-overs";

    private const int AtOnce = 100;

    [Function(nameof(HandOverNextFollowUps))]
    public async Task RunAsync([QueueTrigger(Queue)] FollowUpsToHandOver message, CancellationToken cancellation)
    {
        var zone = (await settings.OfAsync(message.TenantId, message.To, cancellation)).TimeZone;
        var rows = (await agenda.ReadAsync(message.TenantId, message.From, TableKeys.AgendaEntries, message.AfterKey, AtOnce, cancellation)).ToList();
        foreach (var line in rows.Select(Agenda.ToLine))
        {
            await followUps.ChangeAsync(
                message.TenantId,
                CustomerId.Parse(line.CustomerId),
                Guid.ParseExact(line.Id, "N"),
                now => now.OwnerId == message.From ? now.HandOver(message.To, message.ToName, zone, message.By, followUps.Now) : now,
                cancellation);
        }

        if (rows.Count == AtOnce)
        {
            await queue.SendAsync(Queue, JsonSerializer.Serialize(message with { AfterKey = rows[^1].RowKey }), delay: null, cancellation);
        }
    }
}

/// <param name="From">Who left.</param>
/// <param name="By">Name of whoever asked for it.</param>
/// <param name="AfterKey">The key in their agenda after which it goes on; null at first.</param>
public sealed record FollowUpsToHandOver(Guid TenantId, Guid From, Guid To, string ToName, string By, string? AfterKey = null);
