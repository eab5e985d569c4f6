using System.Text.Json;
using Azure.Data.Tables;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>Ours and Microsoft's own client for JavaScript read what the other wrote, every type of property included.</summary>
public sealed class OfficialClientTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string P = "o'brien|日本";

    private static readonly Dictionary<string, object> EveryType = new()
    {
        ["text"] = "é ж 日本 😀 \"quoted\" \\",
        ["emptyText"] = "",
        ["yes"] = true,
        ["no"] = false,
        ["int"] = int.MinValue,
        ["long"] = long.MinValue,
        ["double"] = 0.30000000000000004,
        ["wholeDouble"] = 1.0,
        ["infinite"] = double.NegativeInfinity,
        ["notANumber"] = double.NaN,
        ["guid"] = new Guid("8d2f1c54-1111-4222-8333-9a4b5c6d7e8f"),
        ["at"] = new DateTimeOffset(2026, 11, 22, 9, 15, 0, TimeSpan.Zero).AddTicks(1_234_567),
        ["first"] = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero),
        ["bytes"] = new byte[] { 0, 1, 127, 128, 255 },
        ["noBytes"] = Array.Empty<byte>(),
    };

    private readonly string table = "t" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task We_read_what_the_official_client_wrote()
    {
        await RunAsync("write");
        using var store = Connect();

        var rows = await store.RangeAsync(table, P, new RowKeyRange("", null), 10, default);

        Assert.Equal(["alone 😀", "b", "c"], rows.Select(row => row.RowKey));
        Assert.Equal(rows[0].Properties.Count, (await store.FindAsync(table, P, "alone 😀", default))!.Properties.Count);
        Assert.All(rows, row => Assert.Equal(
            EveryType.OrderBy(property => property.Key, StringComparer.Ordinal).Select(Typed),
            row.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(Typed)));
    }

    [Fact]
    public async Task The_official_client_reads_what_we_wrote()
    {
        using var store = Connect();
        await store.InsertAsync(table, new TableRow(P, "alone 😀", EveryType), default);
        await store.TransactAsync(
            table, P, [new TableChange.Insert(new(P, "b", EveryType)), new TableChange.Put(new(P, "c", EveryType))], default);

        var rows = JsonDocument.Parse(await RunAsync("read")).RootElement.EnumerateArray().ToList();

        Assert.Equal(["alone 😀", "b", "c"], rows.Select(row => Value(row, "rowKey")));
        Assert.All(rows, row =>
        {
            Assert.Equal(P, Value(row, "partitionKey"));
            Assert.Equal(EveryType["text"], Value(row, "text"));
            Assert.Equal("", Value(row, "emptyText"));
            Assert.Equal(("true", "false"), (Value(row, "yes"), Value(row, "no")));
            Assert.Equal("-2147483648", Value(row, "int"));
            Assert.Equal(("Int64", "-9223372036854775808"), (Type(row, "long"), Value(row, "long")));
            Assert.Equal(("Double", "0.30000000000000004"), (Type(row, "double"), Value(row, "double")));
            Assert.Equal("1", Value(row, "wholeDouble")); // Sent back as 1.0 without a type, which JavaScript cannot tell from 1.
            Assert.Equal(("Double", "-Infinity"), (Type(row, "infinite"), Value(row, "infinite")));
            Assert.Equal(("Double", "NaN"), (Type(row, "notANumber"), Value(row, "notANumber")));
            Assert.Equal(("Guid", "8d2f1c54-1111-4222-8333-9a4b5c6d7e8f"), (Type(row, "guid"), Value(row, "guid")));
            Assert.Equal(("DateTime", "2026-11-22T09:15:00.1234567Z"), (Type(row, "at"), Value(row, "at")));
            Assert.Equal("DateTime", Type(row, "first"));
            Assert.StartsWith("1601-01-01T00:00:00", Value(row, "first"), StringComparison.Ordinal);
            Assert.Equal(("Binary", "AAF/gP8="), (Type(row, "bytes"), Value(row, "bytes")));
            Assert.Equal(("Binary", ""), (Type(row, "noBytes"), Value(row, "noBytes")));
        });
    }

    private static (string Name, Type Type, object Value) Typed(KeyValuePair<string, object> property) =>
        (property.Key, property.Value.GetType(), property.Value is byte[] bytes ? Convert.ToHexString(bytes) : property.Value);

    // With types the client answers {"type": …, "value": …}; text, numbers and booleans may stand bare.
    private static string Value(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.Object } typed
        ? typed.GetProperty("value").ToString()
        : row.GetProperty(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } yes
            ? yes.GetRawText()
            : row.GetProperty(name).ToString();

    private static string? Type(JsonElement row, string name) =>
        row.GetProperty(name).ValueKind == JsonValueKind.Object ? row.GetProperty(name).GetProperty("type").GetString() : null;

    private AzureTableStore Connect() =>
        new(new StorageOptions(), options => new TableServiceClient(azurite.ConnectionString, options));

    private async Task<string> RunAsync(string what)
    {
        using var node = Azurite.StartNode("data-tables.mjs", what, azurite.ConnectionString, table);
        node.StandardInput.Close();
        var output = node.StandardOutput.ReadToEndAsync();
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, errors);
        return await output;
    }
}
