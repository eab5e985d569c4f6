namespace OutlookCrm.Interactions;

/// <summary>Whose mailboxes a thing came out of: who may see it hangs on that. In tables 17 bytes a mailbox: its user's id, and flags.</summary>
internal sealed class Mailboxes : IEquatable<Mailboxes>
{
    public const int BytesEach = 17;

    /// <summary>Of the flags: its user wants nobody else to see it.</summary>
    public const byte OnlyMine = 1;

    private readonly byte[] bytes;

    private Mailboxes(byte[] bytes) => this.bytes = bytes;

    public static Mailboxes None { get; } = new([]);

    public ReadOnlySpan<byte> Bytes => bytes;

    public int Count => bytes.Length / BytesEach;

    /// <summary>Each mailbox once, whatever their order here.</summary>
    public static Mailboxes Of(IEnumerable<(Guid UserId, bool IsOnlyMine)> mailboxes)
    {
        var each = mailboxes.GroupBy(one => one.UserId).OrderBy(same => same.Key).ToList();
        var bytes = new byte[each.Count * BytesEach];
        for (var i = 0; i < each.Count; i++)
        {
            Write(bytes.AsSpan(i * BytesEach), each[i].Key, each[i].Any(one => one.IsOnlyMine) ? OnlyMine : (byte)0);
        }

        return new Mailboxes(bytes);
    }

    /// <param name="bytes">As they lie in a table; flags besides <see cref="OnlyMine"/> are left out.</param>
    public static Mailboxes From(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        for (var i = BytesEach - 1; i < copy.Length; i += BytesEach)
        {
            copy[i] &= OnlyMine;
        }

        return new Mailboxes(copy);
    }

    /// <summary>One of the mailboxes in a table's bytes, with all its flags.</summary>
    public static (Guid UserId, byte Flags) Read(ReadOnlySpan<byte> bytes, int index) =>
        (new Guid(bytes.Slice(index * BytesEach, BytesEach - 1)), bytes[(index * BytesEach) + BytesEach - 1]);

    private static void Write(Span<byte> to, Guid userId, byte flags)
    {
        userId.TryWriteBytes(to);
        to[BytesEach - 1] = flags;
    }

    public IEnumerable<(Guid UserId, bool IsOnlyMine)> ToList()
    {
        for (var i = 0; i < bytes.Length; i += BytesEach)
        {
            yield return (new Guid(bytes.AsSpan(i, BytesEach - 1)), (bytes[i + BytesEach - 1] & OnlyMine) != 0);
        }
    }

    public Mailboxes With(Mailboxes others) => Of(ToList().Concat(others.ToList()));

    public byte[] ToArray() => [.. bytes];

    public bool Equals(Mailboxes? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    public override bool Equals(object? obj) => Equals(obj as Mailboxes);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
