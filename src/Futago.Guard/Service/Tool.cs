using System.ComponentModel;
using System.Diagnostics;

namespace Futago.Guard.Service;

/// <summary>Runs a program of the system that changes the network, and waits for it.</summary>
internal static class Tool
{
    /// <summary>These programs take milliseconds; one that takes longer is stuck in the kernel, and waiting does not help.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <param name="input">Given to it on standard input; null: none.</param>
    /// <returns>What it printed, and why it failed; null when it did not.</returns>
    public static async Task<(string Output, string? Error)> RunAsync(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(Limit);
            try
            {
                if (input is not null)
                    await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync(limit.Token);
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return (await output, process.ExitCode == 0 ? null : $"{program}: {(await errors).Trim()}");
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return ("", $"{program} did not end within {Limit.TotalSeconds:0} s");
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return ("", $"{program}: {e.Message}");
        }
    }
}
