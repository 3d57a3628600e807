using System.Diagnostics;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Agent;

/// <summary>One rsync daemon behind one connection; ends with it.</summary>
internal static class DaemonConnection
{
    /// <summary>What a daemon gets to write its last words after the source has gone.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <param name="runtime">The engine's own directory for configuration and lock files.</param>
    /// <param name="mark">See <see cref="LeftoverProcesses"/>.</param>
    public static async Task RunAsync(Stream network, IReadOnlyList<AgentShare> shares, string runtime, string mark, CancellationToken stopping)
    {
        using var modules = RsyncModules.Create(runtime, shares);
        using var process = Process.Start(RsyncProgram.Describe(["--server", "--daemon", $"--config={modules.ConfigurationPath}", "."], mark))!;
        try
        {
            using var stop = stopping.Register(() => Signals.Terminate(process.Id));
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            var inwards = PumpInwardsAsync(network, process);
            // What the daemon says ends when it ends.
            await Pump.CopyAsync(process.StandardOutput.BaseStream, network, stopping);
            await network.FlushAsync(stopping);
            await process.WaitForExitAsync(stopping).WaitAsync(EndTimeout, stopping);
            await errors;
            _ = inwards;
        }
        catch (Exception e) when (e is IOException or TimeoutException or OperationCanceledException)
        {
            // The source has gone or the agent stops; the daemon gets time to keep the part of a file that it has received.
            Signals.Terminate(process.Id);
            try
            {
                await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndTimeout, CancellationToken.None);
            }
            catch (TimeoutException)
            {
            }
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task PumpInwardsAsync(Stream network, Process process)
    {
        try
        {
            await Pump.CopyAsync(network, process.StandardInput.BaseStream, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has ended; the daemon learns it from the end of its input.
        }
        finally
        {
            try
            {
                process.StandardInput.Close();
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It was closed already.
            }
        }
    }
}
