using System.Diagnostics;
using Futago.Testing.Libiscsi;

namespace Futago.Benchmarks.Iscsi;

/// <summary>Puts a load on a LUN with libiscsi, one thread a session, and counts what was done.</summary>
public static class LoadRunner
{
    // A linear congruential walk: with a number of blocks that is a power of two it comes to each once before it repeats itself.
    private const long Multiplier = 1664525;
    private const long Increment = 1013904223;

    /// <summary>Operations per second over all sessions.</summary>
    public static double Run(Load load, Endpoint endpoint, long lengthBytes, int seconds, int seed)
    {
        var sessions = Enumerable.Range(0, load.Sessions).Select(i => Connect(endpoint, load, i)).ToArray();
        var counts = new long[load.Sessions];
        var clock = Stopwatch.StartNew();
        var threads = sessions.Select((session, i) => new Thread(() =>
            counts[i] = Drive(session, load, lengthBytes, new Random(seed + i), () => clock.Elapsed.TotalSeconds >= seconds))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        var elapsed = clock.Elapsed.TotalSeconds;
        foreach (var session in sessions)
            session.Dispose();
        return counts.Sum() / elapsed;
    }

    private static LibiscsiSession Connect(Endpoint endpoint, Load load, int number) =>
        LibiscsiSession.TryConnect(endpoint.Portal, endpoint.Target, 1, $"iqn.2026-01.example.client:bench{number}", load.QueueDepth, load.BlockBytes)
        ?? throw new InvalidOperationException($"The session with {endpoint.Target} at {endpoint.Portal} could not be opened.");

    private static long Drive(LibiscsiSession session, Load load, long lengthBytes, Random random, Func<bool> over)
    {
        var blocks = lengthBytes / load.BlockBytes;
        long done = 0, next = random.NextInt64(blocks);
        void Written(bool good) => done += good ? 1 : throw new InvalidOperationException("A write failed.");
        void Read(ReadOnlySpan<byte> data) => done += data.Length > 0 ? 1 : throw new InvalidOperationException("A read failed.");
        static void Fill(Span<byte> data)
        {
            // Whatever the slot holds: the content does not matter, and filling it would cost the client's time.
        }

        while (!over())
        {
            while (session.CanSubmit)
            {
                var offset = (ulong)(next * load.BlockBytes);
                next = load switch
                {
                    { Cold: true } => ((next * Multiplier) + Increment) % blocks,
                    { Random: true } => random.NextInt64(blocks),
                    _ => (next + 1) % blocks,
                };
                if (load.Write)
                    session.Write(offset, Fill, Written);
                else
                    session.Read(offset, Read);
            }
            session.Pump(100);
            if (session.Broken)
                throw new InvalidOperationException("The session broke.");
        }
        var counted = done;
        while (session.InFlight > 0 && !session.Broken)
            session.Pump(100);
        return counted;
    }
}
