namespace OutlookCrm.Benchmarks;

/// <summary>
/// The product beside a <see cref="Floor"/> that answers with the same body: asked by the same client, in turns, in the same run.
/// </summary>
internal sealed class BesideFloor : IAsyncDisposable
{
    private readonly ChildProcess product;
    private readonly ChildProcess floor;
    private readonly IReadOnlyList<byte[]> floorRequests;
    private readonly Random random = new(1);

    private BesideFloor(ChildProcess product, ChildProcess floor, byte[] floorRequest, int bytes)
    {
        this.product = product;
        this.floor = floor;
        floorRequests = [floorRequest];
        Bytes = bytes;
    }

    /// <summary>Of the body.</summary>
    public int Bytes { get; }

    /// <param name="first">Whose answer the floor gives.</param>
    public static async Task<BesideFloor> StartAsync(
        ChildProcess product, string folder, byte[] first, string mediaType, params (string Name, string Value)[] headers)
    {
        byte[] body;
        using (var client = new LoadClient(product.Port))
        {
            body = client.Body(first);
        }

        var bodyFile = Path.Combine(folder, "floor-body");
        await File.WriteAllBytesAsync(bodyFile, body);
        var floor = await ChildProcess.StartAsync("OutlookCrm.Benchmarks.dll", "floor", bodyFile, mediaType);
        return new BesideFloor(product, floor, LoadClient.Request("/floor", headers), body.Length);
    }

    /// <summary>The medians in microseconds, of one client, once both have settled.</summary>
    /// <param name="next">The requests of one round, for those that cannot be sent twice.</param>
    public Pair OneByOne(IReadOnlyList<byte[]> settling, Func<IReadOnlyList<byte[]>> next, int rounds, int requests)
    {
        Load.Settle(product.Port, settling, random);
        Load.Settle(floor.Port, floorRequests, random);
        List<double> times = [], floorTimes = [];
        for (var round = 0; round < rounds; round++)
        {
            floorTimes.AddRange(Load.OneByOne(floor.Port, floorRequests, requests, random));
            times.AddRange(Load.OneByOne(product.Port, next(), requests, random));
        }

        return Pair.Medians(times, floorTimes);
    }

    /// <summary>The medians of some runs of many clients at once, in requests a second.</summary>
    public Pair PerSecond(IReadOnlyList<byte[]> requests, int clients, TimeSpan length, int runs)
    {
        List<double> rates = [], floorRates = [];
        for (var run = 0; run < runs; run++)
        {
            floorRates.Add(Load.PerSecond(floor.Port, floorRequests, clients, length));
            rates.Add(Load.PerSecond(product.Port, requests, clients, length));
        }

        return Pair.Medians(rates, floorRates);
    }

    public ValueTask DisposeAsync() => floor.DisposeAsync();

    internal sealed record Pair(double Product, double Floor)
    {
        public double Ratio => Product / Floor;

        public static Pair Medians(List<double> product, List<double> floor) => new(Figures.Percentile(product, 0.5), Figures.Percentile(floor, 0.5));
    }
}
