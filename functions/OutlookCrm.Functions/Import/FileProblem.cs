namespace OutlookCrm.Import;

/// <summary>What is wrong with a file, in words for the person whose file it is.</summary>
/// <param name="Line">Counted from 1 as an editor does, the header included; null when the whole file is meant.</param>
public sealed record FileProblem(long? Line, string Message)
{
    public override string ToString() => Line is { } line ? $"line {line}: {Message}" : Message;
}
