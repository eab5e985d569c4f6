using System.Globalization;
using SQLitePCL;

namespace OutlookCrm.Storage;

/// <summary>
/// One connection to the database file, for one thread at a time, straight on SQLite's own interface: a card is two statements of
/// some microseconds, of which an ADO.NET command and reader would cost as much again.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    // "OCRM": says in the file's header whose it is.
    private const int ApplicationId = 0x4f43524d;
    private const int SchemaVersion = 1;
    private const int MaxPrepareAttempts = 100;
    private const int EnableQueryPlannerStability = 1007; // SQLITE_DBCONFIG_ENABLE_QPSG

    private readonly sqlite3 handle;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);
    private nint walIndex;

    static SqliteDatabase()
    {
        Batteries_V2.Init();

        // Nobody asks how much memory SQLite has in use, and counting it takes one lock for all threads at each allocation. It may be
        // refused, when the process has used SQLite before: then it is counted.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private SqliteDatabase(string file, sqlite3 handle)
    {
        File = file;
        this.handle = handle;
    }

    public string File { get; }

    /// <summary>Where the rows of a read are taken up.</summary>
    public SqliteRows.Collector Rows { get; } = new();

    /// <summary>Opens the file, makes it when it is absent, and refuses one that another program or a newer version wrote.</summary>
    /// <param name="busyTimeout">How long to wait for another process that writes.</param>
    /// <param name="maxMegabytes">How large the file may grow by this connection; null is as large as the disk takes.</param>
    public static SqliteDatabase OpenForWriting(string file, TimeSpan busyTimeout, int? maxMegabytes = null)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new TableStoreUnavailableException($"The folder of the database file {file} cannot be made: {refused.Message}", refused);
        }

        var database = Open(file, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, busyTimeout);
        try
        {
            // A card's rows lie on two pages of this size and on three of the usual 4 kB, and its way down the tree is a page shorter. Only a file
            // that is being made takes it.
            database.Execute("PRAGMA page_size=8192");

            // A commit returns when the disk has it (FULL; NORMAL would lose the newest commits with the power).
            // On macOS only fullfsync reaches the disk itself.
            database.Execute("PRAGMA journal_mode=WAL");
            database.Execute("PRAGMA synchronous=FULL");
            database.Execute("PRAGMA fullfsync=ON");
            database.Execute("PRAGMA journal_size_limit=67108864");
            database.Claim();
            if (maxMegabytes is { } megabytes)
            {
                database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={megabytes * 1024L * 1024 / database.Number("PRAGMA page_size")}"));
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public static SqliteDatabase OpenForReading(string file, TimeSpan busyTimeout)
    {
        var database = Open(file, raw.SQLITE_OPEN_READWRITE, busyTimeout);
        database.Execute("PRAGMA query_only=ON");
        return database;
    }

    /// <summary>The prepared statement for this text, kept for the next time; no statement may be in use while its connection is not.</summary>
    public SqliteStatement Prepare(string sql) => TryPrepare(sql, missingTable: null)!;

    /// <summary>As <see cref="Prepare"/>; null when it fails because the table is not there yet.</summary>
    public SqliteStatement? TryPrepare(string sql, string? missingTable)
    {
        if (statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        for (var attempt = 1; ; attempt++)
        {
            var code = raw.sqlite3_prepare_v2(handle, sql, out var statement);
            if (code == raw.SQLITE_OK)
            {
                return statements[sql] = new SqliteStatement(this, statement);
            }

            statement.Dispose();

            // Tables are being made in this very moment, this one perhaps: SQLite's own attempts are few.
            var isChanging = code == raw.SQLITE_SCHEMA;
            if (code == raw.SQLITE_ERROR && missingTable is not null)
            {
                if (!HasTable(missingTable))
                {
                    return null;
                }

                isChanging = true;
            }

            if (!isChanging || attempt == MaxPrepareAttempts)
            {
                throw Failure(code);
            }
        }
    }

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>How many rows were changed since it was opened.</summary>
    public int TotalChanges => raw.sqlite3_total_changes(handle);

    /// <summary>Which commit to the file was the last; null when that cannot be told just now.</summary>
    public WalIndexHeader? WalIndexHeader
    {
        get
        {
            if (walIndex == 0)
            {
                walIndex = Storage.WalIndexHeader.Find(handle);
            }

            return walIndex == 0 ? null : Storage.WalIndexHeader.Read(walIndex);
        }
    }

    /// <summary>Ends an open transaction, if there is one; after a failure SQLite may have done so itself.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            raw.sqlite3_exec(handle, "ROLLBACK");
        }
    }

    /// <summary>Folds the write-ahead log into the file as far as other connections allow.</summary>
    public void Checkpoint() => raw.sqlite3_wal_checkpoint_v2(handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);

    public TableStoreUnavailableException Failure(int code)
    {
        var detail = $"SQLite: {raw.sqlite3_errmsg(handle).utf8_to_string()} ({raw.sqlite3_extended_errcode(handle)})";
        var (trouble, words) = (code & 0xff) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (StoreTrouble.Locked, $"The database file {File} is locked by another program. {detail}"),
            raw.SQLITE_FULL => (StoreTrouble.Full, $"There is no room left on the disk of the database file {File}. {detail}"),
            raw.SQLITE_READONLY => (StoreTrouble.ReadOnly, $"The database file {File} or its folder may only be read. {detail}"),
            raw.SQLITE_CANTOPEN => (StoreTrouble.NoAnswer, $"The database file {File} cannot be opened. {detail}"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => (StoreTrouble.Damaged, $"The file {File} is damaged or is no database. {detail}"),
            _ => (StoreTrouble.NoAnswer, $"The database file {File} cannot be used. {detail}"),
        };
        return new TableStoreUnavailableException(words, trouble: trouble);
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        handle.Dispose();
    }

    private static SqliteDatabase Open(string file, int flags, TimeSpan busyTimeout)
    {
        var code = raw.sqlite3_open_v2(file, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(file, handle);
        if (code != raw.SQLITE_OK)
        {
            using (database)
            {
                throw database.Failure(code);
            }
        }

        raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds);

        // Without it SQLite, built to weigh bound values by statistics, plans a statement anew whenever a key is bound to it.
        raw.sqlite3_db_config(handle, EnableQueryPlannerStability, 1, out _);
        return database;
    }

    private void Claim()
    {
        var (application, version) = (Number("PRAGMA application_id"), Number("PRAGMA user_version"));
        if (application == ApplicationId && version == SchemaVersion)
        {
            return;
        }

        if (application == ApplicationId)
        {
            throw new TableStoreUnavailableException(
                $"The database file {File} has schema {version}; this version of Outlook CRM knows {SchemaVersion}. Start the newer version.");
        }

        if (application != 0 || Number("SELECT count(*) FROM sqlite_master") != 0)
        {
            throw new TableStoreUnavailableException($"The database file {File} belongs to another program.");
        }

        Execute($"BEGIN IMMEDIATE; PRAGMA application_id={ApplicationId}; PRAGMA user_version={SchemaVersion}; COMMIT");
    }

    private long Number(string sql)
    {
        var statement = Prepare(sql);
        statement.Step();
        var number = statement.Int64(0);
        statement.Reset();
        return number;
    }

    public bool HasColumn(string table, string column)
    {
        var statement = Prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name=?2");
        statement.Bind(1, table);
        statement.Bind(2, column);
        var found = statement.Step();
        statement.Reset();
        return found;
    }

    private bool HasTable(string table)
    {
        var statement = Prepare("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?1 COLLATE NOCASE");
        statement.Bind(1, table);
        var found = statement.Step();
        statement.Reset();
        return found;
    }
}

/// <summary>A prepared statement. After its last <see cref="Step"/> it must be <see cref="Reset"/>.</summary>
internal sealed unsafe class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    // Its database has one user at a time and outlives every use, so the handle need not be held at each call.
    private readonly nint statement = handle.DangerousGetHandle();

    public void Bind(int index, ReadOnlySpan<byte> value)
    {
        // No pointer at all would be NULL.
        fixed (byte* bytes = value.IsEmpty ? "\0"u8 : value)
        {
            Check(SqliteCalls.BindBlob(statement, index, bytes, value.Length, SqliteCalls.Transient));
        }
    }

    /// <summary>A key as <see cref="SqliteRowFormat.EncodeKey(string)"/> has it.</summary>
    public void BindKey(int index, string key)
    {
        const int UsualBytes = 512;
        var bytes = key.Length <= UsualBytes / SqliteRowFormat.MaxBytesPerChar
            ? stackalloc byte[UsualBytes]
            : new byte[key.Length * SqliteRowFormat.MaxBytesPerChar];
        Bind(index, bytes[..SqliteRowFormat.EncodeKey(key, bytes)]);
    }

    public void Bind(int index, string value) => Check(raw.sqlite3_bind_text(handle, index, value));

    public void Bind(int index, long value) => Check(SqliteCalls.BindInt64(statement, index, value));

    public void BindNull(int index) => Check(raw.sqlite3_bind_null(handle, index));

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        var code = SqliteCalls.Step(statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return code == raw.SQLITE_ROW;
        }

        var failure = database.Failure(code);
        Reset();
        throw failure;
    }

    /// <summary>Steps once and resets: for statements that change and return nothing.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        Step();
        Reset();
        return database.Changes;
    }

    public long Int64(int column) => SqliteCalls.ColumnInt64(statement, column);

    /// <summary>Valid until the next <see cref="Step"/> or <see cref="Reset"/>.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        var bytes = SqliteCalls.ColumnBlob(statement, column); // before its length: see sqlite3_column_bytes
        return new(bytes, SqliteCalls.ColumnBytes(statement, column));
    }

    // Its answer repeats the failure of the last step, which has been reported.
    public void Reset() => _ = SqliteCalls.Reset(statement);

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw database.Failure(code);
        }
    }
}
