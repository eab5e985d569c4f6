namespace OutlookCrm.Import;

/// <summary>How much one file may hold. <see cref="TextTable"/> has the limits of columns and fields.</summary>
internal static class ImportLimits
{
    public const int MaxBytes = 32 * 1024 * 1024;
    public const int MaxRows = 200_000;

    /// <summary>In characters, as everywhere in the product.</summary>
    public const int MaxName = Customers.CustomerRules.MaxNameLength;
    public const int MaxInvoice = 60;
    public const int MaxProduct = 120;

    /// <summary>Files of one firm that are remembered.</summary>
    public const int MaxImports = 1_000;

    /// <summary>Problems of one file that are kept with line and reason; more are only counted.</summary>
    public const int MaxProblems = 10_000;
}
