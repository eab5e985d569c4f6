using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OutlookCrm.Backup;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Http;
using OutlookCrm.Interactions;
using OutlookCrm.LocalHost;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Docs;
using OutlookCrm.Tests.Interactions;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Backup;

public sealed class BackupTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private static readonly Guid Firm = new("11111111-0000-4000-8000-00000000000a");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-backup-");
    private readonly TestClock clock = new();

    private string Export => Path.Combine(folder.FullName, "export");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_firm_comes_back_entity_by_entity_by_way_of_either_store()
    {
        await using var crm = await TestCrm.StartAsync();
        await TablesPageTests.FillAsync(crm);
        var (store, scan) = (crm.Services.GetRequiredService<ITableStore>(), crm.Services.GetRequiredService<ITableScan>());
        await store.InsertAsync(Tables.Customers, new TableRow(TableKeys.Customer(A.OtherFirm, "x"), "a", new Dictionary<string, object> { ["Name"] = "Not ours" }), default);
        var data = crm.Services.GetRequiredService<IOptions<StorageOptions>>().Value.SqliteFile;

        var (exit, said, errors) = await CommandAsync("export", "--to", Export, "--data", data);

        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("what colleagues keep private", said, StringComparison.Ordinal);

        // Into Azure's tables, and from there into a file.
        using var azure = new AzureTableStore(new StorageOptions(), options => new TableServiceClient(azurite.ConnectionString, options));
        var queue = new SqliteWorkQueue(Path.Combine(folder.FullName, "queue.db"), TimeSpan.FromSeconds(5), clock);
        var restored = await new FirmRestore(azure, azure, queue, clock).RunAsync(Path.Combine(Export, FirmFile.Name), default);
        Assert.True(restored is RestoreOutcome.Restored, $"{restored}");
        var second = Export + "2";
        Assert.IsType<ExportOutcome.Written>(await ExporterOf(azure).WriteAsync(A.Firm, second, default));
        Assert.Equal(
            (await File.ReadAllLinesAsync(Path.Combine(Export, FirmFile.Name)))[1..], (await File.ReadAllLinesAsync(Path.Combine(second, FirmFile.Name)))[1..]);

        var file = Path.Combine(folder.FullName, "restored", "crm.db");
        (exit, said, errors) = await CommandAsync("restore", "--from", second, "--data", file);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains($"Restored {A.Firm}", said, StringComparison.Ordinal);

        using var target = new SqliteTableStore(file, TimeSpan.FromSeconds(5));
        var page = await File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "docs", "tables.md"));
        string[] tables = [.. Regex.Matches(page, "^## `([a-z]+)`", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Distinct().Except([Tables.Schedules, Tables.Restores])];
        Assert.Equal(FirmFile.Tables.Order(), tables.Order());
        foreach (var table in tables)
        {
            var expected = await RowsAsync(scan, table, A.Firm);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await RowsAsync(target, table, A.Firm));
            Assert.Empty(await RowsAsync(target, table, A.OtherFirm));
        }

        Assert.Empty(await RowsAsync(target, Tables.Restores, A.Firm));

        // What changes still owed to other tables is asked for anew, as no message is exported.
        var owed = (await RowsAsync(target, Tables.Customers, A.Firm)).Count(row => row.Contains("|o|", StringComparison.Ordinal));
        Assert.True(owed > 0);
        var messages = new SqliteWorkQueue(file, TimeSpan.FromSeconds(5), TimeProvider.System);
        Assert.Equal(owed, (await messages.ReceiveAsync(CustomerChanges.Queue, 32, TimeSpan.FromMinutes(1), default)).Count);
        Assert.Contains("0123", Assert.Single(await messages.ReceiveAsync(Erasing.Queue, 32, TimeSpan.FromMinutes(1), default)).Body, StringComparison.Ordinal);
        messages.Dispose();
        queue.Dispose();
    }

    [Fact]
    public async Task A_firm_that_has_anything_is_not_restored_over()
    {
        await ExportSmallFirmAsync();
        using var target = Open("target");
        await target.InsertAsync(Tables.Blocks, Row(Firm, "mine"), default);

        var refused = Assert.IsType<RestoreOutcome.Refused>(await RestoreAsync(target));

        Assert.Equal("There are records of this firm already, in blocks. A firm is restored into an empty store only.", refused.Why);
        Assert.Equal(1, await CountAsync(target));
    }

    [Fact]
    public async Task Another_firm_in_the_same_store_is_neither_in_the_way_nor_touched()
    {
        await ExportSmallFirmAsync();
        using var target = Open("target");
        var theirs = Row(A.OtherFirm, "theirs");
        await target.InsertAsync(Tables.Customers, theirs, default);

        Assert.IsType<RestoreOutcome.Restored>(await RestoreAsync(target));

        Assert.Equal(Text(theirs), Assert.Single(await RowsAsync(target, Tables.Customers, A.OtherFirm)));
        Assert.Equal(250, (await RowsAsync(target, Tables.Customers, Firm)).Count);
    }

    [Theory]
    [InlineData("empty", "line 1: The file is empty: this is no export of Outlook CRM.")]
    [InlineData("csv", "line 1: This is no export that can be restored here. This is no JSON from byte 1 on.")]
    [InlineData("other program", "line 1: This is no export that can be restored here. This is a file of another program.")]
    [InlineData("newer", "line 1: This is no export that can be restored here. The file has version 2 of the format; this program knows 1. Use the newer program.")]
    [InlineData("no head", "line 1: This is no export of Outlook CRM.")]
    [InlineData("cut at a line", "line 203: The file was cut off: its last line is missing.")]
    [InlineData("cut in a line", "line 202: The file was cut off within this line.")]
    [InlineData("no last break", "line 256: The file was cut off within this line.")]
    [InlineData("changed", "line 256: The rows are not those that were exported: the file was changed or damaged.")]
    [InlineData("row gone", "line 255: Of customers there are 249 rows and should be 250: the file was changed or damaged.")]
    [InlineData("row twice", "line 4: The same row stands here twice.")]
    [InlineData("other firm's row", "line 3: This row is another firm's.")]
    [InlineData("no such table", "line 3: There is no such table.")]
    [InlineData("no such type", "line 3: The column N holds no value that a table can have.")]
    [InlineData("half a letter", "line 3: A text here is no Unicode.")]
    [InlineData("key that no table takes", "line 3: A row key holds one of / \\ # ?, a control character or half a surrogate pair.")]
    [InlineData("broken JSON", "line 3: This is no JSON from byte ")]
    [InlineData("more after the end", "line 257: Something follows the end of the export.")]
    [InlineData("endless line", "line 2: The line is longer than any of an export.")]
    public async Task Of_a_file_that_is_no_whole_export_nothing_is_restored_and_it_is_said_why(string fault, string complaint)
    {
        await ExportSmallFirmAsync();
        var path = Path.Combine(Export, FirmFile.Name);
        var lines = (await File.ReadAllLinesAsync(path)).ToList();
        var third = lines[2];
        string whole() => string.Join('\n', lines) + "\n";
        string With(string line)
        {
            lines[2] = line;
            return whole();
        }

        var content = fault switch
        {
            "empty" => "",
            "csv" => "customer,date,amount\n",
            "other program" => "{\"format\":\"other\"}\n",
            "newer" => whole().Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal),
            "no head" => string.Join('\n', lines.Skip(1)) + "\n",
            "cut at a line" => string.Join('\n', lines.Take(202)) + "\n",
            "cut in a line" => string.Join('\n', lines.Take(202))[..^5],
            "no last break" => whole()[..^1],
            "changed" => whole().Replace("customer 7\"", "customer 8\"", StringComparison.Ordinal),
            "row gone" => string.Join('\n', lines.Where((_, i) => i != 5)) + "\n",
            "row twice" => string.Join('\n', lines.Take(3).Append(third).Concat(lines.Skip(3))) + "\n",
            "other firm's row" => With(third.Replace(Firm.ToString("N"), A.OtherFirm.ToString("N"), StringComparison.Ordinal)),
            "no such table" => With(third.Replace("customers", "schedules", StringComparison.Ordinal)),
            "no such type" => With(Regex.Replace(third, "\"N\":\\d+", "\"N\":[1]")),
            "half a letter" => With(third.Replace("customer ", "\\ud83d", StringComparison.Ordinal)),
            "key that no table takes" => With(third.Replace("\"row\":\"", "\"row\":\"?", StringComparison.Ordinal)),
            "broken JSON" => With(third[..^1]),
            "more after the end" => whole() + "{}\n",
            "endless line" => lines[0] + "\n" + new string('x', FirmFile.MaxLineBytes + 100_000),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Unknown"),
        };
        await File.WriteAllTextAsync(path, content);
        var data = Path.Combine(folder.FullName, "target.db");

        var (exit, _, errors) = await CommandAsync("restore", "--from", path, "--data", data);

        Assert.Equal(1, exit);
        Assert.StartsWith($"{path}, {complaint}", errors, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was restored.", errors.TrimEnd(), StringComparison.Ordinal);
        using var target = new SqliteTableStore(data, TimeSpan.FromSeconds(5));
        Assert.Equal(0, await CountAsync(target));
    }

    [Fact]
    public async Task A_restore_that_was_broken_off_goes_on_with_the_same_file_and_no_other()
    {
        await ExportSmallFirmAsync();
        var other = Path.Combine(folder.FullName, "other.jsonl");
        var sum = UInt128.Zero;
        await File.WriteAllBytesAsync(other, [.. FirmFile.Line(new FirmFileHead(Firm, clock.GetUtcNow())), (byte)'\n', .. FirmFile.Line(new FirmFileEnd(new Dictionary<string, long>(), sum)), (byte)'\n']);
        using var target = Open("target");
        using var queue = QueueOf("target");

        await Assert.ThrowsAsync<TableStoreUnavailableException>(
            () => new FirmRestore(new BreaksAfter(target, writes: 4), target, queue, clock).RunAsync(Path.Combine(Export, FirmFile.Name), default));
        Assert.InRange((await RowsAsync(target, Tables.Customers, Firm)).Count, 1, 249);
        var refused = Assert.IsType<RestoreOutcome.Refused>(await new FirmRestore(target, target, queue, clock).RunAsync(other, default));
        var noExport = Assert.IsType<ExportOutcome.Refused>(await ExporterOf(target).WriteAsync(Firm, Export + "2", default));
        var restored = await RestoreAsync(target);

        Assert.StartsWith("The restore of another file", refused.Why, StringComparison.Ordinal);
        Assert.StartsWith("A restore of this firm has begun", noExport.Why, StringComparison.Ordinal);
        Assert.IsType<RestoreOutcome.Restored>(restored);
        Assert.Equal(254, await CountAsync(target));
        Assert.IsType<RestoreOutcome.Refused>(await RestoreAsync(target));
    }

    [Fact]
    public async Task What_somebody_writes_meanwhile_is_noticed_when_all_is_read_back()
    {
        await ExportSmallFirmAsync();
        using var target = Open("target");
        using var queue = QueueOf("target");
        var meddling = new Meddling(target);

        var refused = Assert.IsType<RestoreOutcome.Refused>(
            await new FirmRestore(meddling, target, queue, clock).RunAsync(Path.Combine(Export, FirmFile.Name), default));

        Assert.StartsWith("Of colleagues there are 2 rows now, and 1 in the file.", refused.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tables_for_people_hold_what_every_colleague_sees_and_no_formula()
    {
        await using var crm = await TestCrm.StartAsync();
        await TablesPageTests.FillAsync(crm);
        var mailboxes = crm.Services.GetRequiredService<CapturedMailboxes>();
        var interactions = crm.Services.GetRequiredService<InteractionStore>();
        var customer = (await RowsOfAsync(crm.Services.GetRequiredService<ITableScan>(), Tables.Customers, A.Firm))
            .Where(row => row.RowKey == TableKeys.Record).Select(row => CustomerId.Parse(TableKeys.Last(row.PartitionKey))).First();
        foreach (var (person, visibility) in new[] { (A.Anna, MailboxVisibility.OnlyMe), (A.Rita, MailboxVisibility.TimesAndPeople) })
        {
            await mailboxes.AppearAsync(A.Firm, new ColleagueAccount(person.Id, person.Name, person.Address), default);
            await mailboxes.ChangeAsync(A.Firm, person.Id, row => row with { Visibility = visibility }, default);
        }

        await interactions.RecordAsync(
            A.Firm,
            customer,
            [
                (Recordings.Mail(A.Anna.Id, "<secret@x>") with { Title = "Secret", Preview = "Secret" }).For(customer),
                (Recordings.Mail(A.Rita.Id, "<closed@x>") with { Title = "Closed", Preview = "Closed" }).For(customer),
                (Recordings.Mail(A.Ben.Id, "<evil@x>") with { Title = "=HYPERLINK(\"https://evil.example\")", Preview = "-2+3+cmd|' /C calc'!A0" }).For(customer),
            ],
            default);

        Assert.IsType<ExportOutcome.Written>(
            await new FirmExport(
                crm.Services.GetRequiredService<ITableStore>(), crm.Services.GetRequiredService<ITableScan>(), crm.Services.GetRequiredService<FirmDirectory>(), crm.Clock)
            .WriteAsync(A.Firm, Export, default));

        var sheets = FirmSheets.Columns.Keys.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(Export, name + ".csv")));
        Assert.Contains("Secret", await File.ReadAllTextAsync(Path.Combine(Export, FirmFile.Name)), StringComparison.Ordinal);
        Assert.All(sheets.Values, sheet => Assert.DoesNotContain("Secret", sheet, StringComparison.Ordinal));
        Assert.All(sheets.Values, sheet => Assert.DoesNotContain("Closed", sheet, StringComparison.Ordinal));
        Assert.Contains(",\"'=HYPERLINK(\"\"https://evil.example\"\")\",'-2+3+cmd|", sheets["timeline"], StringComparison.Ordinal);
        Assert.Contains("Kim Sommer,Hotel Sonne,Manager,work +49 761 5550,Lindenallee 1", sheets["customers"], StringComparison.Ordinal);
        Assert.Contains(",kim.private@gmail.com,private,", sheets["addresses"], StringComparison.Ordinal);
        Assert.Contains(",Lobby chairs,-500,,EUR,", sheets["purchases"], StringComparison.Ordinal);
        Assert.Contains(",Recommend,9,Always on time.,", sheets["answers"], StringComparison.Ordinal);
        Assert.Contains(",Lobby,Offer,9000,EUR,2026-05-01,", sheets["deals"], StringComparison.Ordinal);
        Assert.Contains(",Ben,Send the offer,2026-12-04,09:30,Europe/Berlin,WeOwe,Done,", sheets["follow-ups"], StringComparison.Ordinal);
        Assert.All(sheets, sheet => Assert.StartsWith(string.Join(',', FirmSheets.Columns[sheet.Key]) + "\r\n", sheet.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_exported_is_no_formula_in_a_spreadsheet_and_is_imported_as_the_text_that_it_was()
    {
        string[] products = ["=1+1", "@Lamp", "-20 % on Sets", "+Set;=cmd|' /C calc'!A0", "'=quoted", "-5", "+49 89 12", "O'Brien"];
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        (await anna.PostAsJsonAsync("/api/customers", new { name = "=Sum; -Ltd", address = "sum@kunde.example" })).EnsureSuccessStatusCode();
        var before = await BoughtAsync(anna, async customer =>
        {
            foreach (var isCreditNote in new[] { false, true })
            {
                (await anna.PostAsJsonAsync($"/api/customers/{customer}/purchases", new AddPurchaseRequest(
                    Guid.NewGuid(), [.. products.Select((product, i) => new PurchaseItem(product, $"{i + 1}.50"))], "EUR", new DateOnly(2026, 1, 2), isCreditNote, "-7-A"),
                    ContractJson.Options)).EnsureSuccessStatusCode();
            }
        });
        Assert.Equal(2 * products.Length, before.Count);

        Assert.IsType<ExportOutcome.Written>(
            await new FirmExport(
                crm.Services.GetRequiredService<ITableStore>(), crm.Services.GetRequiredService<ITableScan>(), crm.Services.GetRequiredService<FirmDirectory>(), crm.Clock)
            .WriteAsync(A.Firm, Export, default));

        // As Excel opens it where lists have commas, and where they have semicolons and quotes within a line mean nothing.
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Export, "purchases.csv"));
        using var cells = new CsvHelper.CsvParser(new StreamReader(new MemoryStream(bytes)), CultureInfo.InvariantCulture);
        var numbers = 0;
        while (cells.Read())
        {
            foreach (var cell in cells.Record!.Concat(cells.RawRecord.Split(';')).Where(cell => cell is ['=' or '@' or '+' or '-' or '\t' or '\r', ..]))
            {
                Assert.Matches("^[+-][0-9. ]+$", cell);
                numbers++;
            }
        }

        Assert.Equal(products.Length + 4, numbers);

        await using var other = await TestCrm.StartAsync();
        using var ben = other.SignIn(A.Ben);
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/octet-stream");
        using var given = await ben.PostAsync("/api/imports?name=purchases.csv", content);
        var page = (await given.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
        using var planned = await ben.PutAsJsonAsync(
            $"/api/imports/{page.Id}/plan", page.Preview!.Plan with { Unknown = UnknownCustomers.MakeCustomers }, ContractJson.Options);
        page = (await planned.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
        (await ben.PostAsync($"/api/imports/{page.Id}/start?plan={page.Preview!.Stamp}", null)).EnsureSuccessStatusCode();
        await Waiting.UntilAsync(async () =>
            (await ben.GetFromJsonAsync<ImportPage>($"/api/imports/{page.Id}", ContractJson.Options))!.State == ImportState.Done);
        Assert.Equal(before, await BoughtAsync(ben, _ => Task.CompletedTask));

        static async Task<IReadOnlyList<string>> BoughtAsync(HttpClient client, Func<string, Task> first)
        {
            var hit = Assert.Single((await client.GetFromJsonAsync<SearchResults>("/api/search?q=sum", ContractJson.Options))!.Hits);
            await first(hit.Id);
            var list = (await client.GetFromJsonAsync<PurchaseList>($"/api/customers/{hit.Id}/purchases", ContractJson.Options))!;
            return [.. list.Purchases.SelectMany(one => one.Items, (one, item) => $"{hit.Name}|{one.On:O}|{one.Number}|{one.IsCreditNote}|{item.Product}|{item.Amount}").Order()];
        }
    }

    [Fact]
    public void Every_value_that_a_table_has_comes_back_from_its_line()
    {
        var random = new Random(7);
        var values = new List<object>
        {
            "", "a\n\"\\\t", "é\u2028\ud83d\ude00\0", true, false, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue, 0.1, -0.0, double.NaN, double.PositiveInfinity,
            double.Epsilon, double.MaxValue, Guid.Empty, new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue, Array.Empty<byte>(),
        };
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            values.Add(bytes);
            values.Add(BitConverter.Int64BitsToDouble(random.NextInt64()));
            values.Add(new DateTimeOffset(random.NextInt64(new DateTime(1601, 1, 1).Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero));
        }

        foreach (var chunk in values.Chunk(100))
        {
            var row = new TableRow("p", "r", chunk.Select((value, i) => (value, i)).ToDictionary(one => $"C{one.i}", one => one.value));
            var read = Assert.IsType<FirmFileRow>(FirmFile.Read(FirmFile.Line("customers", row)));
            Assert.Equal(Text(row), Text(read.Row));
        }
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_words()
    {
        using (var empty = Open("empty"))
        {
            await empty.InsertAsync(Tables.Colleagues, Row(Firm, "one"), default);
            await empty.InsertAsync(Tables.Colleagues, Row(A.OtherFirm, "two"), default);
        }

        var data = Path.Combine(folder.FullName, "empty.db");
        Directory.CreateDirectory(Export);
        await File.WriteAllTextAsync(Path.Combine(Export, "mine"), "");

        Assert.Equal((2, "--to FOLDER is needed."), await Refused("export", "--data", data));
        Assert.Equal((2, "--firm must be a tenant's id, a GUID."), await Refused("export", "--to", Export, "--firm", "us", "--data", data));
        Assert.Equal((2, "--from needs a value."), await Refused("restore", "--from"));
        Assert.Equal((1, "There are several firms; say which with --firm:"), await Refused("export", "--to", Export, "--data", data));
        Assert.Equal((1, $"The folder {Export} is not empty."), await Refused("export", "--to", Export, "--firm", Firm.ToString(), "--data", data));
        Assert.Equal((1, $"There is no database file {data}x.db."), await Refused("export", "--to", Export, "--data", data + "x.db"));
        Assert.Equal((1, $"There is no file {data}x."), await Refused("restore", "--from", data + "x", "--data", data));

        async Task<(int, string)> Refused(params string[] arguments)
        {
            var (exit, _, errors) = await CommandAsync(arguments);
            return (exit, errors.Split('\n')[0].TrimEnd());
        }
    }

    private static async Task<(int Exit, string Output, string Errors)> CommandAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (await BackupCommand.RunAsync(arguments, output, errors, default), output.ToString(), errors.ToString());
    }

    private static TableRow Row(Guid firm, string rowKey) => new(firm.ToString("N"), rowKey, new Dictionary<string, object> { ["AddedAt"] = DateTimeOffset.UnixEpoch, ["Name"] = rowKey });

    private static string Text(TableRow row) => $"{row.PartitionKey}|{row.RowKey}: " + string.Join(", ", row.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p =>
        $"{p.Key} {p.Value.GetType().Name} {(p.Value is byte[] bytes ? Convert.ToHexString(bytes) : p.Value is DateTimeOffset at ? at.ToString("O") : string.Create(CultureInfo.InvariantCulture, $"{p.Value}"))}"));

    private static async Task<List<TableRow>> RowsOfAsync(ITableScan scan, string table, Guid firm)
    {
        var rows = new List<TableRow>();
        await foreach (var row in scan.ScanAsync(table, firm.ToString("N"), default))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static async Task<List<string>> RowsAsync(ITableScan scan, string table, Guid firm) => [.. (await RowsOfAsync(scan, table, firm)).Select(Text)];

    private static async Task<int> CountAsync(ITableScan scan)
    {
        var count = 0;
        foreach (var table in Tables.All)
        {
            count += (await RowsOfAsync(scan, table, Firm)).Count;
        }

        return count;
    }

    private SqliteTableStore Open(string name) => new(Path.Combine(folder.FullName, name + ".db"), TimeSpan.FromSeconds(5));

    private SqliteWorkQueue QueueOf(string name) => new(Path.Combine(folder.FullName, name + ".db"), TimeSpan.FromSeconds(5), clock);

    private FirmExport ExporterOf<TStore>(TStore store)
        where TStore : ITableStore, ITableScan => new(store, store, new FirmDirectory(store, new FirmOptions([]), clock), clock);

    private async Task<RestoreOutcome> RestoreAsync(SqliteTableStore target)
    {
        using var queue = QueueOf("target");
        return await new FirmRestore(target, target, queue, clock).RunAsync(Path.Combine(Export, FirmFile.Name), default);
    }

    /// <summary>250 rows of customers' partitions, 3 of blocks and 1 colleague: 256 lines.</summary>
    private async Task ExportSmallFirmAsync()
    {
        using var source = Open("source");
        for (var i = 0; i < 250; i++)
        {
            var row = new TableRow(
                TableKeys.Customer(Firm, $"{i / 50:D32}"), $"k|{i:D4}", new Dictionary<string, object> { ["N"] = i, ["Name"] = $"customer {i}" });
            await source.InsertAsync(Tables.Customers, row, default);
        }

        foreach (var key in new[] { "a|1", "a|2", "a|3" })
        {
            await source.InsertAsync(Tables.Blocks, Row(Firm, key), default);
        }

        var colleague = new ColleagueRow(A.Anna.Id, "Anna", A.Anna.Address, new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 1)).ToTableRow(Firm);
        await source.InsertAsync(Tables.Colleagues, colleague, default);
        Assert.IsType<ExportOutcome.Written>(await ExporterOf(source).WriteAsync(Firm, Export, default));
    }

    /// <summary>Takes so many writes and then no more, like a store that goes away.</summary>
    private sealed class BreaksAfter(ITableStore real, int writes) : ITableStore
    {
        private readonly TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int begun;
        private int done;

        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            real.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            real.RangeAsync(table, partitionKey, range, maxRows, cancellation);

        public async Task<TransactionOutcome> TransactAsync(string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref begun) > writes)
            {
                await taken.Task;
                throw new TableStoreUnavailableException("It went away.");
            }

            var outcome = await real.TransactAsync(table, partitionKey, changes, CancellationToken.None);
            if (Interlocked.Increment(ref done) == writes)
            {
                taken.SetResult();
            }

            return outcome;
        }
    }

    /// <summary>Somebody signs in while the rest is written.</summary>
    private sealed class Meddling(ITableStore real) : ITableStore
    {
        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            real.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            real.RangeAsync(table, partitionKey, range, maxRows, cancellation);

        public async Task<TransactionOutcome> TransactAsync(string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            if (table == Tables.Colleagues)
            {
                await real.PutAsync(table, Row(Firm, "somebody"), cancellation);
            }

            return await real.TransactAsync(table, partitionKey, changes, cancellation);
        }
    }
}
