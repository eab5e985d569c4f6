using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>
/// Writes rows to a SQLite file in a process of its own and says each on its output as soon as the store has acknowledged it,
/// until it is killed or the store fails.
/// </summary>
internal static class CrashingWriter
{
    public const string Partition = "crash";

    public static async Task RunAsync(string file, string firstNumber)
    {
        using var store = new SqliteTableStore(file, TimeSpan.FromSeconds(5));
        var number = int.Parse(firstNumber, CultureInfo.InvariantCulture);
        var output = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var mine = Interlocked.Increment(ref number);
                var outcome = await store.TransactAsync(
                    Tables.Customers, Partition, [new TableChange.Insert(Row("one", mine)), new TableChange.Insert(Row("two", mine))], default);
                if (!outcome.IsWritten)
                {
                    throw new InvalidOperationException($"{mine} was {outcome.Result}.");
                }

                lock (output)
                {
                    Console.Out.WriteLine(mine);
                    Console.Out.Flush();
                }
            }
        })));
    }

    public static string RowKey(string half, int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D9}|{half}");

    private static TableRow Row(string half, int number) => new(
        Partition, RowKey(half, number), new Dictionary<string, object> { ["Number"] = number, ["Text"] = new string('x', number % 3_000) });
}
