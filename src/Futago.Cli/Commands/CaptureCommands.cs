using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

/// <summary>The PDUs of a session as a file for Wireshark.</summary>
internal static class CaptureCommands
{
    public static Command Create() => new("capture", "Captures of what goes over a session, for Wireshark. For administrators, and audited.")
    {
        Start(),
        Show(),
        Download(),
        Delete(),
    };

    private static Verb Start()
    {
        var id = DiagnosticsCommands.Session();
        var seconds = Values.Number("--seconds", "NUMBER", "How long, 1 to 3600; 60 unless given.");
        var size = Values.Text("--max-size", "SIZE", "How large the file may get, 64KiB to 64MiB; 8MiB unless given.");
        var payload = Values.Flag("--payload", "Also the data that the initiator reads and writes, which may be confidential.");
        return new Verb("start", "Captures the PDUs of a session from now on: headers and sense data only, unless told otherwise.", async call =>
        {
            var bytes = call.Value(size) is { } text ? Values.Size(text, "--max-size") : 8L << 20;
            var request = new StartCaptureRequest(call.Value(seconds) ?? 60, (int)Math.Min(bytes, int.MaxValue), call.Value(payload));
            var capture = await call.Console.Diagnostics.StartCaptureAsync(call.Value(id), request, call.Cancellation);
            call.Print(capture, output => Write(output, capture, call.Environment));
        }, id, seconds, size, payload);
    }

    private static Verb Show()
    {
        var id = DiagnosticsCommands.Session();
        return new Verb("show", "Shows how a capture is going.", async call =>
        {
            var capture = await call.Console.Diagnostics.GetCaptureAsync(call.Value(id), call.Cancellation);
            call.Print(capture, output => Write(output, capture, call.Environment));
        }, id);
    }

    private static Verb Download()
    {
        var id = DiagnosticsCommands.Session();
        var file = Values.Text("--output", "FILE", "Where to write it; an existing file is refused.", required: true);
        return new Verb("download", "Writes a capture, as far as it has come, into a pcapng file.", async call =>
        {
            var content = await call.Console.Diagnostics.DownloadCaptureAsync(call.Value(id), call.Cancellation);
            var path = call.FullPath(call.Value(file)!);
            try
            {
                // It may hold what an initiator stores: for its owner only.
                await using var output = new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
                await output.WriteAsync(content, call.Cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{path} cannot be written: {e.Message}");
            }
            call.Done($"Wrote {Format.Size(content.Length)} to {path}.");
        }, id, file);
    }

    private static Verb Delete()
    {
        var id = DiagnosticsCommands.Session();
        return new Verb("delete", "Ends a capture and forgets it.", async call =>
        {
            await call.Console.Diagnostics.DeleteCaptureAsync(call.Value(id), call.Cancellation);
            call.Done($"Deleted the capture of session {Values.Text(call.Value(id))}.");
        }, id);
    }

    private static void Write(TextWriter output, CaptureInfo capture, CliEnvironment environment)
    {
        var state = capture.Running ? $"running until {Format.Time(capture.EndsAt, environment)}" : capture.Full ? "full" : $"ended at {Format.Time(capture.EndsAt, environment)}";
        output.WriteLine($"Session {Values.Text(capture.SessionId)} of {capture.Initiator} with {capture.Target}");
        output.WriteLine($"    {state}, {(capture.Payload ? "with payload" : "headers only")}, {Values.Text(capture.Packets)} PDUs, {Format.Size(capture.Bytes)}");
    }
}
