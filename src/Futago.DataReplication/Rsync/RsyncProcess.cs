using System.Diagnostics;
using System.Text;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Rsync;

/// <summary>Runs the sending rsync to its end.</summary>
internal static class RsyncProcess
{
    /// <summary>After SIGTERM it removes or keeps partial files at the destination; that takes a round trip or two.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <summary>rsync(1), EXIT VALUES: received SIGUSR1 or SIGINT.</summary>
    private const int StoppedExitCode = 20;

    /// <param name="password">Goes in on standard input, where neither arguments nor environment show it.</param>
    /// <param name="progressOnSignal">Whether the arguments leave progress to be asked for.</param>
    /// <param name="connectProgram">For RSYNC_CONNECT_PROG: a command instead of a network connection; null for none.</param>
    /// <returns>The exit code; <see cref="StoppedExitCode"/> also when it had to be ended.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, bool progressOnSignal, string password, string? connectProgram, string mark, RsyncOutput output, Action<RsyncProgress> progress,
        CancellationToken stop)
    {
        var start = RsyncProgram.Describe(arguments, mark);
        if (connectProgram is not null)
            start.Environment["RSYNC_CONNECT_PROG"] = connectProgram;
        using var process = Process.Start(start)!;
        using var handle = progressOnSignal ? ChildHandle.Open(process.Id) : null;
        PipeSize.Enlarge(process.StandardOutput.BaseStream);
        using var ended = new CancellationTokenSource();
        var gate = new Lock();
        var estimate = new RsyncEstimate();
        var printed = RsyncReader.ReadAsync(
            process.StandardOutput.BaseStream, new RsyncLines(progressOnSignal, line => output.Add(Utf8(line), error: false)), Say, ended.Token);
        var complained = RsyncReader.ReadAsync(
            process.StandardError.BaseStream, new RsyncLines(named: false, line => output.Add(Utf8(line), error: true)), _ => { }, ended.Token);
        var pulse = handle is null ? Task.CompletedTask : RsyncPulse.RunAsync(handle, Beat, ended.Token);
        try
        {
            await process.StandardInput.WriteAsync(password + "\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read the password; its exit code says why.
        }
        var stopped = false;
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            stopped = true;
            await EndAsync(process);
        }
        await ended.CancelAsync();
        await Task.WhenAll(printed, complained, pulse);
        return stopped ? StoppedExitCode : process.ExitCode;

        void Say(string line)
        {
            if (RsyncProgress.Parse(line) is not { } said)
                return;
            lock (gate)
                progress(handle is null ? said : estimate.Say(said, handle.ReadBytes()));
        }

        void Beat(long read)
        {
            lock (gate)
                progress(estimate.At(read));
        }
    }

    private static async Task EndAsync(Process process)
    {
        Signals.Terminate(process.Id);
        using var limit = new CancellationTokenSource(EndTimeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Most names are UTF-8; those that are not show a replacement character. PostgreSQL takes no NUL.</summary>
    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1)).Replace('\0', '?');
}
