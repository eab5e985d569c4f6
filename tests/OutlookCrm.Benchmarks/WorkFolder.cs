namespace OutlookCrm.Benchmarks;

/// <summary>Where prepared data is kept between runs: <c>.local/bench</c> of the repository.</summary>
internal static class WorkFolder
{
    public static string Root { get; } = FindRoot();

    public static string Open() => Directory.CreateDirectory(Path.Combine(Root, ".local", "bench")).FullName;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OutlookCrm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The benchmarks must run from inside the repository: no OutlookCrm.sln above them.");
    }
}
