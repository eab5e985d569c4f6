using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OutlookCrm.Storage;

/// <summary>
/// The few calls that are made for each row, into the library that SQLitePCL has loaded, without its safe handle around each: a card
/// is some 150 of them. Those that only hand out what the last step has found do not even tell the garbage collector; that holds as
/// long as connections are opened without a mutex.
/// </summary>
internal static unsafe partial class SqliteCalls
{
    /// <summary>Tells SQLite to copy what is bound.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_step"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int BindBlob(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition, UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial long ColumnInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition, UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial byte* ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition, UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int ColumnBytes(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int FileControl(nint connection, byte* schema, int operation, void* argument);
}
