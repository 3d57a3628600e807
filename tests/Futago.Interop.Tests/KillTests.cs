using System.Diagnostics;
using System.Globalization;
using Futago.Testing.Libiscsi;
using Futago.Testing.Oracle;

namespace Futago.Interop.Tests;

/// <summary>SIGKILL of each process while a real initiator writes.</summary>
[Collection(OneNode.Name)]
public sealed class KillTests(NodeFixture fixture, ITestOutputHelper output)
{
    private const int Blocks = 16384;

    /// <summary>A volume that gets no more has no commit log.</summary>
    private const int FewWrites = 200;

    /// <summary>Every round kills the engine at a random moment of a write-through load and then reads everything back.</summary>
    [Theory]
    [InlineData("block", 1, 4, FewWrites)]
    [InlineData("block", 32, 8, FewWrites)]
    [InlineData("file", 32, 6, FewWrites)]
    // So many that there is a commit log.
    [InlineData("file", 32, 4, 20_000)]
    public async Task Engine_KilledUnderWriteThroughLoad_KeepsEveryAcknowledgedWrite(string ioType, int queueDepth, int rounds, int least)
    {
        const int Seed = 20261121;
        await using var target = await fixture.CreateTargetAsync("64MiB", ["--io-type", ioType]);
        var oracle = new WriteOracle(Blocks, Seed);
        var random = new Random(Seed);

        for (var round = 1; round <= rounds; round++)
        {
            using (var session = await ConnectAsync(target.Name, queueDepth))
            {
                var before = oracle.Acknowledged;
                var wanted = before + random.Next(least, least + 3800);
                var killed = false;
                oracle.WriteUntilBroken(session, () =>
                {
                    if (!killed && oracle.Acknowledged >= wanted)
                    {
                        killed = true;
                        KillAll("futago-engine");
                    }
                    return false;
                });
                Assert.True(killed, $"round {round}: the session broke before the engine was killed");
            }
            using var reader = await ConnectAsync(target.Name, 32);
            Assert.True(oracle.Verify(reader), $"round {round}: the session broke while reading back");
            Assert.True(oracle.Violations.Count == 0, $"round {round}, seed {Seed}:\n{string.Join('\n', oracle.Violations.Take(20))}");
        }
        if (least > FewWrites)
            Assert.NotEmpty(CommitLogs());
        output.WriteLine($"{rounds} rounds, {oracle.Acknowledged} acknowledged writes, none lost");
    }

    [Theory]
    [InlineData("futago-console")]
    [InlineData("postgres")]
    public async Task ControlPlane_Killed_DoesNotDisturbTheSession(string part)
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");
        var oracle = new WriteOracle(Blocks, 7);
        using var session = await ConnectAsync(target.Name, 16);
        oracle.WriteUntilBroken(session, () => oracle.Acknowledged >= 500);

        KillAll(part);
        var after = oracle.Acknowledged;
        oracle.WriteUntilBroken(session, () => oracle.Acknowledged >= after + 5000);
        var broken = session.Broken;
        // Before anything can fail: what follows, and the tests after this one, needs the console.
        await WaitForConsoleAsync();

        Assert.False(broken);
        Assert.True(oracle.Verify(session));
        Assert.Empty(oracle.Violations);
    }

    private string[] CommitLogs() => Directory.GetFiles(
        string.Create(CultureInfo.InvariantCulture, $"/proc/{fixture.Node.FindProcesses("futago-engine").Single()}/root/run/futago/{fixture.Node.Id}/groups/vg00/volumes"),
        "commit.log", SearchOption.AllDirectories);

    /// <summary>The guard starts the engine again; an initiator tries until it is back.</summary>
    private async Task<LibiscsiSession> ConnectAsync(string target, int queueDepth)
    {
        var portal = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{fixture.Node.IscsiPort}");
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (LibiscsiSession.TryConnect(portal, target, 1, "iqn.2026-01.example.client:oracle", queueDepth, WriteOracle.BlockBytes) is { } session)
                return session;
            await Task.Delay(100);
        }
        throw new TimeoutException("The target did not come back within 30 seconds.");
    }

    private void KillAll(string part)
    {
        var processes = fixture.Node.FindProcesses(part);
        Assert.NotEmpty(processes);
        foreach (var pid in processes)
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
    }

    /// <summary>Users are what only console and database know: what the engine can answer by itself says nothing of them.</summary>
    private async Task WaitForConsoleAsync()
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if ((await fixture.Node.TryCliAsync("user", "list")).ExitCode == 0)
                return;
            await Task.Delay(200);
        }
        throw new TimeoutException("The console did not come back within a minute.");
    }
}
