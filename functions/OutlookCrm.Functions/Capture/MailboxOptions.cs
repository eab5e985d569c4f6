using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.Capture;

/// <summary>Settings under <c>Mailboxes:</c>, checked when the process starts: how a mailbox is logged until somebody changes it.</summary>
/// <param name="MonthsBack"><c>Mailboxes:MonthsBack</c>: how far back a new mailbox is logged: 0 to 120 months, 12 unless set.</param>
/// <param name="PrivateCategories">
/// <c>Mailboxes:PrivateCategories:0</c>, …: categories that mean private besides the usual names. At most 20; none by default.
/// </param>
public sealed record MailboxOptions(int MonthsBack, IReadOnlyList<string> PrivateCategories)
{
    private const int DefaultMonthsBack = 12;
    private const int MaxMonthsBack = 120;
    private const int MaxCategories = 20;
    private const int MaxCategoryLength = 255; // Outlook's own limit

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static MailboxOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Mailboxes");
        var months = DefaultMonthsBack;
        if (section["MonthsBack"] is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out months) || months > MaxMonthsBack))
        {
            throw new InvalidOperationException($"Mailboxes:MonthsBack must be a whole number from 0 to {MaxMonthsBack}, not \"{text}\".");
        }

        var categories = section.GetSection("PrivateCategories").GetChildren().Select(setting => (setting.Path, Name: setting.Value?.Trim() ?? "")).ToList();
        if (categories.Count > MaxCategories)
        {
            throw new InvalidOperationException($"Mailboxes:PrivateCategories has {categories.Count} names; at most {MaxCategories} are allowed.");
        }

        return categories.FirstOrDefault(category => category.Name.Length is 0 or > MaxCategoryLength) is { Path: { } path }
            ? throw new InvalidOperationException($"{path} must be a category's name of 1 to {MaxCategoryLength} characters.")
            : new MailboxOptions(months, [.. categories.Select(category => category.Name)]);
    }
}
