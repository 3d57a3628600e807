using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Testing.Iscsi;

namespace Futago.Interop.Tests;

/// <summary>The failover manager on two whole nodes with real addresses, and ping nodes only: what faults show is in <see cref="FailoverFaultTests"/>.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const byte Lun = 1;
    private const byte WriteExclusive = 1;
    private const ulong Key = 0xABCDEF0123456789;
    private const byte ReservationConflict = 0x18;

    [Fact]
    public async Task Pair_StartsSwitchesAndWaitsAfterAColdStart()
    {
        await using var twins = await FailoverTwins.ConfigureAsync(FailoverPolicy.PingOnly);
        await NothingOfItBeforeTheStart(twins);
        await twins.WhenAsync("a", s => s is { Peer.Visible: true, Data: Futago.Engine.Contracts.Replication.DataState.UpToDate });
        await twins.RunAsync("a", c => c.StartFailoverAsync());
        await twins.WhenReadyAsync("a");

        await ChangesOfWhatMovesAreRefused(twins);
        await ReservationsMoveWithTheService(twins);
        await SwitchesUnderLoadLoseNothing(twins);
        await ColdStartWithOneNodeServesNothing(twins);
    }

    private static async Task NothingOfItBeforeTheStart(FailoverTwins twins)
    {
        var status = await twins.WhenAsync("b", s => s.State == FailoverState.Off);
        Assert.Equal(ProblemCodes.FailoverNotRunning, status.SwitchProblem?.Code);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => twins.RunAsync("b", c => c.SwitchFailoverAsync()));
        Assert.Equal(ProblemCodes.FailoverNotRunning, refused.Problem.Code);
        // Stopped, the target is served like any other where its volume is source.
        await MirroredTwins.AsClientAsync(() =>
        {
            using var session = MirroredTwins.Connect(1);
            return true;
        });
    }

    private static async Task ChangesOfWhatMovesAreRefused(FailoverTwins twins)
    {
        foreach (var change in new Func<FailoverConfiguration, FailoverConfiguration?>[]
            { _ => null, f => f with { Id = Guid.NewGuid() }, f => f with { VirtualIps = [new("10.77.0.11", 24, "eth0")] }, f => f with { IsPrimary = false } })
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => twins.TryApplyAsync("a", c => c with { Failover = change(c.Failover!) }));
            Assert.Equal(ProblemCodes.FailoverInvalid, refused.Problem.Code);
        }
        Assert.Equal(FailoverState.ActiveMirrored, (await twins.TryStatusAsync("a"))!.State);
    }

    /// <summary>A reservation that is to outlive nothing but the session outlives the switch, for both initiators.</summary>
    private static async Task ReservationsMoveWithTheService(FailoverTwins twins)
    {
        await MirroredTwins.AsClientAsync(() =>
        {
            using var holder = Login("holder");
            Assert.Equal(0, holder.ReserveOut(Lun, 0, 0, Key).Status);
            Assert.Equal(0, holder.ReserveOut(Lun, 1, Key, 0, WriteExclusive).Status);
            return true;
        });
        await twins.RunAsync("a", c => c.SwitchFailoverAsync());
        await twins.WhenReadyAsync("b");
        await MirroredTwins.AsClientAsync(() =>
        {
            using var holder = Login("holder");
            using var other = Login("other");
            Assert.Equal([Key], other.ReadKeys(Lun).Keys);
            Assert.Equal(ReservationConflict, Write(other).Status);
            Assert.Equal(0, Write(holder).Status);
            Assert.Equal(0, holder.ReserveOut(Lun, 3, Key, 0).Status);
            Assert.Equal(0, Write(other).Status);
            return true;
        });
        await twins.RunAsync("b", c => c.FailBackAsync());
        await twins.WhenReadyAsync("a");
    }

    private async Task SwitchesUnderLoadLoseNothing(FailoverTwins twins)
    {
        await using var load = FailoverLoad.Start(seed: 20261201);
        await load.WhenWritingAsync();
        foreach (var node in new[] { "b", "a" })
        {
            load.Mark();
            await twins.RunAsync(FailoverTwins.Other(node), c => c.SwitchFailoverAsync());
            var status = await twins.WhenReadyAsync(node);
            await load.WhenWritingAsync();
            Assert.Equal(FailoverSwitchKind.Takeover, status.History[0].Kind);
            Assert.Contains(status.History[0].Steps, s => s.Step == "OpenPort");
            // The NICs are looked at once a second.
            await twins.WhenAsync(node, s => s.VirtualIps.All(v => v.Held));
            await EveryVirtualIpServes();
            output.WriteLine($"switch to {node}: pause {load.PauseMs} ms; {string.Join(", ", status.History[0].Steps.Select(s => $"{s.Step} {s.Milliseconds}"))}");
        }
        await load.StopAsync();
        Assert.True(load.Violations.Count == 0, string.Join('\n', load.Violations) + await twins.LogAsync());
        Assert.False(await FailoverTwins.IsOpenAsync("b"));
    }

    /// <summary>The one that starts alone cannot know what the other one did last: with ping nodes only it waits for it, or for a person.</summary>
    private static async Task ColdStartWithOneNodeServesNothing(FailoverTwins twins)
    {
        await Task.WhenAll(twins.DieAsync("a"), twins.DieAsync("b"));
        await twins.ReviveAsync("a");
        // Longer than any time after which it could begin without its peer.
        var waiting = await twins.WhenAsync("a", s => s is { State: FailoverState.Passive, PassiveProblem.Code: ProblemCodes.FailoverPassiveWaitingForPeer });
        Assert.Null(waiting.Peer);
        await Task.Delay(TimeSpan.FromSeconds(35));
        var status = (await twins.TryStatusAsync("a"))!;
        Assert.Equal((FailoverState.Passive, ProblemCodes.FailoverPassiveWaitingForPeer), (status.State, status.PassiveProblem?.Code));
        Assert.DoesNotContain(status.VirtualIps, v => v.Held);
        Assert.False(await FailoverTwins.IsOpenAsync("a"));

        await twins.ReviveAsync("b");

        await twins.WhenReadyAsync("a");
    }

    private static Task EveryVirtualIpServes() => MirroredTwins.AsClientAsync(() =>
    {
        foreach (var address in FailoverTwins.VirtualIps)
        {
            using var initiator = Login("path", address);
            Assert.Equal(0, initiator.Execute(Lun, new byte[6]).Status);
        }
        return true;
    });

    private static ScriptedInitiator Login(string name, string address = FailoverTwins.VirtualIp)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Parse(address), 3260)) { Name = $"iqn.2026-01.example.client:{name}" };
        Assert.Equal(0, initiator.LoginNormal(MirroredTwins.Target).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    private static ScsiAnswer Write(ScriptedInitiator initiator) => initiator.Execute(Lun, [0x2a, 0, 0, 0, 0, 8, 0, 0, 1, 0], dataOut: new byte[512]);
}
