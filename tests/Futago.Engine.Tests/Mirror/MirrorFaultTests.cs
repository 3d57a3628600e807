using System.Globalization;
using Futago.Engine.Contracts.Replication;
using Futago.Testing.Libiscsi;
using Futago.Testing.Oracle;

namespace Futago.Engine.Tests.Mirror;

/// <summary>
/// Faults under load: either engine is killed or stopped, the link is cut, in the middle of a real initiator's writes. Whoever was told
/// that a write is done finds it afterwards, both sides become byte-identical again, and only what can differ is copied.
/// <c>FUTAGO_SOAK=1</c> makes 200 faults, <c>FUTAGO_FAULTS=n</c> that many.
/// </summary>
public sealed class MirrorFaultTests(ITestOutputHelper output)
{
    private const long VolumeBytes = 256 << 20;

    /// <summary>Blocks that are written: 16 extents of the activity log's 64.</summary>
    private const int Blocks = 16384;
    private const long HotBytes = (long)Blocks * WriteOracle.BlockBytes;

    private static readonly int? Faults =
        int.TryParse(Environment.GetEnvironmentVariable("FUTAGO_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted
        : Environment.GetEnvironmentVariable("FUTAGO_SOAK") == "1" ? 100
        : null;

    private enum Fault { KillSource, KillDestination, StopSource, StopDestination, CutLink, FlapLink }

    [Theory]
    [InlineData(1, 20261125, 2)]
    [InlineData(32, 20261126, 4)]
    public async Task Faults_UnderLoad_LoseNoAcknowledgedWrite(int queueDepth, int seed, int usually)
    {
        await using var pair = await MirroredEngines.PairedAsync(sizeBytes: VolumeBytes);
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();
        var random = new Random(seed);
        var oracle = new WriteOracle(Blocks, seed);
        long copied = 0;

        var faults = Faults ?? usually;
        for (var round = 1; round <= faults; round++)
        {
            // The first ones are the ones that matter most; then as chance has it.
            var fault = round <= 2 ? (Fault)(round - 1) : (Fault)random.Next(Enum.GetValues<Fault>().Length);
            var before = await ResyncedAsync(pair);
            var started = pair.Nodes.Select(n => n.ProcessId).ToArray();
            await LoadAsync(pair, oracle, queueDepth, random, fault);
            await ReadBackAsync(pair, oracle, $"round {round}, {fault}, seed {seed}");
            await pair.WhenInSyncAsync();

            var after = await ResyncedAsync(pair);
            // Counters begin anew with a process.
            var resynced = Enumerable.Range(0, 2).Sum(i => pair.Nodes[i].ProcessId == started[i] ? after[i] - before[i] : after[i]);
            Assert.True(resynced <= HotBytes, $"round {round}, {fault}: {resynced} bytes were copied, of {HotBytes} that can differ\n{await pair.DescribeAsync()}");
            copied += resynced;
            await pair.AssertEqualAsync();
        }
        output.WriteLine($"{faults} faults at queue depth {queueDepth}: {oracle.Acknowledged} acknowledged writes, none lost; {copied >> 20} MiB copied");
    }

    private static async Task<long[]> ResyncedAsync(MirroredEngines pair) =>
        [(await pair.StatusAsync(0)).Counters.ResyncedBytes, (await pair.StatusAsync(1)).Counters.ResyncedBytes];

    /// <summary>Writes before, during and after the fault.</summary>
    private static async Task LoadAsync(MirroredEngines pair, WriteOracle oracle, int queueDepth, Random random, Fault fault)
    {
        using var session = await ConnectAsync(pair, queueDepth);
        var first = oracle.Acknowledged + random.Next(20, queueDepth == 1 ? 150 : 1500);
        var more = random.Next(10, queueDepth == 1 ? 100 : 1000);
        var pauseMs = random.Next(100, 6000);
        Task? repair = null;
        long last = 0;
        await Task.Run(() => oracle.WriteUntilBroken(session, () =>
        {
            if (repair is null && oracle.Acknowledged >= first)
            {
                repair = Begin(pair, fault, pauseMs);
                last = oracle.Acknowledged + more;
            }
            // A source that was stopped, or waits for its peer, acknowledges nothing for a while.
            return repair is { IsCompleted: true } && oracle.Acknowledged >= last;
        }));
        // A session that broke of the fault itself ends the load; what was done to the pair is undone all the same.
        if (repair is null)
            throw new InvalidOperationException($"The session broke before the fault.\n{pair.A.Log}");
        await repair;
    }

    /// <returns>Complete when both run and are connected again.</returns>
    private static Task Begin(MirroredEngines pair, Fault fault, int pauseMs)
    {
        switch (fault)
        {
            case Fault.KillSource or Fault.KillDestination:
                var node = pair.Nodes[fault == Fault.KillSource ? 0 : 1];
                var killed = node.KillAsync();
                return Task.Run(async () =>
                {
                    await killed;
                    await Task.Delay(pauseMs);
                    await node.StartAgainAsync();
                });
            case Fault.StopSource or Fault.StopDestination:
                var process = pair.Nodes[fault == Fault.StopSource ? 0 : 1].ProcessId;
                EngineUnderTest.Signal(process, "STOP");
                return Task.Run(async () =>
                {
                    await Task.Delay(pauseMs);
                    EngineUnderTest.Signal(process, "CONT");
                });
            case Fault.CutLink:
                pair.Cut();
                return Task.Run(async () =>
                {
                    await Task.Delay(pauseMs);
                    pair.Restore();
                });
            default:
                return Task.Run(async () =>
                {
                    for (var flap = 0; flap < 10; flap++)
                    {
                        pair.Cut();
                        await Task.Delay(pauseMs / 30);
                        pair.Restore();
                        await Task.Delay(pauseMs / 15);
                    }
                });
        }
    }

    private static async Task ReadBackAsync(MirroredEngines pair, WriteOracle oracle, string when)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (true)
        {
            using var reader = await ConnectAsync(pair, 32);
            var complete = await Task.Run(() => oracle.Verify(reader));
            Assert.True(oracle.Violations.Count == 0, $"{when}:\n{string.Join('\n', oracle.Violations.Take(20))}\n{pair.A.Log}");
            if (complete)
                return;
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A session with a LUN that serves.</summary>
    private static async Task<LibiscsiSession> ConnectAsync(MirroredEngines pair, int queueDepth)
    {
        var portal = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{pair.A.Port}");
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (true)
        {
            try
            {
                if ((await pair.StatusAsync(0)).Role == ReplicationRole.Source)
                {
                    using (pair.LogInReady(0))
                    {
                        // Ready: a session of libiscsi's own does not wait for that.
                    }
                    if (await Task.Run(() => LibiscsiSession.TryConnect(portal, MirroredEngines.TargetName, MirroredEngines.Lun, "iqn.2026-01.example.client:oracle", queueDepth, WriteOracle.BlockBytes)) is { } session)
                        return session;
                }
            }
            catch (Exception e) when (e is Contracts.ProblemException or System.Net.Sockets.SocketException or IOException)
            {
                // It is starting.
            }
            await Task.Delay(50, limit.Token);
        }
    }
}
