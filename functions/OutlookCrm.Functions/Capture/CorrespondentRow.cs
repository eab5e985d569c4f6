using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>A row of table <c>people</c>: somebody who writes with one mailbox and is no customer.</summary>
/// <param name="Name">As their newest mail says, at most 200 characters; empty when none does.</param>
/// <param name="Incoming">Mails from them.</param>
/// <param name="Outgoing">Mails to them.</param>
/// <param name="Newest">The newest mails that were counted, newest first, at most <see cref="Correspondents.MaxKept"/>.</param>
internal sealed record CorrespondentRow(
    MailAddress Address,
    string Name,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    int Incoming,
    int Outgoing,
    IReadOnlyList<CountedMail> Newest,
    string? ETag)
{
    /// <summary>The mailbox's user said: this is no customer.</summary>
    public bool IsHidden { get; init; }

    private const int MaxNameLength = 200;
    private const int BytesEach = 16;

    /// <summary>The same row back when nothing is new.</summary>
    public static CorrespondentRow Count(CorrespondentRow? old, IGrouping<MailAddress, CorrespondentMail> mails)
    {
        var row = old ?? new CorrespondentRow(mails.Key, "", DateTimeOffset.MaxValue, DateTimeOffset.MinValue, 0, 0, [], ETag: null);
        foreach (var mail in mails)
        {
            row = row.Count(mail);
        }

        return row;
    }

    public static CorrespondentRow From(TableRow row) => new(
        MailAddress.TryParse((string)row.Properties[nameof(Address)], out var address)
            ? address
            : throw new FormatException("A row of people holds no mail address."),
        row.Properties.GetValueOrDefault(nameof(Name)) as string ?? "",
        (DateTimeOffset)row.Properties[nameof(FirstAt)],
        (DateTimeOffset)row.Properties[nameof(LastAt)],
        (int)row.Properties[nameof(Incoming)],
        (int)row.Properties[nameof(Outgoing)],
        Unpack((byte[])row.Properties[nameof(Newest)]),
        row.ETag)
    {
        IsHidden = row.Properties.GetValueOrDefault(nameof(IsHidden)) is true,
    };

    public TableRow ToTableRow(string partition)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Address)] = Address.ToString(),
            [nameof(FirstAt)] = FirstAt,
            [nameof(LastAt)] = LastAt,
            [nameof(Incoming)] = Incoming,
            [nameof(Outgoing)] = Outgoing,
            [nameof(Newest)] = Pack(Newest),
        };
        if (Name.Length > 0)
        {
            properties[nameof(Name)] = Name;
        }

        if (IsHidden)
        {
            properties[nameof(IsHidden)] = true;
        }

        return new TableRow(partition, TableKeys.Correspondent(Address.Key), properties);
    }

    private CorrespondentRow Count(CorrespondentMail mail)
    {
        var counted = new CountedMail(mail.At.UtcTicks, HashOf(mail.InteractionId));
        var isFull = Newest.Count >= Correspondents.MaxKept;
        if (Newest.Any(known => known.Hash == counted.Hash) || (isFull && counted.Ticks <= Newest[^1].Ticks))
        {
            return this;
        }

        var at = mail.At.ToUniversalTime();
        return this with
        {
            Name = at >= LastAt || Name.Length == 0 ? NameOf(mail.Who.Name) is { Length: > 0 } name ? name : Name : Name,
            FirstAt = at < FirstAt ? at : FirstAt,
            LastAt = at > LastAt ? at : LastAt,
            Incoming = Incoming + (mail.Direction == Direction.Incoming ? 1 : 0),
            Outgoing = Outgoing + (mail.Direction == Direction.Outgoing ? 1 : 0),
            Newest = [.. Newest.Append(counted).OrderByDescending(m => m.Ticks).ThenBy(m => m.Hash).Take(Correspondents.MaxKept)],
        };
    }

    // A sender writes what they like: one line of plain text is kept of it.
    private static string NameOf(string? written)
    {
        var name = new StringBuilder();
        foreach (var rune in (written ?? "").EnumerateRunes())
        {
            if (name.Length + rune.Utf16SequenceLength > MaxNameLength)
            {
                break;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                name.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned))
            {
                name.Append(rune.ToString());
            }
        }

        return name.ToString().Trim();
    }

    private static long HashOf(string interactionId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(interactionId)));

    private static byte[] Pack(IReadOnlyList<CountedMail> mails)
    {
        var bytes = new byte[mails.Count * BytesEach];
        for (var i = 0; i < mails.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(i * BytesEach), mails[i].Ticks);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan((i * BytesEach) + 8), mails[i].Hash);
        }

        return bytes;
    }

    private static CountedMail[] Unpack(byte[] bytes)
    {
        var mails = new CountedMail[bytes.Length / BytesEach];
        for (var i = 0; i < mails.Length; i++)
        {
            mails[i] = new(
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(i * BytesEach)),
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan((i * BytesEach) + 8)));
        }

        return mails;
    }
}

/// <param name="Ticks">When, in UTC.</param>
/// <param name="Hash">64 bits of the interaction's.</param>
internal readonly record struct CountedMail(long Ticks, long Hash);
