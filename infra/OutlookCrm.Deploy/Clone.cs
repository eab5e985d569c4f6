namespace OutlookCrm.Deploy;

/// <summary>The clone that this program was built in.</summary>
internal static class Clone
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "infra", "main.bicep")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("There is no infra/main.bicep above this program.");
    }
}
