using System.Text;

namespace Futago.Engine.Hosting;

/// <summary>
/// The engine's end of the guard protocol (docs/protocol/guard.md): a line on standard output every second while the engine is able
/// to run work, from the first moment (bringing volumes online may take long) to the last, and the news that standard input has
/// ended, which it does when the guard is gone.
/// </summary>
internal sealed class GuardLink : IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);
    private static readonly byte[] Heartbeat = Encoding.ASCII.GetBytes("alive\n");

    private readonly TaskCompletionSource _guardGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeriodicTimer _timer;
    private readonly Task _heartbeats;

    private GuardLink(TimeProvider time)
    {
        _timer = new PeriodicTimer(HeartbeatInterval, time);
        _heartbeats = Task.Run(BeatAsync);
        // A blocking read cannot be cancelled; its thread ends with the process.
        new Thread(WatchInput) { IsBackground = true, Name = "guard" }.Start();
    }

    /// <summary>Completes when the guard is gone: the engine is to stop in order.</summary>
    public Task GuardGone => _guardGone.Task;

    public static GuardLink Start(TimeProvider time) => new(time);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _heartbeats;
    }

    private async Task BeatAsync()
    {
        await using var output = Console.OpenStandardOutput();
        try
        {
            // Each beat is work for the thread pool: a process whose threads are all stuck does not look alive.
            do
            {
                await output.WriteAsync(Heartbeat);
                await output.FlushAsync();
            }
            while (await _timer.WaitForNextTickAsync());
        }
        catch (IOException)
        {
            _guardGone.TrySetResult();
        }
    }

    private void WatchInput()
    {
        var buffer = new byte[64];
        try
        {
            using var input = Console.OpenStandardInput();
            while (input.Read(buffer, 0, buffer.Length) > 0)
            {
                // Nothing is said this way; only the end counts.
            }
        }
        catch (IOException)
        {
            // As good as an end.
        }
        _guardGone.TrySetResult();
    }
}
