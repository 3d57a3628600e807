using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeDiagnostics : FakeService, IDiagnostics
{
    public static readonly DateTimeOffset At = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);

    public CaptureInfo? Capture { get; set; }

    public List<RecordedCommand> Commands { get; } = [Command("READ(10)", null), Command("WRITE(10)", "5/21/00")];

    /// <summary>Whose statistics were asked for last.</summary>
    public string? Target { get; private set; }

    public Task<TargetStatistics> GetStatisticsAsync(string target, CancellationToken cancellation = default)
    {
        Target = target;
        Answer();
        CommandLoad Load(string initiator, int lun, int code, string name, long count) =>
            new(initiator, lun, code, name, count, 0, count * 4096, 0, 100, 100, 100, 300, [new LatencyBucket(64, 128, count)]);
        return Task.FromResult(new TargetStatistics(
            target, At, At, [Load("iqn.2026-01.example:a", 1, 0x28, "READ(10)", 30), Load("iqn.2026-01.example:b", 1, 0x28, "READ(10)", 12)],
            [new SessionLoad(7, "iqn.2026-01.example:a", 3, 32, 128, 0)],
            [new LoadSample(At, 42, 0, 0, 42 * 4096, 0, 90, 120, 0, 0, 1.5, 2)]));
    }

    public Task<IReadOnlyList<RecordedCommand>> ListSlowCommandsAsync(string target, int? thresholdMs = null, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<RecordedCommand>>([.. Commands.Where(c => c.TotalMicroseconds >= thresholdMs * 1e3)]);

    public List<long> SessionsRead { get; } = [];

    public Task<IReadOnlyList<RecordedCommand>> ListCommandsAsync(long session, CancellationToken cancellation = default)
    {
        SessionsRead.Add(session);
        return Task.FromResult<IReadOnlyList<RecordedCommand>>([.. Commands]);
    }

    public Task<CaptureInfo> StartCaptureAsync(long session, StartCaptureRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        Capture = new CaptureInfo(session, "iqn.2026-01.example:a", "t", At, At.AddSeconds(request.Seconds), true, false, request.Payload, 5, 4096);
        return Task.FromResult(Capture);
    }

    public Task<CaptureInfo> GetCaptureAsync(long session, CancellationToken cancellation = default) =>
        Capture is null ? throw ProblemException.NotFound(ProblemCodes.CaptureNotFound, "Nothing was captured.") : Task.FromResult(Capture);

    public Task<byte[]> DownloadCaptureAsync(long session, CancellationToken cancellation = default) => Task.FromResult<byte[]>([]);

    public Task DeleteCaptureAsync(long session, CancellationToken cancellation = default)
    {
        Take(("delete", session));
        Capture = null;
        return Task.CompletedTask;
    }

    private static RecordedCommand Command(string name, string? sense) =>
        new(7, "iqn.2026-01.example:a", 0, At, 1, 1, 1, name, "28 00", 4096, 4096, 0, sense is null ? 0 : 2, sense, 10, 250_000, 5, 250_015);
}
