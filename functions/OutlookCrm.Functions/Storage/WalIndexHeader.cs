using System.Runtime.InteropServices;
using SQLitePCL;

namespace OutlookCrm.Storage;

/// <summary>
/// The head of the write-ahead log's index: which commit was the last, whoever made it. SQLite keeps it in memory that all processes share and
/// writes it twice, so that one half-written is known: https://sqlite.org/walformat.html, section 2.1.
/// </summary>
internal readonly record struct WalIndexHeader(UInt128 First, UInt128 Second, UInt128 Third)
{
    private const int Bytes = 48;
    private const uint KnownFormat = 3_007_000;
    private const int RegionBytes = 32 * 1024; // of which SQLite maps the index

    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER

    /// <summary>How many commits there were, modulo 2^32.</summary>
    public uint Commits => (uint)(First >> 64);

    /// <summary>Where a connection that has read its file has the index mapped, until it is closed; 0 when it has not.</summary>
    public static unsafe nint Find(sqlite3 connection)
    {
        SqliteFile* file = null;
        fixed (byte* main = "main\0"u8)
        {
            if (SqliteCalls.FileControl(connection.DangerousGetHandle(), main, FilePointer, &file) != raw.SQLITE_OK)
            {
                return 0;
            }
        }

        nint index = 0;
        return file is not null && file->Methods is not null && file->Methods->Version >= 2
            && file->Methods->ShmMap(file, 0, RegionBytes, 0, &index) == raw.SQLITE_OK
            ? index
            : 0;
    }

    /// <summary>Null while it is being written, and for a format of which we do not know.</summary>
    public static unsafe WalIndexHeader? Read(nint index)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return null;
        }

        var header = At((ulong*)index);
        return (uint)header.First == KnownFormat && header == At((ulong*)(index + Bytes)) ? header : null;
    }

    private static unsafe WalIndexHeader At(ulong* words) => new(Pair(words), Pair(words + 2), Pair(words + 4));

    private static unsafe UInt128 Pair(ulong* words) => new(Volatile.Read(ref words[1]), Volatile.Read(ref words[0]));

    /// <summary><c>sqlite3_file</c>, as sqlite3.h has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct SqliteFile
    {
        public SqliteFileMethods* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c>, as far as it is needed.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct SqliteFileMethods
    {
        public int Version;
        private readonly nint close;
        private readonly nint read;
        private readonly nint write;
        private readonly nint truncate;
        private readonly nint sync;
        private readonly nint fileSize;
        private readonly nint @lock;
        private readonly nint unlock;
        private readonly nint checkReservedLock;
        private readonly nint fileControl;
        private readonly nint sectorSize;
        private readonly nint deviceCharacteristics;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int, int, int, nint*, int> ShmMap;
    }
}
