using System.ComponentModel;
using System.Globalization;

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

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>The engine promises to stop within 20 s; after this it is ended.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    /// <param name="stop">The guard is to end: the engine is asked to stop and waited for.</param>
    /// <returns>Exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff();
        while (!stop.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            int exitCode;
            try
            {
                using var engine = EngineProcess.Start(options.EngineCommand, time);
                log(string.Create(CultureInfo.InvariantCulture, $"engine started as process {engine.Id}"));
                exitCode = await WatchAsync(engine, stop);
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
            try
            {
                await Task.Delay(pause, time, stop);
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
        }
        return 0;
    }

    private async Task<int> WatchAsync(EngineProcess engine, CancellationToken stop)
    {
        var exited = engine.WaitAsync(CancellationToken.None);
        using var timer = new PeriodicTimer(CheckInterval, time);
        while (!exited.IsCompleted)
        {
            try
            {
                var tick = timer.WaitForNextTickAsync(stop).AsTask();
                await Task.WhenAny(exited, tick);
                if (tick.IsCanceled)
                    return await StopAsync(engine, exited);
                if (!tick.IsCompleted)
                    break;
            }
            catch (OperationCanceledException)
            {
                return await StopAsync(engine, exited);
            }
            if (!exited.IsCompleted && engine.SinceHeartbeat > options.StallTimeout)
            {
                log(string.Create(CultureInfo.InvariantCulture, $"no sign of life from the engine for {engine.SinceHeartbeat.TotalSeconds:0} s; ending it"));
                engine.Kill();
            }
        }
        return await exited;
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
