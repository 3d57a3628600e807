using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Futago.Failover;

namespace Futago.Guard;

/// <summary>
/// One life of the engine. It writes a line to its standard output every second, and what the guard is to do for it; its standard
/// input takes the answers, and ends when the guard ends, however that happens, whereupon the engine stops in order.
/// </summary>
internal sealed partial class EngineProcess : IDisposable
{
    private const int SIGTERM = 15;

    /// <summary>Lines that may wait; an engine that writes more has to wait too.</summary>
    private const int LinesMaximum = 256;

    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _reading;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(LinesMaximum);
    private long _lastHeartbeat;

    private EngineProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        _lastHeartbeat = time.GetTimestamp();
        _reading = ReadLinesAsync();
    }

    /// <summary>What it wrote, without signs of life.</summary>
    public ChannelReader<string> Lines => _lines.Reader;

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
    public void Kill()
    {
        _process.Kill();
        AbortMounts();
    }

    /// <summary>
    /// It was ended (its first thread is a zombie, proc_pid_stat(5)), but not all of it has: a thread waits in the kernel. It may be for a file
    /// system that the engine itself served, see <see cref="AbortMounts"/>.
    /// </summary>
    public bool IsHalfEnded
    {
        get
        {
            try
            {
                var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/stat"));
                // The name before the state is in parentheses and may contain anything.
                return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z', ..];
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>For an engine that was ended: what waits for file systems that it served gets an error, and can end.</summary>
    /// <returns>How many there were.</returns>
    public int AbortMounts() => ServedMounts.Abort(_process.Id);

    public void Dispose()
    {
        _ = _reading;
        _process.Dispose();
    }

    /// <summary>Tells the engine something. One that does not listen any more needs no answer.</summary>
    public async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteAsync(line + "\n").WaitAsync(TellLimit, _time);
            await _process.StandardInput.FlushAsync().WaitAsync(TellLimit, _time);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or TimeoutException)
        {
            // It ends, or stands still.
        }
    }

    private async Task ReadLinesAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                Interlocked.Exchange(ref _lastHeartbeat, _time.GetTimestamp());
                if (line != GuardMessages.Alive)
                    await _lines.Writer.WriteAsync(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or ChannelClosedException)
        {
            // The pipe ends with the engine.
        }
        _lines.Writer.TryComplete();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
