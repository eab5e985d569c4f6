using System.Collections.Frozen;
using System.Text;

namespace OutlookCrm.Capture;

/// <summary>The category by which people mark a thing as private, in the languages that Outlook speaks.</summary>
public static class PrivateCategory
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "Private", "Privat", "Privato", "Privado", "Privada", "Privé", "Privée", "Prive", "Personal", "Personnel", "Persönlich", "Personale",
        "Pessoal", "Particular", "Persoonlijk", "Personligt", "Personlig", "Prywatne", "Prywatny", "Soukromé", "Súkromné",
        "Magánjellegű", "Magán", "Privát", "Ιδιωτικό", "Προσωπικό", "Özel", "Kişisel", "Личное", "Личная", "Личный",
        "Приватне", "Особисте", "Лично", "Частно", "Yksityinen", "Henkilökohtainen", "Zasebno", "Osebno", "Privatno", "Osobno", "Privatus",
        "Asmeninis", "Asmeninė", "Privāts", "Personisks", "Privaatne", "Isiklik", "Приватно", "プライベート", "個人", "私用",
        "私人", "个人", "個人的", "비공개", "개인", "خاص", "شخصي", "פרטי", "אישי", "ส่วนตัว", "Riêng tư", "Pribadi", "Peribadi", "निजी", "Einka",
    }.Select(Fold).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="others">What the firm calls it besides.</param>
    public static bool IsIn(IEnumerable<string?>? categories, IReadOnlyCollection<string> others) =>
        categories is not null && categories.Any(category =>
            category is not null && Fold(category) is { Length: > 0 } name
            && (Names.Contains(name) || others.Any(other => Fold(other) == name)));

    private static string Fold(string text) =>
        IsWellFormed(text) ? text.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant() : "";

    // Half a surrogate pair and the noncharacter U+FFFE cannot be normalised.
    private static bool IsWellFormed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || rune.Value == 0xfffe)
            {
                return false;
            }
        }

        return true;
    }
}
