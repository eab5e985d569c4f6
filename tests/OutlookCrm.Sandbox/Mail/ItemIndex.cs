namespace OutlookCrm.Sandbox.Mail;

/// <summary>Where an item stands among others: by time, those of one moment by their number.</summary>
internal readonly record struct ItemPosition(long Ticks, int Number) : IComparable<ItemPosition>
{
    public int CompareTo(ItemPosition other) => Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Number.CompareTo(other.Number);
}

/// <summary>
/// Items in order of time, oldest first. An item comes and goes in the time it takes to move a block of memory; a place is found by halving.
/// </summary>
internal sealed class ItemIndex
{
    private readonly List<ItemPosition> items = [];

    public int Count => items.Count;

    public ItemPosition this[int index] => items[index];

    public void Add(ItemPosition item)
    {
        if (items.Count == 0 || item.CompareTo(items[^1]) > 0)
        {
            items.Add(item); // nearly always: the newest
        }
        else
        {
            items.Insert(FirstFrom(item), item);
        }
    }

    public void Remove(ItemPosition item) => items.RemoveAt(items.BinarySearch(item));

    /// <summary>The first that is not before <paramref name="position"/>; <see cref="Count"/> when all are.</summary>
    public int FirstFrom(ItemPosition position)
    {
        var found = items.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    public int FirstFrom(long ticks) => FirstFrom(new ItemPosition(ticks, int.MinValue));
}
