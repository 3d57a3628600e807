using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Futago.Guard;

/// <summary>
/// One life of the engine. It writes a line to its standard output every second; its standard input is held open and ends when
/// the guard ends, however that happens, whereupon the engine stops in order.
/// </summary>
internal sealed partial class EngineProcess : IDisposable
{
    private const int SIGTERM = 15;

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _heartbeats;
    private long _lastHeartbeat;

    private EngineProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        _lastHeartbeat = time.GetTimestamp();
        _heartbeats = ReadHeartbeatsAsync();
    }

    public int Id => _process.Id;

    public TimeSpan SinceHeartbeat => _time.GetElapsedTime(Interlocked.Read(ref _lastHeartbeat));

    public static EngineProcess Start(IReadOnlyList<string> command, TimeProvider time)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--guarded");
        return new EngineProcess(Process.Start(start)!, time);
    }

    /// <returns>The exit code; 128 + signal when a signal ended it.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop in order.</summary>
    public void Terminate()
    {
        if (!_process.HasExited)
            _ = Kill(_process.Id, SIGTERM);
    }

    /// <summary>Ends it at once. What it acknowledged as durable is durable.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _ = _heartbeats;
        _process.Dispose();
    }

    private async Task ReadHeartbeatsAsync()
    {
        var buffer = new char[256];
        try
        {
            while (await _process.StandardOutput.ReadAsync(buffer) > 0)
                Interlocked.Exchange(ref _lastHeartbeat, _time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe ends with the engine.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
