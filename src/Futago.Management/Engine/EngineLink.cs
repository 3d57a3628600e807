using System.Text.Json;
using Futago.Engine.Contracts;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Engine;

/// <summary>Follows the engine's status stream into <see cref="LiveStatus"/> and comes back, with growing pauses, after a loss.</summary>
public sealed partial class EngineLink(EngineClient engine, LiveStatus live, TimeProvider time, ILogger<EngineLink> logger)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = PauseMin;
        while (!stopping.IsCancellationRequested)
        {
            var problem = new Problem(ProblemCodes.EngineUnreachable, "The engine closed the connection; it is stopping or restarting.");
            try
            {
                await foreach (var update in engine.StreamStatusAsync(stopping))
                {
                    if (!live.Connected)
                        LogConnected(logger);
                    live.Apply(update);
                    pause = PauseMin;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException e)
            {
                problem = e.Problem;
            }
            catch (Exception e) when (e is IOException or JsonException)
            {
                var reason = e.Message.TrimEnd('.');
                problem = new Problem(ProblemCodes.EngineStatusUnreadable, $"The engine's status cannot be read ({reason}).", null,
                    new Dictionary<string, string> { ["reason"] = reason });
            }
            if (live.Connected)
                LogLost(logger, problem.Detail);
            live.Disconnect(problem);
            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "The engine is connected")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(1102, LogLevel.Warning, "The engine is not connected: {Problem}")]
    private static partial void LogLost(ILogger logger, string problem);
}
