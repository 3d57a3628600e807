using System.Diagnostics;
using System.Net;

namespace Futago.Cli.Tests;

/// <summary><c>./futago witness</c> as a process of its own.</summary>
internal sealed class WitnessProcess : IDisposable
{
    private const string Ready = "The witness listens on ";

    private readonly Process _process;

    private WitnessProcess(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<WitnessProcess> StartAsync(string directory, CancellationToken stop)
    {
        // The script replaces itself by the command: its process is the one to kill.
        var process = Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(Checkout.Root, "futago"), "witness", "--listen", "127.0.0.1:0", "--data", directory])
        {
            RedirectStandardError = true,
        })!;
        while (await process.StandardError.ReadLineAsync(stop) is { } line)
        {
            if (!line.StartsWith(Ready, StringComparison.Ordinal))
                continue;
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new WitnessProcess(process, IPEndPoint.Parse(line[Ready.Length..line.IndexOf(';', StringComparison.Ordinal)]));
        }
        process.Dispose();
        throw new InvalidOperationException("The witness did not start.");
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async Task<int> TerminateAsync(CancellationToken stop)
    {
        using (Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
