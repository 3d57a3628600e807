using System.Diagnostics;
using Futago.Testing.Oracle;

namespace Futago.Interop.Tests;

/// <summary>
/// An initiator that writes without end through the virtual IP and comes back as soon as it can, and beside it somebody who looks
/// whether both nodes let initiators through at once.
/// </summary>
internal sealed class FailoverLoad : IAsyncDisposable
{
    private const int Blocks = 4096;
    private const int QueueDepth = 8;

    /// <summary>No answer for so long: the initiator ends its session and begins another.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly WriteOracle _oracle;
    private readonly List<string> _violations = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly Task _watching;
    private long _acknowledged;
    private long _lastAnswer = Stopwatch.GetTimestamp();
    private long _pauseTicks;
    private TaskCompletionSource<bool>? _verify;

    private FailoverLoad(int seed)
    {
        _oracle = new WriteOracle(Blocks, seed);
        _writing = MirroredTwins.AsClientAsync(Write);
        _watching = Task.Run(WatchAsync);
    }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Longest time between two answers since <see cref="Mark"/>.</summary>
    public long PauseMs => (long)Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _pauseTicks)).TotalMilliseconds;

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_violations)
                return [.. _violations, .. _oracle.Violations.Take(20)];
        }
    }

    public static FailoverLoad Start(int seed) => new(seed);

    public void Mark() => Interlocked.Exchange(ref _pauseTicks, 0);

    /// <summary>Writes are acknowledged that were begun after this.</summary>
    public async Task WhenWritingAsync()
    {
        var before = Acknowledged;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Acknowledged < before + 2 * QueueDepth)
        {
            if (_writing.IsCompleted)
                await _writing;
            if (limit.IsCancellationRequested)
                throw new TimeoutException("No write is acknowledged through the virtual IP.");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Ends the load and reads everything back.</summary>
    public async Task StopAsync()
    {
        await VerifyAsync();
        await _stopping.CancelAsync();
        await _writing;
        await _watching;
    }

    /// <summary>Interrupts the load and reads everything back.</summary>
    public async Task VerifyAsync()
    {
        var request = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _verify, request);
        if (!await request.Task.WaitAsync(TimeSpan.FromMinutes(3)))
            Add("the volume could not be read back");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_writing, _watching), Task.Delay(TimeSpan.FromSeconds(30)));
        _stopping.Dispose();
    }

    private bool Write()
    {
        while (!_stopping.IsCancellationRequested)
        {
            using var session = FailoverTwins.Connect(QueueDepth, () => _stopping.IsCancellationRequested);
            if (session is null)
                break;
            if (Volatile.Read(ref _verify) is { } verify)
            {
                // Tried in one session after the other; what was written meanwhile is none.
                if (!_oracle.Verify(session))
                    continue;
                Volatile.Write(ref _verify, null);
                _lastAnswer = Stopwatch.GetTimestamp();
                verify.SetResult(true);
                continue;
            }
            var opened = Stopwatch.GetTimestamp();
            _oracle.WriteUntilBroken(session, () => _stopping.IsCancellationRequested || Volatile.Read(ref _verify) is not null, () => GiveUp(opened));
        }
        return true;
    }

    private bool GiveUp(long opened)
    {
        var now = Stopwatch.GetTimestamp();
        if (_oracle.Acknowledged != _acknowledged)
        {
            Interlocked.Exchange(ref _acknowledged, _oracle.Acknowledged);
            var pause = now - _lastAnswer;
            if (pause > Interlocked.Read(ref _pauseTicks))
                Interlocked.Exchange(ref _pauseTicks, pause);
            _lastAnswer = now;
        }
        return Stopwatch.GetElapsedTime(Math.Max(_lastAnswer, opened), now) > Silence;
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            // Open before and after the other was seen open: both at once, at that moment.
            if (await FailoverTwins.IsOpenAsync("a") && await FailoverTwins.IsOpenAsync("b") && await FailoverTwins.IsOpenAsync("a"))
                Add("both nodes let initiators through at once");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private void Add(string violation)
    {
        lock (_violations)
            _violations.Add(violation);
    }
}
