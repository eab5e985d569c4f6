namespace OutlookCrm.Import;

/// <summary>
/// A text up to a line that is too long: with 32 MiB of commas in one line the parser would hold half a gigabyte. It ends there without a line
/// end, and says so.
/// </summary>
/// <param name="maxLength">Of a line, in characters; a little more may be read.</param>
internal sealed class LineLimitReader(TextReader text, int maxLength) : TextReader
{
    private long length;

    public bool IsOver { get; private set; }

    public override Task<int> ReadAsync(char[] buffer, int index, int count) => ReadAsync(buffer.AsMemory(index, count)).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (IsOver)
        {
            return 0;
        }

        var read = await text.ReadAsync(buffer, cancellationToken);
        var last = buffer.Span[..read].LastIndexOfAny('\r', '\n');
        length = last < 0 ? length + read : read - last - 1;
        IsOver = length > maxLength;
        return IsOver ? 0 : read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
        }

        base.Dispose(disposing);
    }
}
