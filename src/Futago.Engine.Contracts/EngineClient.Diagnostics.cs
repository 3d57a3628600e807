using Futago.Engine.Contracts.Iscsi;

namespace Futago.Engine.Contracts;

public sealed partial class EngineClient
{
    public Task<TargetStatistics> GetStatisticsAsync(string target, CancellationToken cancellation = default) =>
        GetAsync<TargetStatistics>($"v1/targets/{Escape(target)}/statistics", cancellation);

    /// <summary>Commands that took at least <paramref name="thresholdMs"/> milliseconds (10 or more), newest first.</summary>
    public Task<IReadOnlyList<RecordedCommand>> ListSlowCommandsAsync(string target, int thresholdMs, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<RecordedCommand>>($"v1/targets/{Escape(target)}/slow-commands?thresholdMs={thresholdMs}", cancellation);

    /// <summary>The last commands of a session, oldest first.</summary>
    public Task<IReadOnlyList<RecordedCommand>> ListCommandsAsync(long session, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<RecordedCommand>>($"v1/sessions/{session}/commands", cancellation);

    public Task<CaptureInfo> StartCaptureAsync(long session, StartCaptureRequest request, CancellationToken cancellation = default) =>
        SendAsync<CaptureInfo>(HttpMethod.Post, $"v1/sessions/{session}/capture", request, cancellation);

    public Task<CaptureInfo> GetCaptureAsync(long session, CancellationToken cancellation = default) =>
        GetAsync<CaptureInfo>($"v1/sessions/{session}/capture", cancellation);

    /// <summary>The capture so far, as a pcapng file.</summary>
    public Task<byte[]> DownloadCaptureAsync(long session, CancellationToken cancellation = default) =>
        _api.GetBytesAsync($"v1/sessions/{session}/capture/file", cancellation);

    /// <summary>Ends a capture and forgets it.</summary>
    public Task DeleteCaptureAsync(long session, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/sessions/{session}/capture", null, cancellation);
}
