using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Something that somebody of us wrote down of a customer: a note, a call.</summary>
/// <param name="Id">The 32 hexadecimal digits of the GUID that the client made.</param>
/// <param name="At">When it happened, which need not be when we learned of it.</param>
/// <param name="By">Name of our colleague who wrote it.</param>
/// <param name="EndsAt">Of a call whose length is known.</param>
public sealed record Interaction(
    string Id, InteractionKind Kind, Direction Direction, DateTimeOffset At, string? Title, string? Text, string? By, DateTimeOffset? EndsAt = null)
{
    public static Interaction Note(Guid id, DateTimeOffset at, string text, string by) =>
        new(IdOf(id), InteractionKind.Note, Direction.None, at, Title: null, WrittenText(text), by);

    public static Interaction Call(Guid id, DateTimeOffset at, CallDirection direction, CallLength? length, string? text, string by) =>
        new Interaction(IdOf(id), InteractionKind.Call, Direction.None, at, Title: null, Text: null, by).AsCall(direction, length, text);

    /// <summary>This call with other things said of it.</summary>
    public Interaction AsCall(CallDirection direction, CallLength? length, string? text) => this with
    {
        Direction = direction == CallDirection.Incoming ? Direction.Incoming : Direction.Outgoing,
        EndsAt = length is { } known ? At + Of(known) : null,
        Text = text is null || WrittenText(text).Length == 0 ? null : WrittenText(text),
    };

    public static string IdOf(Guid id) => id.ToString("N");

    /// <summary>A text as it is kept: one kind of line break, no blank ends.</summary>
    public static string WrittenText(string text) => text.ReplaceLineEndings("\n").Trim();

    private static TimeSpan Of(CallLength length) => TimeSpan.FromMinutes(length switch
    {
        CallLength.FiveMinutes => 5,
        CallLength.FifteenMinutes => 15,
        CallLength.ThirtyMinutes => 30,
        CallLength.FortyFiveMinutes => 45,
        CallLength.Hour => 60,
        _ => 120,
    });
}
