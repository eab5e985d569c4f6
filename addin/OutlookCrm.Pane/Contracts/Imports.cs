using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>Files of invoices that were taken in, the newest first, at most 50.</summary>
public sealed record ImportList(IReadOnlyList<ImportEntry> Imports);

/// <param name="At">When the file was given.</param>
/// <param name="By">The colleague who gave it.</param>
public sealed record ImportEntry(Guid Id, string FileName, ImportState State, DateTimeOffset At, string By, int Purchases);

public enum ImportState
{
    /// <summary>The file is there, nothing was taken out of it yet.</summary>
    Waiting,

    /// <summary>Its purchases are being entered, in the background.</summary>
    Running,
    Done,

    /// <summary>Its purchases are being taken away again.</summary>
    Undoing,
    Undone,
}

/// <summary>One file: how it would be understood while it waits, how it went from then on.</summary>
/// <param name="Preview">Only while it waits.</param>
/// <param name="Result">From the start on.</param>
/// <param name="StandsStill">It was started, has not ended, and for three minutes nothing was heard of it: it can be started again.</param>
public sealed record ImportPage(
    Guid Id, string FileName, ImportState State, ImportPreview? Preview = null, ImportResult? Result = null, bool StandsStill = false);

/// <param name="Plan">As it is understood: for a form that changes it.</param>
/// <param name="Stamp">Names this reading of the file: a start must name it, so that nothing is taken in otherwise than it was shown.</param>
/// <param name="Letters">In which they are taken to be written.</param>
/// <param name="Columns">Their names as in the file; "Column 1" and so on when it has none.</param>
/// <param name="DatePatterns">Among which to choose, each with the first date of the file as read by it; more than one is possible where it must be asked.</param>
/// <param name="Missing">What must be said before it can be taken in; empty when nothing is.</param>
/// <param name="Rows">Without the names of the columns.</param>
/// <param name="GoodRows">Those that can be read.</param>
/// <param name="ByAddress">Customers of the file who were found by their address; by name the next.</param>
/// <param name="Unknown">Customers of the file who are no customers here.</param>
/// <param name="UnknownNames">The first 50 of them.</param>
/// <param name="Lines">The first rows, as they are understood.</param>
/// <param name="Problems">The first 20 that cannot be read.</param>
public sealed record ImportPreview(
    ImportPlan Plan,
    string Stamp,
    ImportLetters Letters,
    IReadOnlyList<string> Columns,
    IReadOnlyList<DateReading> DatePatterns,
    IReadOnlyList<string> Missing,
    int Rows,
    int GoodRows,
    int ByAddress,
    int ByName,
    int Unknown,
    IReadOnlyList<string> UnknownNames,
    IReadOnlyList<ImportLine> Lines,
    IReadOnlyList<ImportProblem> Problems);

/// <param name="Choices">As what the file could be read; one alone when it says itself what it is.</param>
/// <param name="Examples">At most 3 cells with letters beyond ASCII, as they are read.</param>
public sealed record ImportLetters(ImportEncoding ReadAs, IReadOnlyList<ImportEncoding> Choices, IReadOnlyList<string> Examples);

/// <param name="Pattern">Such as d.M.yyyy.</param>
/// <param name="Example">A date of the file.</param>
/// <param name="ReadAs">What that is by the pattern; null when it is none.</param>
public sealed record DateReading(string Pattern, string? Example = null, DateOnly? ReadAs = null);

/// <param name="Customer">Who it is for, as the file says.</param>
/// <param name="Amount">With a decimal point; below zero for a credit note.</param>
public sealed record ImportLine(int Line, string Customer, DateOnly On, string Amount, string Currency, string Product, string? Number = null);

/// <param name="Line">Counted from 1 as an editor does; null when the whole file is meant.</param>
public sealed record ImportProblem(string Reason, int? Line = null);

/// <summary>How a file is understood. What is left out is found out.</summary>
/// <param name="DatePattern">One of those the preview names.</param>
/// <param name="Currency">Of rows that name none; ISO 4217.</param>
/// <param name="AmountIsPerPiece">Then it is multiplied by the quantity.</param>
/// <param name="Encoding">One of the preview's choices; any other is found out.</param>
public sealed record ImportPlan(
    ImportDelimiter Delimiter,
    bool HasHeader,
    ImportColumns? Columns = null,
    DecimalSign? Decimals = null,
    [MaxLength(20)] string? DatePattern = null,
    [MaxLength(3)] string? Currency = null,
    bool AmountIsPerPiece = false,
    UnknownCustomers Unknown = UnknownCustomers.LeaveOut,
    ImportEncoding? Encoding = null);

/// <summary>In which column each thing stands, counted from 1 as a text; null for none.</summary>
public sealed record ImportColumns(
    [MaxLength(3)] string? Customer = null,
    [MaxLength(3)] string? Address = null,
    [MaxLength(3)] string? CustomerNumber = null,
    [MaxLength(3)] string? Date = null,
    [MaxLength(3)] string? Invoice = null,
    [MaxLength(3)] string? Amount = null,
    [MaxLength(3)] string? Cost = null,
    [MaxLength(3)] string? Currency = null,
    [MaxLength(3)] string? Product = null,
    [MaxLength(3)] string? Description = null,
    [MaxLength(3)] string? Quantity = null);

/// <summary>How the bytes of a file are letters. Without further words, as Windows has them.</summary>
public enum ImportEncoding
{
    /// <summary>What is no UTF-8 in it is read as Western.</summary>
    Utf8,
    Utf16,

    /// <summary>Code page 1252: German, French, Spanish, Italian, Portuguese, Dutch, Nordic.</summary>
    Western,

    /// <summary>1250: Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Slovenian.</summary>
    Central,

    /// <summary>ISO 8859-2: the same languages.</summary>
    CentralIso,

    /// <summary>1251.</summary>
    Cyrillic,

    /// <summary>1253.</summary>
    Greek,

    /// <summary>1254.</summary>
    Turkish,

    /// <summary>1257.</summary>
    Baltic,

    /// <summary>850: old programs.</summary>
    WesternDos,

    /// <summary>Mac Roman: Excel on a Mac.</summary>
    WesternMac,
}

public enum ImportDelimiter
{
    Comma,
    Semicolon,
    Tab,
    Bar,
}

public enum DecimalSign
{
    Point,
    Comma,
}

/// <summary>What becomes of rows of people who are no customers.</summary>
public enum UnknownCustomers
{
    LeaveOut,
    MakeCustomers,
}

/// <summary>How it went so far, in rows of the file.</summary>
/// <param name="Rows">All of them; 0 while they have not been counted yet.</param>
/// <param name="Looked">Those that are dealt with.</param>
/// <param name="Added">Those that are purchases now.</param>
/// <param name="Purchases">That many purchases they are: the rows of one invoice are one.</param>
/// <param name="AlreadyThere">Those that were purchases before, out of this file or another.</param>
/// <param name="LeftOut">Those that could not be read or belong to nobody: the problems say why.</param>
/// <param name="NewCustomers">Customers who were made for it.</param>
/// <param name="Problems">The first 20.</param>
public sealed record ImportResult(
    int Rows, int Looked, int Added, int Purchases, int AlreadyThere, int LeftOut, int NewCustomers, IReadOnlyList<ImportProblem> Problems)
{
    /// <summary>Of an undone import: customers who were made for it and stay, by the first reason that holds; the other new customers are gone.</summary>
    public IReadOnlyList<KeptCustomers> Kept { get; init; } = [];
}

public sealed record KeptCustomers(KeptBecause Why, int Customers);

/// <summary>Why a customer stays whom an undone import had made.</summary>
public enum KeptBecause
{
    /// <summary>They have purchases that the import did not add.</summary>
    Purchases,

    /// <summary>Mails, meetings, calls or notes are on their timeline.</summary>
    Contact,

    /// <summary>Somebody edited them, planned a follow-up, opened a deal, wrote down an answer, or named them as somebody's company.</summary>
    Work,
}

/// <summary>Every row of a file that was left out, and why, by line.</summary>
/// <param name="Count">All of them; of more than 10,000 the rest is only counted.</param>
public sealed record ImportProblems(Guid Id, string FileName, int Count, IReadOnlyList<ImportProblem> Problems);
