using System.Runtime.InteropServices;
using Futago.Iscsi;

namespace Futago.Engine.Hosting;

/// <summary>
/// Returns memory to the system when many iSCSI connections have come to rest and nobody works: what their logins left behind would otherwise stay until
/// the next collection, which somebody who is busy would wait for. All threads stand still for some hundredths of a second, so it is done seldom, and
/// only when no initiator would notice.
/// </summary>
internal sealed partial class QuietMemory : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    /// <summary>At least between two collections.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    /// <summary>Fewer rests leave less than a collection is worth.</summary>
    private const int WorthIt = 64;

    private readonly Func<ConnectionActivity> _activity;
    private readonly TimeProvider _time;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private ConnectionActivity _before;
    private long _restsAtCollection;
    private long? _collectedAt;

    public QuietMemory(Func<ConnectionActivity> activity, TimeProvider time, Action collect)
    {
        (_activity, _time, _collect) = (activity, time, collect);
        _timer = time.CreateTimer(_ => Look(), null, _interval, _interval);
    }

    private void Look()
    {
        var now = _activity();
        var quiet = now.Resting == now.Connections && now.RestsAfterWork == _before.RestsAfterWork;
        _before = now;
        if (!quiet || now.RestsAfterWork - _restsAtCollection < WorthIt || (_collectedAt is { } at && _time.GetElapsedTime(at) < _pause))
            return;
        (_restsAtCollection, _collectedAt) = (now.RestsAfterWork, _time.GetTimestamp());
        _collect();
    }

    /// <summary>Collects everything, and gives back what neither the runtime nor the C library needs.</summary>
    public static void Collect(ILogger logger)
    {
        var (before, pause) = (Environment.WorkingSet, GC.GetTotalPauseDuration());
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // Threads that have left are released by their finalizers.
        GC.WaitForPendingFinalizers();
        TrimNative();
        LogCollected(logger, (before - Environment.WorkingSet) >> 10, (long)(GC.GetTotalPauseDuration() - pause).TotalMilliseconds);
    }

    private static void TrimNative()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }
    }

    public void Dispose() => _timer.Dispose();

    [LoggerMessage(2801, LogLevel.Information, "All iSCSI connections rest: {Kibibytes} KiB were returned to the system, with a pause of {PauseMs} ms")]
    private static partial void LogCollected(ILogger logger, long kibibytes, long pauseMs);

#pragma warning disable IDE1006 // name of the function
    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
#pragma warning restore IDE1006
}
