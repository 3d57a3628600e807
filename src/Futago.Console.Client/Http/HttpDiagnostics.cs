using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Client.Http;

internal sealed class HttpDiagnostics(ApiConnection api) : IDiagnostics
{
    public Task<TargetStatistics> GetStatisticsAsync(string target, CancellationToken cancellation = default) =>
        api.GetAsync<TargetStatistics>($"targets/{ApiConnection.Escape(target)}/statistics", cancellation);

    public Task<IReadOnlyList<RecordedCommand>> ListSlowCommandsAsync(string target, int? thresholdMs = null, CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<RecordedCommand>>(
            $"targets/{ApiConnection.Escape(target)}/slow-commands{(thresholdMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"?thresholdMs={ms}") : "")}", cancellation);

    public Task<IReadOnlyList<RecordedCommand>> ListCommandsAsync(long session, CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<RecordedCommand>>($"{Route(session)}/commands", cancellation);

    public Task<CaptureInfo> StartCaptureAsync(long session, StartCaptureRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<CaptureInfo>(HttpMethod.Post, CaptureRoute(session), request, cancellation);

    public Task<CaptureInfo> GetCaptureAsync(long session, CancellationToken cancellation = default) =>
        api.GetAsync<CaptureInfo>(CaptureRoute(session), cancellation);

    public Task<byte[]> DownloadCaptureAsync(long session, CancellationToken cancellation = default) =>
        api.GetBytesAsync($"{CaptureRoute(session)}/file", cancellation);

    public Task DeleteCaptureAsync(long session, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, CaptureRoute(session), null, cancellation);

    private static string Route(long session) => $"sessions/{session.ToString(CultureInfo.InvariantCulture)}";

    private static string CaptureRoute(long session) => $"{Route(session)}/capture";
}
