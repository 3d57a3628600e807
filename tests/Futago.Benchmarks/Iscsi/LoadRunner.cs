using System.Diagnostics;
using Futago.Testing.Libiscsi;

namespace Futago.Benchmarks.Iscsi;

/// <summary>Puts a load on a LUN, one thread a session, and counts what was done.</summary>
internal static class LoadRunner
{
    /// <summary>With libiscsi, an initiator that people use. Operations per second over all sessions.</summary>
    public static double Run(Load load, Endpoint endpoint, long lengthBytes, int seconds, int seed) =>
        Measure(load, seconds, i => Connect(endpoint, load, i), (session, i, over) => Drive(session, new BlockWalk(load, lengthBytes, seed + i), load.Write, over));

    /// <summary>With as little of an initiator as possible. Operations per second over all sessions.</summary>
    public static double RunLean(Load load, Endpoint endpoint, long lengthBytes, int seconds, int seed) =>
        Measure(load, seconds, i => new LeanInitiator(endpoint.Portal, endpoint.Target, InitiatorName(i), load.QueueDepth, load.BlockBytes, load.Digests),
            (session, i, over) => Drive(session, new BlockWalk(load, lengthBytes, seed + i), load.Write, over));

    private static double Measure<T>(Load load, int seconds, Func<int, T> connect, Func<T, int, Func<bool>, long> drive)
        where T : IDisposable
    {
        var sessions = Enumerable.Range(0, load.Sessions).Select(connect).ToArray();
        var counts = new long[load.Sessions];
        var clock = Stopwatch.StartNew();
        var threads = sessions.Select((session, i) => new Thread(() => counts[i] = drive(session, i, () => clock.Elapsed.TotalSeconds >= seconds))).ToArray();
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
        LibiscsiSession.TryConnect(endpoint.Portal, endpoint.Target, 1, InitiatorName(number), load.QueueDepth, load.BlockBytes)
        ?? throw new InvalidOperationException($"The session with {endpoint.Target} at {endpoint.Portal} could not be opened.");

    private static string InitiatorName(int number) => $"iqn.2026-01.example.client:bench{number}";

    private static long Drive(LeanInitiator session, BlockWalk walk, bool write, Func<bool> over)
    {
        while (!over())
        {
            while (session.CanSubmit)
            {
                if (write)
                    session.Write(walk.Next());
                else
                    session.Read(walk.Next());
            }
            session.Exchange();
        }
        var counted = session.Completed;
        while (session.InFlight > 0)
            session.Exchange();
        return counted;
    }

    private static long Drive(LibiscsiSession session, BlockWalk walk, bool write, Func<bool> over)
    {
        long done = 0;
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
                if (write)
                    session.Write((ulong)walk.Next(), Fill, Written);
                else
                    session.Read((ulong)walk.Next(), Read);
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
