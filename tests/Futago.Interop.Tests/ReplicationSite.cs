using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>
/// Two NAS volumes of the fixture's node, with the agent between them, for one test: real snapshots, mounts, TLS, rsync and PostgreSQL. At
/// its end nothing of a run may be left: no snapshot, mount, loop device or process.
/// </summary>
internal sealed class ReplicationSite : IAsyncDisposable
{
    public const string Password = "correct horse";

    private static int _lastNumber;

    private readonly FutagoNode _node;
    private readonly string _number = Interlocked.Increment(ref _lastNumber).ToString(CultureInfo.InvariantCulture);
    private readonly List<string> _tasks = [];

    private ReplicationSite(FutagoNode node) => _node = node;

    public int Port { get; private set; }

    public string Share => $"to{_number}";

    public string SourceVolume => $"vg00/from{_number}";

    public string DestinationVolume => $"vg00/to{_number}";

    public string SourceRoot { get; private set; } = "";

    public string DestinationRoot { get; private set; } = "";

    /// <summary>Holds the password of the data replication user.</summary>
    public string PasswordFile => Path.Combine(_node.DataDirectory, $"replication-password{_number}");

    public static async Task<ReplicationSite> StartAsync(NodeFixture fixture)
    {
        var site = new ReplicationSite(fixture.Node);
        foreach (var volume in new[] { site.SourceVolume, site.DestinationVolume })
            await site.CliAsync("volume", "create", volume, "--type", "nas", "--size", "512MiB", "--thin");
        await site.CliAsync("share", "create", site.Share, "--volume", site.DestinationVolume);
        site.Port = FreePorts.Take(1)[0];
        await site.CliAsync("agent", "enable", "--port", site.Port.ToString(CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync(site.PasswordFile, Password);
        await site.CliAsync("share", "set", site.Share, "--data-replication", "on", "--user", "repl", "--password-file", site.PasswordFile, "--allow", "127.0.0.0/8");
        await site.FindRootsAsync();
        return site;
    }

    /// <summary>Where the file systems are mounted, as this process can reach them. To be called again after a restart of the engine.</summary>
    public async Task FindRootsAsync()
    {
        var engine = _node.FindProcesses("futago-engine").Single();
        var volumes = await _node.CliJsonAsync("volume", "list");
        string RootOf(string path) => $"/proc/{engine.ToString(CultureInfo.InvariantCulture)}/root" + volumes.EnumerateArray()
            .Single(v => $"{v.GetProperty("group").GetString()}/{v.GetProperty("name").GetString()}" == path).GetProperty("fileSystem").GetProperty("mountPoint").GetString();
        (SourceRoot, DestinationRoot) = (RootOf(SourceVolume), RootOf(DestinationVolume));
    }

    public Task<string> CliAsync(params string[] arguments) => _node.CliAsync(arguments);

    public Task<CommandResult> TryCliAsync(params string[] arguments) => _node.TryCliAsync(arguments);

    /// <summary>Makes a task from the source to the share; options come last.</summary>
    public async Task<string> CreateTaskAsync(params string[] options)
    {
        var name = $"task{_number}-{_tasks.Count.ToString(CultureInfo.InvariantCulture)}";
        (await TryCreateTaskAsync(name, options)).EnsureSuccess();
        _tasks.Add(name);
        return name;
    }

    /// <param name="options">Option and value in turn; they replace those that lead from the source to the share.</param>
    public Task<CommandResult> TryCreateTaskAsync(string name, params string[] options)
    {
        var all = new Dictionary<string, string>
        {
            ["--source"] = SourceVolume,
            ["--destination"] = "127.0.0.1",
            ["--port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["--share"] = Share,
            ["--user"] = "repl",
            ["--password-file"] = PasswordFile,
        };
        for (var i = 0; i < options.Length; i += 2)
            all[options[i]] = options[i + 1];
        return TryCliAsync(["data-replication", "create", name, .. all.SelectMany(o => new[] { o.Key, o.Value })]);
    }

    /// <summary>Runs the task to its end.</summary>
    /// <returns>The run as the API has it.</returns>
    public async Task<JsonElement> RunAsync(string task)
    {
        using var document = JsonDocument.Parse((await TryCliAsync("--json", "data-replication", "start", task, "--wait")).Output);
        return document.RootElement.Clone();
    }

    /// <summary>The newest lines of the task's log, the newest last: status and action.</summary>
    public async Task<string[]> LogAsync(string task) =>
    [
        .. (await _node.CliJsonAsync("task", "log", "--task", task)).EnumerateArray().Reverse()
            .Select(l => $"{l.GetProperty("status").GetString()} {l.GetProperty("action").GetString()}"),
    ];

    public async Task WaitForAsync(Func<Task<bool>> reached, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), what);
            await Task.Delay(100);
        }
    }

    /// <summary>What the task is doing, or null when it does not run.</summary>
    public async Task<JsonElement?> RunningAsync(string task)
    {
        foreach (var run in (await _node.CliJsonAsync("task", "running")).EnumerateArray())
        {
            if (run.GetProperty("taskName").GetString() == task)
                return run;
        }
        return null;
    }

    /// <summary>Of a run, whatever became of it.</summary>
    public async Task AssertNothingLeftAsync()
    {
        var snapshots = (await _node.CliJsonAsync("snapshot", "list")).EnumerateArray().Select(s => s.GetProperty("name").GetString()!).Where(n => n.StartsWith("run-", StringComparison.Ordinal));
        Assert.Empty(snapshots);
        var engine = _node.FindProcesses("futago-engine").Single().ToString(CultureInfo.InvariantCulture);
        Assert.DoesNotContain(await File.ReadAllLinesAsync($"/proc/{engine}/mounts"), l => l.Contains("/.snapshots/", StringComparison.Ordinal));
        // Loop devices are the machine's: other nodes may have snapshots of theirs mounted.
        var loops = (await Command.RunOkAsync("losetup", "--list", "--noheadings", "--output", "BACK-FILE")).Split('\n');
        Assert.DoesNotContain(loops, l => l.Contains($"/{_node.Id}/", StringComparison.Ordinal) && l.Contains("/snapshots/", StringComparison.Ordinal));
        Assert.Empty(_node.FindProcesses("rsync"));
    }

    /// <summary>Both trees are the same, attributes and links included.</summary>
    public async Task AssertSameAsync()
    {
        var difference = await TreeDigest.DifferenceAsync(SourceRoot, DestinationRoot);
        Assert.True(difference.Length == 0, difference);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var task in _tasks)
            await TryCliAsync("data-replication", "delete", task, "--yes");
        await TryCliAsync("share", "set", Share, "--data-replication", "off");
        await TryCliAsync("share", "delete", Share, "--yes");
        foreach (var volume in new[] { SourceVolume, DestinationVolume })
            await TryCliAsync("volume", "delete", volume, "--yes");
    }
}
