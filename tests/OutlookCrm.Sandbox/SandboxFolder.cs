namespace OutlookCrm.Sandbox;

/// <summary>The sandbox's own source folder: its pages are served and its reader scripts run from there, beside their npm packages.</summary>
internal static class SandboxFolder
{
    public static string Root { get; } = Find();

    public static string OfficeJs => Path.Combine(Root, "node_modules", "@microsoft", "office-js", "dist");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "OutlookCrm.Sandbox");
            if (File.Exists(Path.Combine(candidate, "package.json")))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"tests/OutlookCrm.Sandbox was not found above {AppContext.BaseDirectory}.");
    }
}
