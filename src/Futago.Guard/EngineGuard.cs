using System.ComponentModel;
using System.Globalization;
using Futago.Failover;
using Futago.Guard.Service;

namespace Futago.Guard;

/// <summary>
/// Keeps exactly one engine running: starts it, starts it again after a crash, ends one that is stuck. It knows nothing of
/// storage, so there is little in it that could fail. docs/protocol/guard.md has the protocol.
/// </summary>
/// <param name="log">Takes one line.</param>
internal sealed class EngineGuard(GuardOptions options, TimeProvider time, Action<string> log)
{
    /// <summary>Exit code of an engine that refuses its command line: starting it again would not help.</summary>
    private const int ExitUsage = 2;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(PermitWatch.CheckMs);

    /// <summary>Pause before the service is taken away, in which what the engine has written arrives.</summary>
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(30);

    /// <summary>The engine promises to stop within 20 s; after this it is ended.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    private readonly ServiceKeeper _service = new(options.DataDirectory, log);

    /// <param name="stop">The guard is to end: the engine is asked to stop and waited for.</param>
    /// <returns>Exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff();
        while (!stop.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            // Before anything else: what a crash left of the virtual IPs is gone when an engine begins.
            if (!await _service.RecoverAsync())
            {
                if (!await PauseAsync(backoff.After(TimeSpan.Zero), stop))
                    return 1;
                continue;
            }
            int exitCode;
            try
            {
                using var engine = EngineProcess.Start(options.EngineCommand, time);
                log(string.Create(CultureInfo.InvariantCulture, $"engine started as process {engine.Id}"));
                exitCode = await WatchAsync(engine, stop);
                await _service.RecoverAsync();
            }
            catch (Win32Exception e)
            {
                log($"the engine {options.EngineCommand[0]} cannot be started: {e.Message}");
                return 1;
            }
            if (stop.IsCancellationRequested)
            {
                log(string.Create(CultureInfo.InvariantCulture, $"engine ended with {exitCode}"));
                return exitCode == 0 ? 0 : 1;
            }
            if (exitCode == 0)
            {
                log("engine stopped by itself in order");
                return 0;
            }
            if (exitCode == ExitUsage)
            {
                log("the engine refuses its command line; giving up");
                return ExitUsage;
            }
            var pause = backoff.After(time.GetElapsedTime(started));
            log(string.Create(CultureInfo.InvariantCulture, $"engine ended with {exitCode}; starting it again in {pause.TotalSeconds:0.0} s"));
            if (!await PauseAsync(pause, stop))
                return 0;
        }
        return 0;
    }

    /// <returns>False: the guard is to end.</returns>
    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<int> WatchAsync(EngineProcess engine, CancellationToken stop)
    {
        var exited = engine.WaitAsync(CancellationToken.None);
        using var timer = new PeriodicTimer(CheckInterval, time);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        Task line = engine.Lines.WaitToReadAsync(CancellationToken.None).AsTask();
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        Task<int>? ended = null;
        while (!exited.IsCompleted)
        {
            // Ordered to stop, the engine still needs its guard: to take the service away first.
            if (stopping.IsCompleted)
                ended ??= StopAsync(engine, exited);
            await Task.WhenAny(exited, tick, line, ended ?? stopping);
            if (tick.IsCompleted)
                tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
            await HandleLinesAsync(engine);
            if (line is Task<bool> { IsCompletedSuccessfully: true, Result: true })
                line = engine.Lines.WaitToReadAsync(CancellationToken.None).AsTask();
            else if (line.IsCompleted)
                line = exited;
            await CheckAsync(engine);
        }
        return await exited;

        async Task CheckAsync(EngineProcess e)
        {
            if (_service.IsLapsed)
            {
                await Task.Delay(ReadPause, time, CancellationToken.None);
                await HandleLinesAsync(e);
                if (await _service.CheckAsync(e.TellAsync))
                    e.Kill();
            }
            if (!exited.IsCompleted && e.IsHalfEnded && e.AbortMounts() is > 0 and var aborted)
                log(string.Create(CultureInfo.InvariantCulture, $"the engine was ended and still has a thread that waits; {aborted} file systems that it served were aborted"));
            if (ended is null && !exited.IsCompleted && e.SinceHeartbeat > options.StallTimeout)
            {
                log(string.Create(CultureInfo.InvariantCulture, $"no sign of life from the engine for {e.SinceHeartbeat.TotalSeconds:0} s; ending it"));
                e.Kill();
            }
        }
    }

    private async Task HandleLinesAsync(EngineProcess engine)
    {
        while (engine.Lines.TryRead(out var line))
        {
            if (await _service.HandleAsync(line) is { } answer)
                await engine.TellAsync(answer);
        }
    }

    private async Task<int> StopAsync(EngineProcess engine, Task<int> exited)
    {
        engine.Terminate();
        try
        {
            return await exited.WaitAsync(StopTimeout, time);
        }
        catch (TimeoutException)
        {
            log(string.Create(CultureInfo.InvariantCulture, $"the engine did not stop within {StopTimeout.TotalSeconds:0} s; ending it"));
            engine.Kill();
            return await exited;
        }
    }
}
