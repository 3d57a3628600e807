using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Futago.Failover;

namespace Futago.Engine.Hosting;

/// <summary>
/// The engine's end of the guard protocol (docs/protocol/guard.md): a line on standard output every second while the engine is able
/// to run work, from the first moment (bringing volumes online may take long) to the last; permits and orders for what the guard
/// holds; its answers on standard input, and the news that this has ended, which it does when the guard is gone.
/// </summary>
internal sealed class GuardLink : IServiceGuard, IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>Lines that may wait for a guard that stands still; it reads for minutes before this is full.</summary>
    private const int LinesMaximum = 4096;

    private readonly TaskCompletionSource _guardGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(LinesMaximum);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<string?>> _orders = new();
    private readonly PeriodicTimer _timer;
    private readonly Task _heartbeats;
    private readonly Task _writing;
    private long _lastOrder;

    private GuardLink(TimeProvider time)
    {
        _timer = new PeriodicTimer(HeartbeatInterval, time);
        _writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _heartbeats = Task.Run(BeatAsync);
        // A blocking read cannot be cancelled; its thread ends with the process.
        new Thread(ReadInput) { IsBackground = true, Name = "guard" }.Start();
    }

    public event Action<string>? Cleared;

    /// <summary>Completes when the guard is gone: the engine is to stop in order.</summary>
    public Task GuardGone => _guardGone.Task;

    public static GuardLink Start(TimeProvider time) => new(time);

    public void Permit(long untilMs) => Write(GuardMessages.Permit(untilMs));

    public async Task<string?> OrderAsync(GuardOrderKind kind, GuardOrder order, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastOrder);
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[id] = done;
        try
        {
            if (_guardGone.Task.IsCompleted)
                return "the guard is gone";
            Write(GuardMessages.Order(id, kind, order));
            return await done.Task.WaitAsync(cancellation);
        }
        finally
        {
            _orders.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _heartbeats;
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task BeatAsync()
    {
        // Each beat is work for the thread pool: a process whose threads are all stuck does not look alive.
        do
            Write(GuardMessages.Alive);
        while (await _timer.WaitForNextTickAsync());
    }

    private void Write(string line)
    {
        // One that cannot be written is a permit less, or an order that is not answered: both stop what they are for.
        _lines.Writer.TryWrite(line);
    }

    private void Write()
    {
        try
        {
            using var output = Console.OpenStandardOutput();
            while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_lines.Reader.TryRead(out var line))
                    output.Write(Encoding.UTF8.GetBytes(line + "\n"));
                output.Flush();
            }
        }
        catch (IOException)
        {
            LoseGuard();
        }
    }

    private void ReadInput()
    {
        try
        {
            using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
            while (input.ReadLine() is { } line)
            {
                if (GuardMessages.TryReadOutcome(line, out var id, out var error))
                {
                    if (_orders.TryGetValue(id, out var order))
                        order.TrySetResult(error);
                }
                else if (GuardMessages.TryReadCleared(line, out var reason))
                {
                    Cleared?.Invoke(reason);
                }
            }
        }
        catch (IOException)
        {
            // As good as an end.
        }
        LoseGuard();
    }

    private void LoseGuard()
    {
        if (!_guardGone.TrySetResult())
            return;
        foreach (var order in _orders.Values)
            order.TrySetResult("the guard is gone");
        Cleared?.Invoke("the guard is gone");
    }
}
