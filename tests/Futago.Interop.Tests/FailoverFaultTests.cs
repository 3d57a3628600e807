using System.Globalization;
using Futago.Engine.Contracts.Failover;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>
/// Two whole nodes with failover and a witness, an initiator that writes all the time, and faults: no acknowledged write is lost, never
/// do both nodes let initiators through, and the service comes back. <c>FUTAGO_FAULTS=n</c> makes n faults, drawn from all kinds, or of one
/// kind, as in <c>FUTAGO_FAULT=DiskOfActiveFails</c>.
/// </summary>
public sealed class FailoverFaultTests(ITestOutputHelper output)
{
    private const int Usually = 2;
    private const int Seed = 20261202;

    private enum Fault
    {
        ActiveDies, DiskOfActiveFails, CutDataOfActive, StopActive, Switch,
        CrashActive, KillEngineOfActive, StopEngineOfActive, CutSynchronisation, CrashPassive, StopPassive, CutDataOfPassive, CutBothOfActive, PingNodeSilent, Flap,
        StopActiveForLong, StopActiveShortly, BothDie, WitnessSilent, WitnessDies, ActiveIsDeaf, PassiveIsDeaf,
    }

    [Fact]
    public async Task FaultsUnderLoad_LoseNothingAndNeverServeTwice()
    {
        var faults = int.TryParse(Environment.GetEnvironmentVariable("FUTAGO_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : Usually;
        var kinds = Enum.TryParse<Fault>(Environment.GetEnvironmentVariable("FUTAGO_FAULT"), out var only) ? [only] : Enum.GetValues<Fault>();
        var random = new Random(Seed);
        var pauses = new Dictionary<Fault, List<long>>();
        await using var twins = await FailoverTwins.StartAsync(FailoverPolicy.Witness);
        await using var load = FailoverLoad.Start(Seed);
        for (var round = 1; round <= faults; round++)
        {
            var active = await twins.WhenAnyReadyAsync();
            await load.WhenWritingAsync();
            var fault = round <= Usually && kinds.Length > 1 ? kinds[round - 1] : kinds[random.Next(kinds.Length)];
            load.Mark();
            await DoAsync(twins, fault, active, random.Next(500, 14_000));
            var now = await twins.WhenAnyReadyAsync();
            await load.WhenWritingAsync();
            var pause = load.PauseMs;
            (pauses.TryGetValue(fault, out var list) ? list : pauses[fault] = []).Add(pause);
            output.WriteLine($"{round}: {fault} of {active}, now {now} serves; pause {pause} ms");
            await load.VerifyAsync();
            Assert.True(load.Violations.Count == 0, $"round {round}, {fault} of {active}:\n{string.Join('\n', load.Violations)}\n{await twins.LogAsync()}");
        }
        foreach (var (fault, list) in pauses.OrderBy(p => p.Key))
        {
            list.Sort();
            output.WriteLine($"{fault}: {list.Count} times, median {list[list.Count / 2]} ms, longest {list[^1]} ms");
        }
        output.WriteLine($"{load.Acknowledged} acknowledged writes");
    }

    private static async Task DoAsync(FailoverTwins twins, Fault fault, string active, int lastsMs)
    {
        var passive = FailoverTwins.Other(active);
        switch (fault)
        {
            case Fault.ActiveDies:
                await twins.DieAsync(active);
                await twins.WhenAsync(passive, s => s.State == FailoverState.ActiveAlone);
                await Task.Delay(lastsMs / 4);
                await twins.ReviveAsync(active);
                break;
            case Fault.CrashActive: await twins.SignalAsync(active, "KILL", guardToo: true); break;
            case Fault.CrashPassive: await twins.SignalAsync(passive, "KILL", guardToo: true); break;
            case Fault.KillEngineOfActive: await twins.SignalAsync(active, "KILL", guardToo: false); break;
            case Fault.StopActive: await StopAndSucceedAsync(twins, active, 12_000 + lastsMs / 4); break;
            case Fault.StopActiveForLong: await StopAndSucceedAsync(twins, active, 60_000); break;
            case Fault.StopActiveShortly: await StopAsync(twins, active, 2000, guardToo: true); break;
            case Fault.BothDie:
                await Task.WhenAll(twins.DieAsync(active), twins.DieAsync(passive));
                await twins.ReviveAsync(lastsMs % 2 == 0 ? active : passive);
                await Task.Delay(lastsMs);
                await twins.ReviveAsync(lastsMs % 2 == 0 ? passive : active);
                break;
            case Fault.WitnessSilent:
                await twins.SignalWitnessAsync("STOP");
                await Task.Delay(lastsMs + 4000);
                await twins.SignalWitnessAsync("CONT");
                break;
            case Fault.WitnessDies:
                twins.StopWitness();
                await Task.Delay(lastsMs);
                twins.StartWitness();
                break;
            case Fault.ActiveIsDeaf: await DeafenAsync(active, lastsMs + 4000); break;
            case Fault.PassiveIsDeaf: await DeafenAsync(passive, lastsMs); break;
            case Fault.DiskOfActiveFails:
                // The other node takes over, or the file system is mounted again before it can.
                await twins.FailDiskAsync(active);
                await twins.WhenAnyServesAfterAsync((await twins.TryStatusAsync(passive))!.Term);
                break;
            case Fault.StopEngineOfActive: await StopAsync(twins, active, lastsMs, guardToo: false); break;
            case Fault.StopPassive: await StopAsync(twins, passive, lastsMs, guardToo: true); break;
            case Fault.Switch: await twins.RunAsync(active, c => c.SwitchFailoverAsync()); break;
            case Fault.CutDataOfActive: await CutAsync(lastsMs + 4000, PortOf(active)); break;
            case Fault.CutDataOfPassive: await CutAsync(lastsMs, PortOf(passive)); break;
            case Fault.CutSynchronisation: await CutAsync(lastsMs, ("futago-a", "eth1")); break;
            case Fault.CutBothOfActive: await CutAsync(lastsMs + 10_000, PortOf(active), ("futago-a", "eth1")); break;
            case Fault.PingNodeSilent:
                await Command.RunOkAsync("ip", "-n", "futago-net", "addr", "del", "10.77.0.254/24", "dev", "br0");
                await Task.Delay(lastsMs);
                await Command.RunOkAsync("ip", "-n", "futago-net", "addr", "add", "10.77.0.254/24", "dev", "br0");
                break;
            case Fault.Flap:
                for (var i = 0; i < 10; i++)
                    await CutAsync(200, ("futago-a", "eth1"));
                break;
        }
    }

    /// <summary>Long enough for the other node to take over; then the first one wakes up, with requests of initiators in its sockets, and answers none.</summary>
    private static async Task StopAndSucceedAsync(FailoverTwins twins, string active, int lastsMs)
    {
        await twins.SignalAsync(active, "STOP", guardToo: true);
        await twins.WhenAsync(FailoverTwins.Other(active), s => s.State == FailoverState.ActiveAlone);
        await Task.Delay(lastsMs);
        var before = await FailoverTwins.AnswersAsync(active);
        await twins.SignalAsync(active, "CONT", guardToo: true);
        await Task.Delay(3000);
        Assert.Equal(before, await FailoverTwins.AnswersAsync(active));
    }

    /// <summary>What is sent to the node on the data network is lost; what it sends arrives.</summary>
    private static async Task DeafenAsync(string node, int lastsMs)
    {
        await FailoverTwins.InAsync(node, "nft", "add table inet deaf; add chain inet deaf in { type filter hook input priority -300; }; add rule inet deaf in iifname eth0 drop");
        await Task.Delay(lastsMs);
        await FailoverTwins.InAsync(node, "nft", "delete table inet deaf");
    }

    private static async Task StopAsync(FailoverTwins twins, string node, int lastsMs, bool guardToo)
    {
        await twins.SignalAsync(node, "STOP", guardToo);
        await Task.Delay(lastsMs);
        await twins.SignalAsync(node, "CONT", guardToo);
    }

    private static (string Namespace, string Nic) PortOf(string node) => ("futago-net", node == "a" ? "port1" : "port2");

    private static async Task CutAsync(int lastsMs, params (string Namespace, string Nic)[] cables)
    {
        foreach (var (space, nic) in cables)
            await Command.RunOkAsync("ip", "-n", space, "link", "set", nic, "down");
        await Task.Delay(lastsMs);
        foreach (var (space, nic) in cables)
            await Command.RunOkAsync("ip", "-n", space, "link", "set", nic, "up");
    }
}
