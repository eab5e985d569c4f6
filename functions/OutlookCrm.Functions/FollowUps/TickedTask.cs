using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Row <c>d|{follow-up}|{item}</c> of table <c>reminders</c>: a task that its owner ticked. It is theirs and stays in their list; only when the
/// customer is erased, whose name may stand in it, it is looked for once more.
/// </summary>
/// <param name="UserId">In whose mailbox.</param>
/// <param name="Key">It was made with it: moved to another list it is found by it.</param>
internal sealed record TickedTask(Guid FollowUpId, CustomerId Customer, Guid UserId, string Key, string ListId, string ItemId)
{
    public static TickedTask Of(ShownReminder shown) =>
        new(shown.FollowUpId, shown.Customer, shown.UserId, shown.Key, shown.ListId!, shown.ItemId!);

    public static TickedTask From(TableRow row) => new(
        (Guid)row.Properties[nameof(FollowUpId)],
        CustomerId.Parse((string)row.Properties[nameof(Customer)]),
        (Guid)row.Properties[nameof(UserId)],
        (string)row.Properties[nameof(Key)],
        (string)row.Properties[nameof(ListId)],
        (string)row.Properties[nameof(ItemId)]);

    public TableRow ToTableRow(Guid tenantId) => new(
        TableKeys.Reminders(tenantId),
        TableKeys.TickedTask(FollowUpId, ItemId),
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(FollowUpId)] = FollowUpId,
            [nameof(Customer)] = Customer.ToString(),
            [nameof(UserId)] = UserId,
            [nameof(Key)] = Key,
            [nameof(ListId)] = ListId,
            [nameof(ItemId)] = ItemId,
        });
}
