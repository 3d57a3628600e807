using System.ComponentModel;
using Futago.Blocks;
using Futago.Volumes.Linux;
using Microsoft.Extensions.Logging;

namespace Futago.Volumes.Initialisation;

/// <summary>
/// Writes zeros into every part of a preallocated data file that nobody has written yet, in the background, so that later writes
/// find written extents and run at an even speed. The volume is in use meanwhile; <see cref="RangeGate"/> says why no
/// initiator's write can be lost. What is done shows in the file's own extent map, so after a crash the work goes on by itself;
/// the recorded position only spares the search.
/// </summary>
/// <param name="record">Keeps the position; called with what is durable.</param>
/// <param name="ended">Called once per run: null when everything is initialised, else why it could not go on.</param>
internal sealed partial class ZeroInitialisation(
    string dataPath,
    RangeGate gate,
    TimeProvider time,
    Action<long> record,
    Action<string?> ended,
    ILogger logger)
{
    private const int ChunkBytes = 1 << 20;
    private const int ChunkBytesMinimum = 64 << 10;
    private const int BlockBytes = 4096;
    private const long RecordEveryBytes = 256L << 20;
    private static readonly TimeSpan RecordEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RateMeter _rate = new(time);
    private long _position;
    private long _end;
    private long? _limit;
    private bool _running;
    private Task _run = Task.CompletedTask;
    private bool _stopRequested;
    private TaskCompletionSource _wake = NewSignal();

    public bool IsRunning
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    public InitialisationProgress Progress
    {
        get
        {
            lock (_lock)
            {
                var rate = _rate.BytesPerSecond;
                return new InitialisationProgress(_position, _end, _limit, rate, rate > 0 ? (_end - _position + rate - 1) / rate : null);
            }
        }
    }

    /// <summary>Closes the gate and begins at <paramref name="from"/>, or lets a run under way go on to the new end.</summary>
    public void Run(long from, long end, long? limitBytesPerSecond)
    {
        lock (_lock)
        {
            gate.Close();
            _end = end;
            _limit = limitBytesPerSecond;
            if (_running)
                return;
            _running = true;
            _position = from;
            _stopRequested = false;
            // The run before may still be recording its last position.
            var previous = _run;
            _run = Task.Run(async () =>
            {
                await previous;
                await RunAsync();
            });
        }
    }

    public void SetLimit(long? bytesPerSecond)
    {
        lock (_lock)
        {
            _limit = bytesPerSecond;
            Wake();
        }
    }

    /// <summary>Stops where it is; the next <see cref="Run"/> goes on. The gate stays closed: there are holes left.</summary>
    public async Task StopAsync()
    {
        Task run;
        lock (_lock)
        {
            _stopRequested = true;
            Wake();
            run = _run;
        }
        await run;
    }

    private async Task RunAsync()
    {
        string? failure = null;
        try
        {
            if (!await InitialiseAsync())
                return;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            failure = e.Message;
            lock (_lock)
                _running = false;
            LogFailed(logger, dataPath, e);
        }
        ended(failure);
    }

    /// <returns>False when it was stopped before the end.</returns>
    private async Task<bool> InitialiseAsync()
    {
        var pool = new BlockBufferPool(ChunkBytes);
        var zeros = pool.TryRent(ChunkBytes)!;
        zeros.GetSpan().Clear();
        try
        {
            // Direct, so that gigabytes of zeros do not push useful pages out of the cache.
            using var file = FileDescriptor.Open(dataPath, LibC.O_RDWR | LibC.O_DIRECT);
            var recorded = (Position: Volatile.Read(ref _position), Timestamp: time.GetTimestamp());
            while (true)
            {
                var hole = file.NextHole(Volatile.Read(ref _position)) & -BlockBytes;
                var next = BeginChunk(hole, out var chunkEnd, out var limit);
                if (next != Step.Zero)
                {
                    file.SyncData();
                    record(Volatile.Read(ref _position));
                    return next == Step.Finish;
                }
                var written = await ZeroAsync(file, zeros, hole, chunkEnd);
                lock (_lock)
                {
                    _position = chunkEnd;
                    if (written > 0)
                        _rate.Add(written);
                }
                if (chunkEnd - recorded.Position >= RecordEveryBytes || time.GetElapsedTime(recorded.Timestamp) >= RecordEvery)
                {
                    file.SyncData();
                    record(chunkEnd);
                    recorded = (chunkEnd, time.GetTimestamp());
                }
                if (limit is { } bytesPerSecond && written > 0)
                    await WaitAsync(TimeSpan.FromSeconds((double)written / bytesPerSecond));
            }
        }
        finally
        {
            ((IDisposable)zeros).Dispose();
        }
    }

    /// <summary>Decides under the lock between one more chunk and the end, so that a concurrent expansion is either seen or starts a new run.</summary>
    private Step BeginChunk(long hole, out long chunkEnd, out long? limit)
    {
        lock (_lock)
        {
            limit = _limit;
            var chunk = limit is { } l ? (int)Math.Clamp(l / 4 & -BlockBytes, ChunkBytesMinimum, ChunkBytes) : ChunkBytes;
            chunkEnd = Math.Min(hole + chunk, _end);
            if (_stopRequested)
            {
                _running = false;
                return Step.Stop;
            }
            if (hole < _end)
                return Step.Zero;
            _position = _end;
            _running = false;
            gate.Open();
            return Step.Finish;
        }
    }

    /// <returns>Bytes of zeros written.</returns>
    private async Task<long> ZeroAsync(FileDescriptor file, BlockBuffer zeros, long start, long end)
    {
        long written = 0;
        await gate.HoldAsync(start, end);
        try
        {
            var hole = file.NextHole(start);
            while (hole >= 0 && hole < end)
            {
                var data = file.NextData(hole);
                var stop = data < 0 ? end : Math.Min(data, end);
                file.Write(zeros.Address, (int)(stop - hole), hole);
                written += stop - hole;
                hole = stop < end ? file.NextHole(stop) : end;
            }
        }
        finally
        {
            gate.Release();
        }
        return written;
    }

    private async Task WaitAsync(TimeSpan pause)
    {
        Task woken;
        lock (_lock)
        {
            if (_stopRequested)
                return;
            woken = _wake.Task;
        }
        using var over = new CancellationTokenSource();
        await Task.WhenAny(Task.Delay(pause, time, over.Token), woken);
        await over.CancelAsync();
    }

    /// <summary>Ends a pause at once. Under the lock.</summary>
    private void Wake()
    {
        _wake.TrySetResult();
        _wake = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(3001, LogLevel.Error, "Initialisation of {Path} stopped")]
    private static partial void LogFailed(ILogger logger, string path, Exception exception);

    private enum Step
    {
        Zero,
        Finish,
        Stop,
    }
}
