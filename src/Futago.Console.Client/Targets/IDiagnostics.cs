using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Client.Targets;

/// <summary>What targets and sessions do: statistics, recorded commands, captures. Targets are named regardless of case.</summary>
public interface IDiagnostics
{
    Task<TargetStatistics> GetStatisticsAsync(string target, CancellationToken cancellation = default);

    /// <summary>Commands of a target that took at least so long, newest first.</summary>
    /// <param name="thresholdMs">Milliseconds, 10 or more; null for 100.</param>
    Task<IReadOnlyList<RecordedCommand>> ListSlowCommandsAsync(string target, int? thresholdMs = null, CancellationToken cancellation = default);

    /// <summary>The last commands of a session, oldest first.</summary>
    Task<IReadOnlyList<RecordedCommand>> ListCommandsAsync(long session, CancellationToken cancellation = default);

    /// <summary>Captures the PDUs of a session from now on. For administrators; audited.</summary>
    Task<CaptureInfo> StartCaptureAsync(long session, StartCaptureRequest request, CancellationToken cancellation = default);

    Task<CaptureInfo> GetCaptureAsync(long session, CancellationToken cancellation = default);

    /// <summary>The capture so far, as a pcapng file. For administrators; audited.</summary>
    Task<byte[]> DownloadCaptureAsync(long session, CancellationToken cancellation = default);

    /// <summary>Ends a capture and forgets it. For administrators; audited.</summary>
    Task DeleteCaptureAsync(long session, CancellationToken cancellation = default);
}
