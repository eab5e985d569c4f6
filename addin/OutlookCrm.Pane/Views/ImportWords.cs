namespace OutlookCrm.Pane;

/// <summary>How imports read on screen.</summary>
internal static class ImportWords
{
    public static string Of(ImportEntry entry, Reader reader) => entry.State switch
    {
        ImportState.Waiting => "Not taken in yet",
        ImportState.Running => "Being taken in",
        ImportState.Done => entry.Purchases == 1 ? "1 purchase" : $"{LoggingWords.Count(entry.Purchases, reader)} purchases",
        ImportState.Undoing => "Being undone",
        _ => "Undone",
    };

    public static string Rows(int count, Reader reader) => count == 1 ? "1 row" : $"{LoggingWords.Count(count, reader)} rows";

    public static string Customers(int count, Reader reader) => count == 1 ? "1 customer" : $"{LoggingWords.Count(count, reader)} customers";

    /// <summary>"Of 3 customers that it made, 2 are gone too, 1 stays."</summary>
    public static string Gone(ImportResult result, Reader reader)
    {
        var stay = result.Kept.Sum(kept => kept.Customers);
        var gone = Math.Max(0, result.NewCustomers - stay);
        return $"Of {Customers(result.NewCustomers, reader)} that it made, {LoggingWords.Count(gone, reader)} {(gone == 1 ? "is" : "are")} gone too"
            + (stay > 0 ? $", {LoggingWords.Count(stay, reader)} {(stay == 1 ? "stays" : "stay")}:" : ".");
    }

    /// <summary>"2 customers with other purchases".</summary>
    public static string Of(KeptCustomers kept, Reader reader) => $"{Customers(kept.Customers, reader)} {kept.Why switch
    {
        KeptBecause.Purchases => "with other purchases",
        KeptBecause.Contact => "with mails, meetings, calls or notes",
        _ => "whom somebody changed, or planned, asked or offered something",
    }}";

    public static string Of(ImportDelimiter delimiter) => delimiter switch
    {
        ImportDelimiter.Comma => "comma",
        ImportDelimiter.Semicolon => "semicolon",
        ImportDelimiter.Tab => "tab",
        _ => "bar |",
    };

    public static string Of(ImportEncoding encoding) => encoding switch
    {
        ImportEncoding.Utf8 => "UTF-8",
        ImportEncoding.Utf16 => "UTF-16",
        ImportEncoding.Western => "Western European (Windows)",
        ImportEncoding.Central => "Central European (Windows)",
        ImportEncoding.CentralIso => "Central European (ISO)",
        ImportEncoding.Cyrillic => "Cyrillic (Windows)",
        ImportEncoding.Greek => "Greek (Windows)",
        ImportEncoding.Turkish => "Turkish (Windows)",
        ImportEncoding.Baltic => "Baltic (Windows)",
        ImportEncoding.WesternDos => "Western European (DOS)",
        _ => "Western European (Mac)",
    };

    /// <summary>"31.12.2026 is 31 December 2026".</summary>
    public static string Of(DateReading reading, Reader reader) =>
        reading is { Example: { } example, ReadAs: { } on } ? $"{example} is {reader.Day(on)}" : reading.Pattern;

    public static string Of(ImportProblem problem, Reader reader) =>
        problem.Line is { } line ? $"Line {line.ToString(reader.Culture)}: {problem.Reason}" : problem.Reason;
}
