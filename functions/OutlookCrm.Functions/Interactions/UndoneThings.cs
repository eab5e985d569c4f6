using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>What the caller took off timelines or closed, as the contract has it.</summary>
public sealed class UndoneThings(BlockLists blocks, Undoing undoing, CustomerStore customers, Caller caller)
{
    private const int MaxShown = 200;
    private const int MaxNames = 3;

    internal async Task<UndoneList> ListAsync(CancellationToken cancellation)
    {
        var things = new List<UndoneThing>();
        foreach (var mailbox in await undoing.MailboxesOfAsync(caller, cancellation))
        {
            things.AddRange((await blocks.ReadAsync(caller.TenantId, mailbox, cancellation)).Undone);
        }

        var shown = things.GroupBy(thing => thing.RowKey)
            .Select(same => same.OrderByDescending(thing => thing.AddedAt).First())
            .OrderByDescending(thing => thing.AddedAt)
            .Take(MaxShown)
            .ToList();
        var names = new Dictionary<CustomerId, string?>();
        foreach (var customer in shown.SelectMany(thing => thing.Customers.Take(MaxNames)).Distinct())
        {
            names[customer] = (await customers.FindAsync(caller.TenantId, customer, cancellation))?.Name;
        }

        return new UndoneList(
        [
            .. shown.Select(thing => new Undone(
                KeyOf(thing.RowKey),
                thing.What switch { UndoneKind.Thing => UndoScope.Thing, UndoneKind.Thread => UndoScope.Thread, _ => UndoScope.OnlyMe },
                thing.Kind,
                thing.At,
                thing.AddedAt,
                [.. thing.Customers.Take(MaxNames).Select(customer => names[customer]).OfType<string>()])),
        ]);
    }

    /// <summary>A row's key as paths have it: the letter of its kind, and the id.</summary>
    internal static string KeyOf(string rowKey) => rowKey.Replace("|", "-", StringComparison.Ordinal);

    /// <summary>Null when it is no such key.</summary>
    internal static string? RowKeyOf(string key) =>
        key is ['i' or 't' or 'o', '-', ..] && key.Length <= 34 && key.Skip(2).All(char.IsAsciiHexDigitLower) ? $"{key[0]}|{key[2..]}" : null;
}
