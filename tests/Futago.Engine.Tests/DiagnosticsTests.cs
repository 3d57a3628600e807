using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

/// <summary>Statistics, recorded commands and captures of a real engine, over its API.</summary>
public sealed class DiagnosticsTests
{
    private const long MiB = 1L << 20;
    private const string Name = "iqn.2026-01.example.futago:t0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Api_ReadsAndAFailure_AreInStatisticsRecorderAndCapture()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 8 * MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        using var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, engine.Port));
        initiator.LoginNormal(Name);
        initiator.TakeAttentions(1);
        var session = Assert.Single(await engine.Client.ListSessionsAsync()).Id;

        var started = await engine.Client.StartCaptureAsync(session, new StartCaptureRequest());
        for (var i = 0; i < 3; i++)
            initiator.Execute(1, [0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0], 4096);
        initiator.Execute(1, [0x28, 0, 0xFF, 0, 0, 0, 0, 0, 8, 0], 4096);
        var reads = await WaitForAsync(async () => (await engine.Client.GetStatisticsAsync(Name)).Commands.SingleOrDefault(c => c.OperationCode == 0x28 && c.Count == 4));
        var commands = await engine.Client.ListCommandsAsync(session);
        var file = await engine.Client.DownloadCaptureAsync(session);
        var capture = await engine.Client.GetCaptureAsync(session);
        await engine.Client.DeleteCaptureAsync(session);

        Assert.Equal(("READ(10)", 1, 1, 3 * 4096), (reads.Operation, reads.Lun, reads.Failed, reads.BytesRead));
        Assert.True(reads.MaximumMicroseconds > 0 && reads.Latencies.Sum(l => l.Count) == 4);
        Assert.Equal(("28 00 FF 00 00 00 00 00 08 00", "5/21/00"), (commands[^1].Cdb, commands[^1].Sense));
        Assert.True(commands[^2].ExecutionMicroseconds >= 0 && commands[^2].TotalMicroseconds >= commands[^2].ExecutionMicroseconds);
        Assert.True(started.Running && !started.Payload);
        // And perhaps a ping, when this machine is slow.
        Assert.InRange(capture.Packets, 8, 12);
        Assert.Equal([0x0A, 0x0D, 0x0D, 0x0A], file[..4]);
        Assert.Equal(file.Length, capture.Bytes);
        await RefusedAsync(ProblemCodes.CaptureNotFound, () => engine.Client.GetCaptureAsync(session));
    }

    [Fact]
    public async Task Api_BadRequests_AreRefusedByName()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 8 * MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));

        await RefusedAsync(ProblemCodes.TargetNotServed, () => engine.Client.GetStatisticsAsync("iqn.2026-01.example.futago:none"));
        await RefusedAsync(ProblemCodes.ThresholdInvalid, () => engine.Client.ListSlowCommandsAsync(Name, 9));
        await RefusedAsync(ProblemCodes.SessionNotFound, () => engine.Client.ListCommandsAsync(999));
        await RefusedAsync(ProblemCodes.SessionNotFound, () => engine.Client.StartCaptureAsync(999, new StartCaptureRequest()));
        await RefusedAsync(ProblemCodes.CaptureLimitInvalid, () => engine.Client.StartCaptureAsync(999, new StartCaptureRequest(Seconds: 0)));
        await RefusedAsync(ProblemCodes.CaptureLimitInvalid, () => engine.Client.StartCaptureAsync(999, new StartCaptureRequest(MaximumBytes: int.MaxValue)));
        Assert.Empty(await engine.Client.ListSlowCommandsAsync(Name, 10_000));
    }

    [Fact]
    public void CommandLoad_Merged_HasThePercentilesOfAllTogether()
    {
        CommandLoad Load(double from, long count) => new("a", 1, 0x28, "READ(10)", count, 0, 10, 0, from, from, from, from * 2, [new LatencyBucket(from, from * 2, count)]);

        var merged = CommandLoad.Merge([Load(100, 98), Load(1000, 2)]);

        Assert.Equal((100, 20, 2000), (merged.Count, merged.BytesRead, merged.MaximumMicroseconds));
        Assert.Equal(118, merged.MeanMicroseconds, 0.01);
        Assert.InRange(merged.MedianMicroseconds, 100, 200);
        Assert.InRange(merged.P99Microseconds, 1000, 2000);
    }

    /// <summary>A range of latencies is wide; a median above the longest one would be nonsense to whoever reads it.</summary>
    [Fact]
    public void CommandLoad_OfOneCommand_HasNoPercentileAboveItsMaximum()
    {
        var load = new CommandLoad("a", 1, 0x2A, "WRITE(10)", 1, 0, 0, 10, 984, 1048, 1048, 984, [new LatencyBucket(917, 1048, 1)]);

        var merged = CommandLoad.Merge([load]);

        Assert.Equal((984, 984, 984), (merged.MedianMicroseconds, merged.P99Microseconds, merged.MaximumMicroseconds));
    }

    private static async Task RefusedAsync(string code, Func<Task> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<ProblemException>(action)).Problem.Code);

    /// <summary>Counting comes a moment after the answer.</summary>
    private static async Task<T> WaitForAsync<T>(Func<Task<T?>> read) where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await read() is { } found)
                return found;
            await Task.Delay(20, patience.Token);
        }
    }
}
