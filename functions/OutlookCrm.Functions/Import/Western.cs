using System.Text;

namespace OutlookCrm.Import;

/// <summary>
/// UTF-8 in which whatever is no UTF-8 is read as Windows' Western letters (code page 1252). A file that is all Windows comes out right: its
/// letters beyond ASCII are hardly ever UTF-8 by chance. So the encoding need not be known before the last byte, and a file can be streamed.
/// </summary>
internal sealed class Western : DecoderFallback
{
    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>With or without a mark at the start.</summary>
    public static Encoding Utf8 { get; } = Encoding.GetEncoding(Encoding.UTF8.CodePage, EncoderFallback.ExceptionFallback, new Western());

    public override int MaxCharCount => 4;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Letters();

    private sealed class Letters : DecoderFallbackBuffer
    {
        private string text = "";
        private int next;

        public override int Remaining => text.Length - next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            text = Windows.GetString(bytesUnknown);
            next = 0;
            return text.Length > 0;
        }

        public override char GetNextChar() => next < text.Length ? text[next++] : '\0';

        public override bool MovePrevious()
        {
            if (next == 0)
            {
                return false;
            }

            next--;
            return true;
        }

        public override void Reset() => (text, next) = ("", 0);
    }
}
