namespace OutlookCrm.Pane;

/// <summary>Words about how the product is doing.</summary>
internal static class HealthWords
{
    /// <summary>Such as "3 pieces of mail logging could not be done".</summary>
    public static string Of(FailedWork failed, Reader reader) =>
        $"{(failed.Count == 1 ? "1 piece" : $"{LoggingWords.Count(failed.Count, reader)} pieces")} of {NameOf(failed.Kind)} could not be done";

    private static string NameOf(WorkKind kind) => kind switch
    {
        WorkKind.MailLogging => "mail logging",
        WorkKind.ItemLogging => "logging a single mail or meeting",
        WorkKind.MailHistory => "looking for a customer’s older mail",
        WorkKind.Undo => "taking off what was logged",
        WorkKind.Customers => "keeping lists and search up to date",
        WorkKind.CompanyNames => "renaming a company",
        WorkKind.Reminders => "showing follow-ups in My day and Outlook",
        WorkKind.HandOver => "handing over follow-ups",
        WorkKind.Erasure => "erasing somebody",
        WorkKind.Import => "importing invoices",
        WorkKind.Insights => "working out Insights",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No words for this kind of work"),
    };
}
