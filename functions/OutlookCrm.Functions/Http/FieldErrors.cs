namespace OutlookCrm.Http;

/// <summary>What is wrong with a request, by field: the <c>errors</c> of a 400.</summary>
public sealed class FieldErrors
{
    /// <summary>More would help nobody: 10,000 bad addresses are one mistake.</summary>
    internal const int MaxErrors = 50;

    private Dictionary<string, List<string>>? byField;
    private int count;

    public bool Any => count > 0;

    /// <summary>True once so many errors are known that looking further is waste.</summary>
    internal bool IsFull => count >= MaxErrors;

    internal IReadOnlyDictionary<string, IReadOnlyList<string>> ByField =>
        (byField ?? []).ToDictionary(e => e.Key, e => (IReadOnlyList<string>)e.Value, StringComparer.Ordinal);

    /// <param name="field">As in the request's JSON, such as <c>phones[1].number</c>, or a query parameter's name.</param>
    /// <param name="rule">What it must be, such as "must be at most 200 characters"; never the value.</param>
    public void Add(string field, string rule)
    {
        if (IsFull)
        {
            return;
        }

        byField ??= new(StringComparer.Ordinal);
        if (!byField.TryGetValue(field, out var rules))
        {
            byField[field] = rules = [];
        }

        rules.Add(rule);
        count++;
    }

    /// <summary>Field <c>id</c>: the caller names what it adds, so that asking twice adds once.</summary>
    public void RequireNew(Guid id)
    {
        if (id == Guid.Empty)
        {
            Add("id", "must be a new GUID");
        }
    }
}
