using System.Text.Json;
using Futago.Testing.Processes;

namespace Futago.Testing.Nodes;

/// <summary>
/// Two nodes and a client in network namespaces, made by <c>run.sh --twins</c>: one pair per machine at a time. Test processes that
/// run side by side wait for each other.
/// </summary>
public sealed class Twins : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(20);

    private readonly FileStream _turn;

    private Twins(string dataDirectory, FileStream turn)
    {
        DataDirectory = dataDirectory;
        _turn = turn;
    }

    public string DataDirectory { get; }

    public static async Task<Twins> StartAsync()
    {
        var turn = await WaitForTurnAsync();
        var twins = new Twins(Directory.CreateTempSubdirectory("futago-twins-").FullName, turn);
        try
        {
            var passwordFile = Path.Combine(twins.DataDirectory, "password");
            await File.WriteAllTextAsync(passwordFile, FutagoNode.AdministratorPassword + "\n");
            (await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"),
                ["--twins", "--detach", "--data", twins.DataDirectory, "--admin-password-file", passwordFile], TimeSpan.FromMinutes(8))).EnsureSuccess();
        }
        catch
        {
            await twins.DisposeAsync();
            throw;
        }
        return twins;
    }

    /// <summary>The loopback URL of a node's console.</summary>
    /// <param name="node"><c>a</c> or <c>b</c>.</param>
    public async Task<Uri> ConsoleUrlAsync(string node)
    {
        using var instance = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(DataDirectory, node, "instance.json")));
        return new Uri(instance.RootElement.GetProperty("consoleUrl").GetString()!);
    }

    /// <summary>What marks the processes of a node.</summary>
    public string InstanceId(string node)
    {
        using var instance = JsonDocument.Parse(File.ReadAllText(Path.Combine(DataDirectory, node, "instance.json")));
        return instance.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Where a node has its sockets, process ids and mounts.</summary>
    public string RuntimeDirectory(string node) => $"/run/futago/{InstanceId(node)}";

    /// <summary>Makes the volume group vg00 on a disk image of its own on each node.</summary>
    /// <param name="unitSize">Of each image, as the command line takes it.</param>
    public async Task CreateGroupsAsync(string unitSize)
    {
        foreach (var node in new[] { "a", "b" })
        {
            var image = Path.Combine(DataDirectory, node, "unit0.img");
            await CliAsync(node, "unit", "create-image", image, "--size", unitSize);
            await CliAsync(node, "group", "create", "vg00", "--unit", image);
        }
    }

    /// <summary>Makes the nodes a pair over the network of the synchronisation.</summary>
    public async Task PairAsync()
    {
        var code = (await CliAsync("b", "pair", "code")).Trim();
        await CliAsync("a", "pair", "join", "10.78.0.2", "--code", code);
    }

    /// <summary>The root of a NAS volume, reached from outside the node's mount namespace.</summary>
    /// <param name="volume"><c>group/name</c>.</param>
    public async Task<string> RootOfAsync(string node, string volume)
    {
        var guard = (await File.ReadAllTextAsync($"{RuntimeDirectory(node)}/guard.pid")).Trim();
        using var volumes = JsonDocument.Parse(await CliAsync(node, "--json", "volume", "list"));
        var found = volumes.RootElement.EnumerateArray().Single(v => $"{v.GetProperty("group").GetString()}/{v.GetProperty("name").GetString()}" == volume);
        return $"/proc/{guard}/root{found.GetProperty("fileSystem").GetProperty("mountPoint").GetString()}";
    }

    /// <summary>
    /// Runs <c>./futago --node</c> against these twins; the exit code is the caller's to judge. They are named by their directory:
    /// other tests start nodes from this checkout meanwhile.
    /// </summary>
    public Task<CommandResult> TryCliAsync(string node, IReadOnlyList<string> arguments, TimeSpan? limit = null) =>
        Command.RunAsync(Path.Combine(Checkout.Root, "futago"), ["--data", DataDirectory, "--node", node, .. arguments], limit);

    /// <summary>Runs <c>./futago --node</c>, which must succeed.</summary>
    public async Task<string> CliAsync(string node, params string[] arguments) => (await TryCliAsync(node, arguments)).EnsureSuccess().Output;

    /// <summary>Runs a program in the namespace of the client, which must succeed.</summary>
    public static Task<string> ClientAsync(params string[] arguments) =>
        Command.RunOkAsync("ip", ["netns", "exec", "futago-client", .. arguments]);

    public async Task StopAsync() =>
        (await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), ["--stop", "--data", DataDirectory])).EnsureSuccess();

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), ["--twins", "--stop", "--data", DataDirectory]);
        Directory.Delete(DataDirectory, recursive: true);
        await _turn.DisposeAsync();
    }

    /// <summary>The kernel gives the lock back when the process that holds it ends, however it ends.</summary>
    private static async Task<FileStream> WaitForTurnAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Path.GetTempPath(), "futago-twins-tests.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);
            }
        }
    }
}
