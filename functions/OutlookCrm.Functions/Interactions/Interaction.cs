using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Something that happened with a customer, once, whoever of us saw it.</summary>
/// <param name="Id">Unique within the customer; of a note the 32 hexadecimal digits of the GUID that the client made.</param>
/// <param name="At">When it happened, which need not be when we learned of it.</param>
/// <param name="Title">Subject of a mail or meeting; null for a note.</param>
/// <param name="By">Name of our colleague who wrote, sent or held it; null when it came from the customer.</param>
public sealed record Interaction(
    string Id, InteractionKind Kind, Direction Direction, DateTimeOffset At, string? Title, string? Text, string? By)
{
    /// <summary>A note is about a customer, not with them: it says nothing of when we last heard of each other.</summary>
    public bool IsContact => Kind is not InteractionKind.Note;

    public static Interaction Note(Guid id, DateTimeOffset at, string text, string by) =>
        new(IdOf(id), InteractionKind.Note, Direction.None, at, Title: null, NoteText(text), by);

    public static string IdOf(Guid noteId) => noteId.ToString("N");

    /// <summary>A note's text as it is kept: one kind of line break, no blank ends.</summary>
    public static string NoteText(string text) => text.ReplaceLineEndings("\n").Trim();
}
