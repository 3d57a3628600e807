using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Futago.Testing.Processes;

/// <summary>
/// What a process does to its files, step by step, as strace sees it: first recorded, then the process is killed in front of each step in
/// turn. The kernel does not do a call any more in front of which the process is killed.
/// </summary>
public sealed partial class FileSteps : IAsyncDisposable
{
    /// <summary>With a question mark: some kernels do not have them.</summary>
    private const string Calls =
        "?unlink,unlinkat,?rename,?renameat,renameat2,?link,linkat,?mkdir,mkdirat,?rmdir,ftruncate,write,pwrite64,pwritev,fsync,fdatasync";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _strace;
    private readonly string _log;

    private FileSteps(Process strace, string log) => (_strace, _log) = (strace, log);

    /// <summary>A command line in front of a program that is to be recorded from its beginning. Its process stays the caller's child.</summary>
    public static IReadOnlyList<string> Recording(string log) => ["strace", "-D", .. Options(log), "-y", "-e", "trace=" + Calls];

    /// <summary>A command line in front of a program that is to be killed in front of a step.</summary>
    public static IReadOnlyList<string> Killing(FileStep step, string log) => ["strace", "-D", .. Options(log), .. Injection(step)];

    /// <summary>Records a process that runs, from the return of this on.</summary>
    public static Task<FileSteps> RecordAsync(int process) => AttachAsync(process, log => [.. Options(log), "-y", "-e", "trace=" + Calls]);

    /// <summary>Kills a process that runs in front of the step, which comes after the return of this.</summary>
    public static Task<FileSteps> KillAsync(int process, FileStep step) => AttachAsync(process, log => [.. Options(log), .. Injection(step)]);

    /// <summary>Ends the recording.</summary>
    /// <param name="below">Directories; what happened elsewhere is left out.</param>
    public async Task<IReadOnlyList<FileStep>> EndAsync(params string[] below)
    {
        await Command.RunOkAsync("kill", "-INT", _strace.Id.ToString(CultureInfo.InvariantCulture));
        await _strace.WaitForExitAsync().WaitAsync(Patience);
        return Read(_log, below);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
            _strace.Kill();
        await _strace.WaitForExitAsync();
        _strace.Dispose();
        File.Delete(_log);
    }

    /// <summary>In the order in which they began.</summary>
    public static IReadOnlyList<FileStep> Read(string log, params string[] below)
    {
        var steps = new List<FileStep>();
        foreach (var line in File.ReadLines(log))
        {
            if (CallLine().Match(line) is not { Success: true } match || line.Contains(" = -1 ", StringComparison.Ordinal))
                continue;
            var (call, arguments) = (match.Groups["call"].Value, match.Groups["arguments"].Value);
            var path = match.Groups["open"].Value;
            string? newPath = null;
            if (path.Length == 0)
            {
                var named = Quoted().Matches(arguments);
                if (named.Count == 0)
                    continue;
                path = named[0].Groups[1].Value;
                newPath = call.StartsWith("rename", StringComparison.Ordinal) ? named[^1].Groups[1].Value : null;
            }
            if (!below.Any(b => path == b || path.StartsWith(b + "/", StringComparison.Ordinal)))
                continue;
            steps.Add(new FileStep(call, path, newPath));
        }
        return steps;
    }

    /// <summary>
    /// Where a kill can find something else than in front of another step: the same call on the same file again (only its first is met) is a sync of a
    /// directory or of a log, and a killed process leaves what it has not synced.
    /// </summary>
    public static IEnumerable<(FileStep Step, int Index)> ToKillAt(IReadOnlyList<FileStep> steps) =>
        steps.Index().DistinctBy(s => (s.Item.Call, s.Item.Path)).Select(s => (s.Item, s.Index));

    /// <summary>What a loss of power could undo or tear although the operation has been answered; nothing when it kept to the order.</summary>
    public static IReadOnlyList<string> NotDurable(IReadOnlyList<FileStep> steps)
    {
        var faults = new List<string>();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.IsSync)
                continue;
            var after = steps.Skip(i + 1);
            if (step.IsWrite)
            {
                var sync = after.TakeWhile(s => !(s.IsRename && s.Path == step.Path)).Any(s => s.IsSync && s.Path == step.Path);
                if (!sync)
                    faults.Add($"{step} is not synced before anything depends on it");
                continue;
            }
            var directory = System.IO.Path.GetDirectoryName(step.NewPath ?? step.Path);
            if (!after.Any(s => s.IsSync && s.Path == directory))
                faults.Add($"the directory is not synced after {step}");
        }
        return faults;
    }

    private static string[] Options(string log) => ["-f", "-s", "0", "-e", "signal=none", "-o", log];

    private static string[] Injection(FileStep step) =>
        ["-P", step.Path, "-e", "trace=" + step.Call, "-e", $"inject={step.Call}:signal=KILL:when=1"];

    private static async Task<FileSteps> AttachAsync(int process, Func<string, IEnumerable<string>> arguments)
    {
        var log = Path.GetTempFileName();
        var strace = Process.Start(new ProcessStartInfo("strace", [.. arguments(log), "-p", process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        strace.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null)
                attached.TrySetException(new InvalidOperationException("strace ended before it had attached."));
            else if (e.Data.Contains(" attached", StringComparison.Ordinal))
                attached.TrySetResult();
        };
        strace.BeginErrorReadLine();
        await attached.Task.WaitAsync(Patience);
        return new FileSteps(strace, log);
    }

    [GeneratedRegex("""^\d+ +(?<call>[a-z0-9]+)\((?:\d+<(?<open>[^>]*)>)?(?<arguments>.*)""")]
    private static partial Regex CallLine();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
