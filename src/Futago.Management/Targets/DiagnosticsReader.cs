using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Access;
using Futago.Management.Events;

namespace Futago.Management.Targets;

/// <summary>
/// Statistics are for everybody who is signed in. What single commands did is for operators; captures are for administrators, and
/// every one leaves a trace: with payload they hold what initiators store.
/// </summary>
public sealed class DiagnosticsReader(EngineClient engine, ICurrentActor currentActor, AuditLog audit) : IDiagnostics
{
    private const int DefaultThresholdMs = 100;

    public async Task<TargetStatistics> GetStatisticsAsync(string target, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.GetStatisticsAsync(Normal(target), cancellation);
    }

    public async Task<IReadOnlyList<RecordedCommand>> ListSlowCommandsAsync(string target, int? thresholdMs = null, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Operator);
        return await engine.ListSlowCommandsAsync(Normal(target), thresholdMs ?? DefaultThresholdMs, cancellation);
    }

    public async Task<IReadOnlyList<RecordedCommand>> ListCommandsAsync(long session, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Operator);
        return await engine.ListCommandsAsync(session, cancellation);
    }

    public async Task<CaptureInfo> StartCaptureAsync(long session, StartCaptureRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var capture = await engine.StartCaptureAsync(session, request, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.CaptureStarted, capture.Initiator,
            $"A capture of the session of {capture.Initiator} with {capture.Target} was started, {Content(capture)}.",
            after: new { capture.Target, capture.Payload });
        return capture;
    }

    public async Task<CaptureInfo> GetCaptureAsync(long session, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        return await engine.GetCaptureAsync(session, cancellation);
    }

    public async Task<byte[]> DownloadCaptureAsync(long session, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var capture = await engine.GetCaptureAsync(session, cancellation);
        var file = await engine.DownloadCaptureAsync(session, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.CaptureDownloaded, capture.Initiator,
            $"The capture of the session of {capture.Initiator} with {capture.Target} was downloaded, {Content(capture)}.",
            after: new { capture.Target, capture.Payload });
        return file;
    }

    public async Task DeleteCaptureAsync(long session, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var capture = await engine.GetCaptureAsync(session, cancellation);
        await engine.DeleteCaptureAsync(session, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.CaptureDeleted, capture.Initiator,
            $"The capture of the session of {capture.Initiator} with {capture.Target} was deleted.", before: new { capture.Target, capture.Payload });
    }

    /// <summary>The engine knows targets by their names in normal form.</summary>
    private static string Normal(string target) => target.ToLowerInvariant();

    private static string Content(CaptureInfo capture) => capture.Payload ? "with payload" : "headers only";
}
