using System.ComponentModel;
using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Api;

internal static class DiagnosticsEndpoints
{
    private const string Pcapng = "application/x-pcapng";

    public static void MapDiagnostics(this RouteGroupBuilder api)
    {
        api.MapGet("/targets/{name}/statistics", (string name, IDiagnostics diagnostics, CancellationToken cancellation) =>
            diagnostics.GetStatisticsAsync(name, cancellation));
        api.MapGet("/targets/{name}/slow-commands", (string name, [Description("Milliseconds, 10 or more; 100 unless given.")] int? thresholdMs,
            IDiagnostics diagnostics, CancellationToken cancellation) => diagnostics.ListSlowCommandsAsync(name, thresholdMs, cancellation)).Operators();
        api.MapGet("/sessions/{id:long}/commands", (long id, IDiagnostics diagnostics, CancellationToken cancellation) =>
            diagnostics.ListCommandsAsync(id, cancellation)).Operators();
        api.MapPost("/sessions/{id:long}/capture", (long id, StartCaptureRequest request, IDiagnostics diagnostics, CancellationToken cancellation) =>
            diagnostics.StartCaptureAsync(id, request, cancellation)).Administrators();
        api.MapGet("/sessions/{id:long}/capture", (long id, IDiagnostics diagnostics, CancellationToken cancellation) =>
            diagnostics.GetCaptureAsync(id, cancellation)).Administrators();
        api.MapGet("/sessions/{id:long}/capture/file", async (long id, IDiagnostics diagnostics, CancellationToken cancellation) =>
            TypedResults.File(await diagnostics.DownloadCaptureAsync(id, cancellation), Pcapng, string.Create(CultureInfo.InvariantCulture, $"session-{id}.pcapng")))
            .Produces<byte[]>(StatusCodes.Status200OK, Pcapng).Administrators();
        api.MapDelete("/sessions/{id:long}/capture", async (long id, IDiagnostics diagnostics, CancellationToken cancellation) =>
        {
            await diagnostics.DeleteCaptureAsync(id, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
    }
}
