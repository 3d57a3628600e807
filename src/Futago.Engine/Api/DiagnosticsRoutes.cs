using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Targets;

namespace Futago.Engine.Api;

/// <summary>Statistics, recorded commands and captures.</summary>
internal static class DiagnosticsRoutes
{
    private const int DefaultThresholdMs = 100;

    public static void MapDiagnostics(this RouteGroupBuilder api)
    {
        api.MapGet("/targets/{name}/statistics", (TargetDiagnostics diagnostics, string name) => diagnostics.StatisticsOf(name));
        api.MapGet("/targets/{name}/slow-commands", (TargetDiagnostics diagnostics, string name, int? thresholdMs) =>
            diagnostics.SlowCommandsOf(name, thresholdMs ?? DefaultThresholdMs));
        api.MapGet("/sessions/{id:long}/commands", (TargetDiagnostics diagnostics, long id) => diagnostics.CommandsOf(id));
        api.MapPost("/sessions/{id:long}/capture", (TargetDiagnostics diagnostics, long id, StartCaptureRequest request) => diagnostics.StartCapture(id, request));
        api.MapGet("/sessions/{id:long}/capture", (TargetDiagnostics diagnostics, long id) => diagnostics.CaptureOf(id));
        api.MapGet("/sessions/{id:long}/capture/file", (TargetDiagnostics diagnostics, long id) =>
            Results.Bytes(diagnostics.CaptureFileOf(id), "application/x-pcapng"));
        api.MapDelete("/sessions/{id:long}/capture", (TargetDiagnostics diagnostics, long id) =>
        {
            diagnostics.DeleteCapture(id);
            return Results.NoContent();
        });
    }
}
