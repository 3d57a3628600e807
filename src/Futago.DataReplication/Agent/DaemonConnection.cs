using System.Diagnostics;
using System.Net.Sockets;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Rsync;
using Futago.DataReplication.Settling;

namespace Futago.DataReplication.Agent;

/// <summary>One rsync daemon behind one connection; ends with it.</summary>
/// <param name="runtime">The engine's own directory for configuration and lock files.</param>
/// <param name="mark">See <see cref="LeftoverProcesses"/>.</param>
internal sealed class DaemonConnection(IReadOnlyList<AgentShare> shares, UnsettledCopies copies, string runtime, string mark)
{
    /// <summary>What a daemon gets to write its last words after the source has gone, and to keep the part of a file that it has received.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The daemon has the socket itself.</summary>
    public Task RunAsync(Socket network, CancellationToken stopping) => CopyAsync(() => ServeAsync(network, stopping));

    /// <summary>The daemon has a pair of pipes, whose other ends are pumped from and to the stream.</summary>
    public Task RunAsync(Stream network, CancellationToken stopping) => CopyAsync(() => ServeAsync(network, stopping));

    /// <summary>The source goes on only after the daemon's first words, so nothing is written before all is marked.</summary>
    private async Task CopyAsync(Func<Task> serve)
    {
        List<IAsyncDisposable> begun = [];
        try
        {
            foreach (var share in shares)
                begun.Add(await copies.BeginAsync(share.Root!, share.Folder));
            await serve();
        }
        finally
        {
            foreach (var copy in begun)
                await copy.DisposeAsync();
        }
    }

    private async Task ServeAsync(Socket network, CancellationToken stopping)
    {
        using var modules = RsyncModules.Create(runtime, shares);
        var process = SocketProcess.Start(Describe(modules), network.SafeHandle);
        try
        {
            await process.WaitForExitAsync(Timeout.InfiniteTimeSpan, stopping);
        }
        catch (OperationCanceledException)
        {
            Signals.Terminate(process.Id);
            try
            {
                await process.WaitForExitAsync(EndTimeout, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Signals.End(process.Id);
                await process.WaitForExitAsync(EndTimeout, CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Stream network, CancellationToken stopping)
    {
        using var modules = RsyncModules.Create(runtime, shares);
        using var process = Process.Start(Describe(modules))!;
        PipeSize.Enlarge(process.StandardOutput.BaseStream);
        try
        {
            using var stop = stopping.Register(() => Signals.Terminate(process.Id));
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            _ = PumpInwardsAsync(network, process);
            // What the daemon says ends when it ends.
            await Pump.CopyAsync(process.StandardOutput.BaseStream, network);
            await process.WaitForExitAsync(stopping).WaitAsync(EndTimeout, stopping);
            await errors;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            // The source has gone or the agent stops.
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

    private ProcessStartInfo Describe(RsyncModules modules) =>
        RsyncProgram.Describe(["--server", "--daemon", $"--config={modules.ConfigurationPath}", "."], mark);

    private static async Task PumpInwardsAsync(Stream network, Process process)
    {
        try
        {
            await Pump.CopyToRsyncAsync(network, process.StandardInput.BaseStream);
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
