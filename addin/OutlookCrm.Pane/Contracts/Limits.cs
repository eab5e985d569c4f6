namespace OutlookCrm.Pane;

/// <summary>
/// A text that may hold line breaks and tabs. Other limits of a request's fields are MinLength (after trimming) and MaxLength,
/// in UTF-16 characters or items; a text without one may have 200 characters, a list 50 items.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class MultiLineAttribute : Attribute;

/// <summary>The most characters that each text of a list may have.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class EachMaxLengthAttribute(int length) : Attribute
{
    public int Length { get; } = length;
}
