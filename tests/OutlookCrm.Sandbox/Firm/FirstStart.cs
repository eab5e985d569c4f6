using System.Globalization;

namespace OutlookCrm.Sandbox.Firm;

/// <summary>
/// When this sandbox first ran. The sample firm's mail is dated from there at every later start too:
/// what the product has kept of a mail must not move to another day.
/// </summary>
internal static class FirstStart
{
    public static DateTimeOffset Remember(string? stateFolder, DateTimeOffset now)
    {
        if (stateFolder is null)
        {
            return now;
        }

        var file = Path.Combine(stateFolder, "first-start");
        if (File.Exists(file))
        {
            return DateTimeOffset.ParseExact(File.ReadAllText(file).Trim(), "O", CultureInfo.InvariantCulture);
        }

        Directory.CreateDirectory(stateFolder);
        File.WriteAllText(file, now.ToString("O", CultureInfo.InvariantCulture));
        return now;
    }
}
