using System.Globalization;

namespace OutlookCrm.Storage;

// Of table imports.
public static partial class TableKeys
{
    /// <summary>Partition in <see cref="Tables.Imports"/> of a firm's files.</summary>
    public static string Imports(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all files, the oldest first.</summary>
    public static RowKeyRange AllImports { get; } = new("", null);

    /// <summary>Row of one file.</summary>
    public static string Import(Guid id) => id.ToString("N");

    /// <summary>Partition in <see cref="Tables.Imports"/> of what is in one file.</summary>
    public static string ImportContent(Guid tenant, Guid id) => Join(tenant, id.ToString("N"));

    /// <summary>Row of one piece of the file.</summary>
    public static string ImportPiece(int number) => string.Create(CultureInfo.InvariantCulture, $"c|{number:D4}");

    /// <summary>The rows of all pieces.</summary>
    public static RowKeyRange ImportPieces { get; } = RowKeyRange.StartingWith("c|");

    /// <summary>Row of some of what could not be taken in.</summary>
    public static string ImportProblems(int number) => string.Create(CultureInfo.InvariantCulture, $"e|{number:D4}");

    /// <summary>All of what could not be taken in.</summary>
    public static RowKeyRange AllImportProblems { get; } = RowKeyRange.StartingWith("e|");

    /// <summary>Row of how far it is.</summary>
    public const string ImportProgress = "p";

    /// <summary>Row that says that a customer has purchases out of the file.</summary>
    public static string ImportBuyer(string customerId) => "t|" + Escape(customerId);

    /// <summary>Every customer that has.</summary>
    public static RowKeyRange ImportBuyers { get; } = RowKeyRange.StartingWith("t|");
}
