using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// HTTP/1.1 over one kept-alive connection with as little of its own as can be, so that what is timed is the server.
/// The floor and the product are asked by the same client.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[64 * 1024];

    public LoadClient(int port)
    {
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>The bytes of a GET, made once and sent often.</summary>
    public static byte[] Request(string path, params (string Name, string Value)[] headers) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n");

    /// <summary>The bytes of a POST of JSON.</summary>
    public static byte[] Post(string path, string json, params (string Name, string Value)[] headers) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n{json}");

    /// <summary>The body's length in bytes; anything but a success is an error.</summary>
    public int Send(byte[] request) => Exchange(request).Length;

    /// <summary>The body, for the floor to answer with.</summary>
    public byte[] Body(byte[] request)
    {
        var (start, length) = Exchange(request);
        return buffer.AsSpan(start, length).ToArray();
    }

    public void Dispose() => socket.Dispose();

    private (int Start, int Length) Exchange(byte[] request)
    {
        socket.Send(request);
        var filled = 0;
        int headEnd;
        while ((headEnd = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            filled += Receive(filled);
        }

        var head = Encoding.ASCII.GetString(buffer, 0, headEnd);
        if (!head.StartsWith("HTTP/1.1 20", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The server answered: {head.Split('\r')[0]}");
        }

        var start = headEnd + 4;
        if (Header(head, "Content-Length") is not { } text)
        {
            throw new InvalidOperationException("The server sent no Content-Length; this client reads no chunks.");
        }

        var length = int.Parse(text, CultureInfo.InvariantCulture);
        while (filled < start + length)
        {
            filled += Receive(filled);
        }

        return (start, length);
    }

    private int Receive(int filled)
    {
        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = socket.Receive(buffer, filled, buffer.Length - filled, SocketFlags.None);
        return read > 0 ? read : throw new InvalidOperationException("The server closed the connection.");
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var from = at + name.Length + 2;
        var end = head.IndexOf('\r', from);
        return head[from..(end < 0 ? head.Length : end)].Trim();
    }
}

/// <summary>What a run of requests took.</summary>
internal static class Load
{
    /// <summary>Times of single requests in microseconds, one client, in the order sent.</summary>
    public static List<double> OneByOne(int port, IReadOnlyList<byte[]> requests, int count, Random random)
    {
        using var client = new LoadClient(port);
        var times = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var request = requests[random.Next(requests.Count)];
            var start = Stopwatch.GetTimestamp();
            client.Send(request);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return times;
    }

    /// <summary>
    /// Asks, some 2 to 8 s long, until the server is as quick as it will be: the runtime compiles what is hot in steps, and a card still takes
    /// twice its time after some thousand of them. Settled is a server whose median has not fallen by a twentieth for a while.
    /// </summary>
    public static void Settle(int port, IReadOnlyList<byte[]> requests, Random random)
    {
        const int Round = 1_000;
        const int AtLeast = 20;
        const int AtMost = 80;
        const int Unmoved = 10;
        var best = double.MaxValue;
        for (int round = 0, since = 0; round < AtLeast || (since < Unmoved && round < AtMost); round++)
        {
            var median = Figures.Percentile(OneByOne(port, requests, Round, random), 0.5);
            since = median < best * 0.95 ? 0 : since + 1;
            best = since == 0 ? median : best;
        }
    }

    /// <summary>
    /// Times of requests that are sent at a steady rate whether or not earlier ones are answered, in microseconds from when each was due: what
    /// waits behind a slow answer has waited too.
    /// </summary>
    public static void AtRate(int port, IReadOnlyList<byte[]> requests, int perSecond, TimeSpan length, Action<double> answered)
    {
        const int Senders = 20;
        using var never = new ManualResetEvent(initialState: false);
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        var count = (int)(perSecond * length.TotalSeconds);
        var threads = Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            using var client = new LoadClient(port);
            for (var number = sender; number < count; number += Senders)
            {
                var due = start + (Stopwatch.Frequency * number / perSecond);
                if (due - Stopwatch.GetTimestamp() is > 0 and var early)
                {
                    never.WaitOne((int)Math.Ceiling(early * 1_000.0 / Stopwatch.Frequency));
                }

                client.Send(requests[number % requests.Count]);
                answered((Stopwatch.GetTimestamp() - due) * 1_000_000.0 / Stopwatch.Frequency);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    /// <summary>Requests answered in a second by <paramref name="clients"/> clients that each send when they have their answer.</summary>
    public static double PerSecond(int port, IReadOnlyList<byte[]> requests, int clients, TimeSpan length)
    {
        long answered = 0;
        using var ready = new Barrier(clients + 1);
        var until = long.MaxValue;
        var threads = Enumerable.Range(0, clients).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            using var client = new LoadClient(port);
            client.Send(requests[0]);
            ready.SignalAndWait();
            long mine = 0;
            while (Stopwatch.GetTimestamp() < Volatile.Read(ref until))
            {
                client.Send(requests[random.Next(requests.Count)]);
                mine++;
            }

            Interlocked.Add(ref answered, mine);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref until, start + (long)(length.TotalSeconds * Stopwatch.Frequency));
        ready.SignalAndWait();
        threads.ForEach(thread => thread.Join());
        return answered / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
