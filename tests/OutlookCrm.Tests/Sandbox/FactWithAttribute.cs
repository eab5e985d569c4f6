using System.Runtime.CompilerServices;

namespace OutlookCrm.Tests.Sandbox;

/// <summary>A fact that needs a file or folder that is not part of the project; skipped, with the reason, where it is missing.</summary>
public sealed class FactWithAttribute : FactAttribute
{
    /// <param name="path">Looked for in every folder above this one.</param>
    public FactWithAttribute(string path)
    {
        if (Find(path) is null)
        {
            Skip = $"There is no {path} beside or above this project.";
        }
    }

    public static string? Find(string path, [CallerFilePath] string here = "")
    {
        for (var folder = new FileInfo(here).Directory; folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, path);
            if (Path.Exists(found))
            {
                return found;
            }
        }

        return null;
    }
}
