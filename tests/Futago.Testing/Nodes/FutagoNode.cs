using System.Globalization;
using System.Text.Json;
using Futago.Testing.Processes;

namespace Futago.Testing.Nodes;

/// <summary>
/// A complete node on this machine, started and stopped by <c>run.sh</c> as an administrator would, on a data directory of
/// its own and free loopback ports.
/// </summary>
public sealed class FutagoNode : IAsyncDisposable
{
    private readonly string _dataDirectory;
    private readonly string? _passwordFile;

    private readonly int? _iscsiSpin;

    private FutagoNode(string dataDirectory, string? passwordFile, int? iscsiSpin)
    {
        _dataDirectory = dataDirectory;
        _passwordFile = passwordFile;
        _iscsiSpin = iscsiSpin;
    }

    public const string AdministratorPassword = "correct horse battery";

    public string DataDirectory => _dataDirectory;

    public string Id { get; private set; } = "";

    public Uri ConsoleUrl { get; private set; } = null!;

    public int IscsiPort { get; private set; }

    /// <param name="withAdministrator">True: the user <c>admin</c> with <see cref="AdministratorPassword"/> exists from the start.</param>
    /// <param name="iscsiSpin">For <c>--iscsi-spin</c>, in µs; null: what suits the machine.</param>
    public static async Task<FutagoNode> StartAsync(bool withAdministrator = true, int? iscsiSpin = null)
    {
        var data = Directory.CreateTempSubdirectory("futago-node-").FullName;
        string? passwordFile = null;
        if (withAdministrator)
        {
            passwordFile = Path.Combine(data, "password");
            await File.WriteAllTextAsync(passwordFile, AdministratorPassword + "\n");
        }
        var node = new FutagoNode(data, passwordFile, iscsiSpin);
        try
        {
            await node.StartAgainAsync();
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
        return node;
    }

    /// <summary>Starts the node on the data that it has.</summary>
    public async Task StartAgainAsync()
    {
        List<string> options = ["--detach", "--data", _dataDirectory];
        if (IscsiPort == 0)
        {
            var ports = FreePorts.Take(2);
            options.AddRange(["--console", $"127.0.0.1:{ports[0]}", "--iscsi", $"127.0.0.1:{ports[1]}"]);
        }
        if (_iscsiSpin is { } spin)
            options.AddRange(["--iscsi-spin", spin.ToString(CultureInfo.InvariantCulture)]);
        if (_passwordFile is not null)
            options.AddRange(["--admin-password-file", _passwordFile]);
        (await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), options, TimeSpan.FromMinutes(8))).EnsureSuccess();
        using var instance = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_dataDirectory, "instance.json")));
        Id = instance.RootElement.GetProperty("id").GetString()!;
        ConsoleUrl = new Uri(instance.RootElement.GetProperty("consoleUrl").GetString()!);
        var portal = instance.RootElement.GetProperty("iscsiPortal").GetString()!;
        IscsiPort = int.Parse(portal[(portal.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    public async Task StopAsync() =>
        (await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), ["--stop", "--data", _dataDirectory])).EnsureSuccess();

    /// <summary>Runs <c>./futago</c> against this node; the exit code is the caller's to judge.</summary>
    public Task<CommandResult> TryCliAsync(params string[] arguments) =>
        Command.RunAsync(Path.Combine(Checkout.Root, "futago"), ["--data", _dataDirectory, .. arguments]);

    /// <summary>Runs <c>./futago</c>, which must succeed.</summary>
    public async Task<string> CliAsync(params string[] arguments) => (await TryCliAsync(arguments)).EnsureSuccess().Output;

    /// <summary>Runs <c>./futago --json</c>, which must succeed, and parses what it printed.</summary>
    public async Task<JsonElement> CliJsonAsync(params string[] arguments)
    {
        using var document = JsonDocument.Parse(await CliAsync(["--json", .. arguments]));
        return document.RootElement.Clone();
    }

    /// <summary>The process ids of a part of this node (<c>futago-engine</c>, <c>futago-console</c>, <c>postgres</c>).</summary>
    public IReadOnlyList<int> FindProcesses(string part)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid))
                continue;
            try
            {
                // The guard's command line names the engine too: only the program itself counts.
                var command = File.ReadAllText($"{directory}/cmdline").Split('\0');
                var program = command[0].EndsWith("dotnet", StringComparison.Ordinal) && command.Length > 1 ? command[1] : command[0];
                if (Path.GetFileNameWithoutExtension(program) == part
                    && File.ReadAllText($"{directory}/environ").Split('\0').Contains($"FUTAGO_INSTANCE={Id}"))
                    found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended while we looked.
            }
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), ["--stop", "--data", _dataDirectory]);
        Directory.Delete(_dataDirectory, recursive: true);
    }
}
