using System.Diagnostics;
using System.Globalization;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Testing.Libiscsi;
using Futago.Testing.Nodes;
using Futago.Testing.Oracle;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>Two whole nodes in network namespaces with a replicated volume, set up with the lines that a person would type, and an initiator in a third one.</summary>
internal sealed class MirroredTwins : IAsyncDisposable
{
    public const string Target = "iqn.2026-01.example.futago:mirrored";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Twins _twins;

    private MirroredTwins(Twins twins) => _twins = twins;

    /// <summary>With an empty NAS volume nas0 in the place of a LUN.</summary>
    public static async Task<MirroredTwins> StartNasAsync(string size)
    {
        var twins = await Twins.StartAsync();
        try
        {
            await twins.CreateGroupsAsync("2GiB");
            await twins.CliAsync("a", "volume", "create", "vg00/nas0", "--type", "nas", "--size", size);
            await twins.PairAsync();
            await twins.CliAsync("a", "volume-replication", "create", "replication1", "--source", "vg00/nas0", "--destination", "vg00/nas0", "--create-destination");
            await twins.CliAsync("a", "volume-replication", "start", "replication1", "--wait-synced");
            return new MirroredTwins(twins);
        }
        catch
        {
            await twins.DisposeAsync();
            throw;
        }
    }

    public static async Task<MirroredTwins> StartAsync(string size)
    {
        var twins = await Twins.StartAsync();
        try
        {
            await twins.CreateGroupsAsync("2GiB");
            await twins.CliAsync("a", "volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", size);
            await twins.PairAsync();
            await twins.CliAsync("a", "volume-replication", "create", "replication1", "--source", "vg00/lv0000", "--destination", "vg00/lv0000", "--create-destination");
            await twins.CliAsync("a", "volume-replication", "start", "replication1", "--wait-synced");
            await twins.CliAsync("a", "target", "create", Target);
            await twins.CliAsync("a", "lun", "add", Target, "--volume", "vg00/lv0000", "--lun", "1");
            await twins.CliAsync("a", "access", "allow", Target, "--address", "10.77.0.3");
            await twins.CliAsync("a", "target", "start", Target);
            return new MirroredTwins(twins);
        }
        catch
        {
            await twins.DisposeAsync();
            throw;
        }
    }

    public Twins Twins => _twins;

    /// <summary>Runs on a thread in the client's namespace.</summary>
    public static Task<T> AsClientAsync<T>(Func<T> work) => NetworkNamespace.RunAsync("futago-client", work);

    /// <summary>A session, in the client's namespace; tried until the LUN serves.</summary>
    public static LibiscsiSession Connect(int queueDepth)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (LibiscsiSession.TryConnect("10.77.0.1:3260", Target, 1, "iqn.2026-01.example.client:oracle", queueDepth, WriteOracle.BlockBytes, isid: 1) is { } session)
            {
                var reads = false;
                session.Read(0, data => reads = !data.IsEmpty);
                while (session is { Broken: false, InFlight: > 0 })
                    session.Pump(50);
                if (reads)
                    return session;
                session.Dispose();
            }
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException("The LUN does not serve.");
            // The thread is the client's: it waits itself.
            new ManualResetEventSlim().Wait(100);
        }
    }

    /// <summary>Processes of a node, by the name of the program.</summary>
    public IReadOnlyList<int> Find(string node, string program)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                continue;
            try
            {
                var command = File.ReadAllText($"{directory}/cmdline").Split('\0');
                var name = Path.GetFileNameWithoutExtension(command[0].EndsWith("dotnet", StringComparison.Ordinal) && command.Length > 1 ? command[1] : command[0]);
                if (name == program && File.ReadAllText($"{directory}/environ").Contains(Instance(node), StringComparison.Ordinal))
                    found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended while we looked.
            }
        }
        return found;
    }

    public async Task SignalAsync(string node, string program, string signal)
    {
        foreach (var pid in Find(node, program))
            await Command.RunAsync("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
    }

    public static Task LinkAsync(bool up) => Command.RunOkAsync("ip", "-n", "futago-a", "link", "set", "eth1", up ? "up" : "down");

    /// <summary>Asks the engine itself: the console may be what was just killed.</summary>
    public async Task<ReplicationStatus?> TryStatusAsync(string node)
    {
        try
        {
            using var client = new EngineClient($"{_twins.RuntimeDirectory(node)}/engine.sock");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return (await client.ListReplicationsAsync(limit.Token)).SingleOrDefault();
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task WhenInSyncAsync(string source = "a")
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var (a, b) = (await TryStatusAsync(source), await TryStatusAsync(source == "a" ? "b" : "a"));
            if (a is { Connection: ReplicationConnection.Connected, Role: ReplicationRole.Source, Data: DataState.UpToDate, PeerData: DataState.UpToDate, OutOfSyncBytes: 0, Resync: null }
                && b is { Connection: ReplicationConnection.Connected, Data: DataState.UpToDate })
                return;
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"The two do not become equal: {a}\n{b}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <summary>The volume's file as its node sees it.</summary>
    public async Task<byte[]> ReadDataAsync(string node)
    {
        var engine = Assert.Single(Find(node, "futago-engine"));
        var groups = $"/proc/{engine}/root{_twins.RuntimeDirectory(node)}/groups/vg00/volumes";
        return await File.ReadAllBytesAsync(Path.Combine(Assert.Single(Directory.GetDirectories(groups)), "data"));
    }

    public ValueTask DisposeAsync() => _twins.DisposeAsync();

    private string Instance(string node) => $"FUTAGO_INSTANCE={_twins.InstanceId(node)}";
}
