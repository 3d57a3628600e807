using System.Globalization;
using Futago.Testing.Oracle;

namespace Futago.Interop.Tests;

/// <summary>
/// Two whole nodes, real cables, a real initiator: either engine, the console or its database is killed or stopped, the cable of the replication
/// link is cut. <c>FUTAGO_SOAK=1</c> makes 200 faults, <c>FUTAGO_FAULTS=n</c> that many for each queue depth.
/// </summary>
public sealed class MirrorFaultTests(ITestOutputHelper output)
{
    private const int Blocks = 16384;
    private const long HotBytes = (long)Blocks * WriteOracle.BlockBytes;

    private static readonly int? Faults =
        int.TryParse(Environment.GetEnvironmentVariable("FUTAGO_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted
        : Environment.GetEnvironmentVariable("FUTAGO_SOAK") == "1" ? 100
        : null;

    private enum Fault { KillSource, CutCable, KillDestination, StopSource, StopDestination, KillConsole, KillDatabase }

    [Fact]
    public async Task Twins_FaultsUnderLoad_LoseNoAcknowledgedWrite()
    {
        await using var twins = await MirroredTwins.StartAsync("256MiB");
        foreach (var (queueDepth, seed, usually) in new[] { (1, 20261125, 1), (32, 20261126, 3) })
        {
            var random = new Random(seed);
            var oracle = new WriteOracle(Blocks, seed);
            // What the last oracle left in the volume is none of this one's business.
            await MirroredTwins.AsClientAsync(() => Clear(oracle));
            await twins.WhenInSyncAsync();
            long copied = 0;
            for (var round = 1; round <= (Faults ?? usually); round++)
            {
                var fault = round <= 3 ? (Fault)(round - 1) : (Fault)random.Next(Enum.GetValues<Fault>().Length);
                var before = await ResyncedAsync(twins);
                await LoadAsync(twins, oracle, queueDepth, random, fault);
                Assert.True(await MirroredTwins.AsClientAsync(() => ReadBack(oracle)), $"round {round}, {fault}: the session broke while reading back");
                Assert.True(oracle.Violations.Count == 0, $"round {round}, {fault}, seed {seed}:\n{string.Join('\n', oracle.Violations.Take(20))}");
                await twins.WhenInSyncAsync();
                // A process that began anew counts from zero.
                var after = await ResyncedAsync(twins);
                var resynced = after.Zip(before, (now, then) => now < then ? now : now - then).Sum();
                Assert.True(resynced <= HotBytes, $"round {round}, {fault}: {resynced} bytes were copied, of {HotBytes} that can differ");
                copied += resynced;
                var (here, there) = (await twins.ReadDataAsync("a"), await twins.ReadDataAsync("b"));
                Assert.True(here.AsSpan().SequenceEqual(there), $"round {round}, {fault}: the two sides differ");
            }
            output.WriteLine($"queue depth {queueDepth}: {Faults ?? usually} faults, {oracle.Acknowledged} acknowledged writes, none lost; {copied >> 20} MiB copied");
        }
    }

    private static async Task<long[]> ResyncedAsync(MirroredTwins twins) =>
        [(await twins.TryStatusAsync("a"))!.Counters.ResyncedBytes, (await twins.TryStatusAsync("b"))!.Counters.ResyncedBytes];

    private static async Task LoadAsync(MirroredTwins twins, WriteOracle oracle, int queueDepth, Random random, Fault fault)
    {
        var first = oracle.Acknowledged + random.Next(20, queueDepth == 1 ? 150 : 1500);
        var more = random.Next(10, queueDepth == 1 ? 100 : 1000);
        var pauseMs = random.Next(100, 6000);
        Task? repair = null;
        long last = 0;
        await MirroredTwins.AsClientAsync(() =>
        {
            using var session = MirroredTwins.Connect(queueDepth);
            oracle.WriteUntilBroken(session, () =>
            {
                if (repair is null && oracle.Acknowledged >= first)
                {
                    repair = Task.Run(() => DoAsync(twins, fault, pauseMs));
                    last = oracle.Acknowledged + more;
                }
                return repair is { IsCompleted: true } && oracle.Acknowledged >= last;
            });
            return true;
        });
        Assert.NotNull(repair);
        await repair;
    }

    private static async Task DoAsync(MirroredTwins twins, Fault fault, int pauseMs)
    {
        var node = fault is Fault.KillDestination or Fault.StopDestination ? "b" : "a";
        switch (fault)
        {
            case Fault.KillSource or Fault.KillDestination:
                // The guard starts it again.
                await twins.SignalAsync(node, "futago-engine", "KILL");
                break;
            case Fault.StopSource or Fault.StopDestination:
                await twins.SignalAsync(node, "futago-engine", "STOP");
                await Task.Delay(pauseMs);
                await twins.SignalAsync(node, "futago-engine", "CONT");
                break;
            case Fault.CutCable:
                await MirroredTwins.LinkAsync(up: false);
                await Task.Delay(pauseMs);
                await MirroredTwins.LinkAsync(up: true);
                break;
            case Fault.KillConsole: await twins.SignalAsync("a", "futago-console", "KILL"); break;
            case Fault.KillDatabase: await twins.SignalAsync("a", "postgres", "KILL"); break;
        }
    }

    private static bool ReadBack(WriteOracle oracle)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var session = MirroredTwins.Connect(32);
            if (oracle.Verify(session))
                return true;
        }
        return false;
    }

    /// <summary>Every block gets a write that the oracle knows.</summary>
    private static bool Clear(WriteOracle oracle)
    {
        using var session = MirroredTwins.Connect(32);
        for (var block = 0; block < Blocks && !session.Broken;)
        {
            while (session.CanSubmit && block < Blocks)
                session.Write((ulong)block++ * WriteOracle.BlockBytes, data => data.Clear(), _ => { });
            session.Pump(50);
        }
        while (session is { Broken: false, InFlight: > 0 })
            session.Pump(50);
        return !session.Broken && oracle.Acknowledged == 0;
    }
}
