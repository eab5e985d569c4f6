using System.Globalization;
using System.Text;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>In which letters a file is written.</summary>
/// <param name="Letters">Reads it.</param>
/// <param name="Choices">As what it could be read; one alone when the file itself says what it is.</param>
public sealed record TextEncoding(ImportEncoding Name, Encoding Letters, IReadOnlyList<ImportEncoding> Choices)
{
    // Of several that do equally well the first is it.
    internal static readonly IReadOnlyDictionary<ImportEncoding, int> CodePages = new Dictionary<ImportEncoding, int>
    {
        [ImportEncoding.Western] = 1252,
        [ImportEncoding.Central] = 1250,
        [ImportEncoding.Turkish] = 1254,
        [ImportEncoding.Baltic] = 1257,
        [ImportEncoding.Cyrillic] = 1251,
        [ImportEncoding.Greek] = 1253,
        [ImportEncoding.CentralIso] = 28592,
        [ImportEncoding.WesternDos] = 850,
        [ImportEncoding.WesternMac] = 10000,
    };

    private const int HeadLooked = 4096;
    private const int BlockBytes = 64 * 1024;

    private static readonly ImportEncoding[] OfBytes = [ImportEncoding.Utf8, .. CodePages.Keys.Order()];

    /// <summary>What the file says itself, else what is asked if it can be, else the likeliest by all of its letters.</summary>
    /// <param name="head">How it begins.</param>
    /// <param name="rest">What comes after the head; read when nothing else decides.</param>
    /// <param name="culture">Of whoever gives the file: decides between letters that do equally well.</param>
    public static async Task<TextEncoding> OfAsync(
        ReadOnlyMemory<byte> head, Stream rest, ImportEncoding? asked, CultureInfo culture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rest);
        ArgumentNullException.ThrowIfNull(culture);
        if (MarkOf(head.Span) is { } marked)
        {
            return marked;
        }

        var name = asked is { } one && OfBytes.Contains(one) ? one : await GuessAsync(head, rest, culture, cancellation);
        return new TextEncoding(name, name == ImportEncoding.Utf8 ? Western.Utf8 : Page(name), OfBytes);
    }

    internal static Encoding Page(ImportEncoding name) => CodePagesEncodingProvider.Instance.GetEncoding(CodePages[name])!;

    private static TextEncoding? MarkOf(ReadOnlySpan<byte> head)
    {
        if (head is [0xEF, 0xBB, 0xBF, ..])
        {
            return new TextEncoding(ImportEncoding.Utf8, Western.Utf8, [ImportEncoding.Utf8]);
        }

        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return Wide(isBigEndian: head[0] == 0xFE);
        }

        // UTF-16 without its mark: of digits, separators, line ends and Latin letters one half is zero, always the same.
        var some = head[..Math.Min(head.Length, HeadLooked)];
        int even = 0, odd = 0;
        for (var i = 0; i < some.Length; i++)
        {
            (even, odd) = some[i] != 0 ? (even, odd) : i % 2 == 0 ? (even + 1, odd) : (even, odd + 1);
        }

        return Math.Min(even, odd) == 0 && Math.Max(even, odd) * 20 > some.Length ? Wide(isBigEndian: even > 0) : null;
    }

    private static TextEncoding Wide(bool isBigEndian) =>
        new(ImportEncoding.Utf16, isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode, [ImportEncoding.Utf16]);

    private static async Task<ImportEncoding> GuessAsync(ReadOnlyMemory<byte> head, Stream rest, CultureInfo culture, CancellationToken cancellation)
    {
        var letters = new LettersFound();
        var buffer = new byte[BlockBytes];
        var kept = letters.Look(head.Span, isLast: false);
        head[^kept..].CopyTo(buffer);
        int length;
        do
        {
            length = await rest.ReadAsync(buffer.AsMemory(kept), cancellation);
            var block = buffer.AsMemory(0, kept + length);
            kept = letters.Look(block.Span, isLast: length == 0);
            block[^kept..].CopyTo(buffer);
        }
        while (length > 0);

        return letters.Likeliest(culture.TextInfo.ANSICodePage);
    }
}
