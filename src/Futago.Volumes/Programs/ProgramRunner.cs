using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Futago.Volumes.Programs;

/// <summary>
/// Runs the few external programs that are needed (mkfs.xfs, blkid, wipefs): arguments as a list and never through a shell,
/// untranslated messages, a time limit, bounded output.
/// </summary>
public static class ProgramRunner
{
    private const int OutputCharactersMaximum = 1 << 20;
    private const int ErrorCharactersMaximum = 500;

    /// <param name="input">What it reads from standard input; never in a log.</param>
    /// <param name="environment">Variables beside LC_ALL and PATH, which are all it gets else.</param>
    /// <exception cref="StorageException">The program is not installed, or took longer than <paramref name="timeout"/> and was ended.</exception>
    public static async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan timeout, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Start(start);
        await GiveAsync(process, input);
        var output = ReadAsync(process.StandardOutput, OutputCharactersMaximum);
        var error = ReadAsync(process.StandardError, ErrorCharactersMaximum);
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new StorageException(
                new StorageProblem(StorageCodes.Internal, $"{program} did not finish within {timeout.TotalSeconds:0} s and was ended."),
                RefusalKind.Conflict);
        }
        return new ProgramResult(process.ExitCode, await output, (await error).ReplaceLineEndings(" ").Trim());
    }

    private static async Task GiveAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all; its exit code says why.
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        // Resolved here against the system directories, so that neither PATH nor the working directory can bring in another program.
        string[] directories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
        var path = directories.Select(d => Path.Combine(d, start.FileName)).FirstOrDefault(File.Exists);
        try
        {
            start.FileName = path ?? throw new Win32Exception(2);
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new StorageException(
                new StorageProblem(StorageCodes.Internal, $"The program {start.FileName} cannot be run ({e.Message}); install its package and try again."),
                RefusalKind.Conflict,
                e);
        }
    }

    /// <summary>Reads to the end, so that the program never blocks on a full pipe, and keeps the first part.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, int charactersMaximum)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
            kept.Append(buffer, 0, Math.Min(count, charactersMaximum - kept.Length));
        return kept.ToString();
    }
}
