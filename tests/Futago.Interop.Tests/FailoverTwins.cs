using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Testing.Libiscsi;
using Futago.Testing.Nodes;
using Futago.Testing.Oracle;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>Twins with one mirrored volume that both offer as the same target behind a virtual IP. Configured through the engines' own API; the consoles stand still.</summary>
internal sealed class FailoverTwins : IAsyncDisposable
{
    public const string VirtualIp = "10.77.0.10";

    /// <summary>All of them: a second path, and one of IPv6.</summary>
    public static readonly IReadOnlyList<string> VirtualIps = [VirtualIp, "10.77.0.11", "fd77::10"];

    public const string Portal = VirtualIp + ":3260";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly MirroredTwins _mirrored;
    private Process? _witness;
    private readonly Dictionary<string, EngineConfiguration> _configurations = [];
    private long _revision = 1_000_000;

    private FailoverTwins(MirroredTwins mirrored) => _mirrored = mirrored;

    public MirroredTwins Mirrored => _mirrored;

    /// <summary>Configured on both nodes, and not started.</summary>
    public static async Task<FailoverTwins> ConfigureAsync(FailoverPolicy policy, string size = "64MiB")
    {
        var mirrored = await MirroredTwins.StartAsync(size);
        FailoverTwins? twins = null;
        try
        {
            foreach (var node in new[] { "a", "b" })
                await mirrored.SignalAsync(node, "futago-console", "STOP");
            twins = new FailoverTwins(mirrored);
            if (policy == FailoverPolicy.Witness)
                twins.StartWitness();
            await CountAnswersAsync();
            await Command.RunOkAsync("ip", "-n", "futago-client", "addr", "add", "fd77::3/64", "dev", "eth0", "nodad");
            await twins.PushAsync(policy);
            return twins;
        }
        catch
        {
            if (twins is not null)
                await twins.DisposeAsync();
            else
                await mirrored.DisposeAsync();
            throw;
        }
    }

    /// <summary>Running, with node a active.</summary>
    public static async Task<FailoverTwins> StartAsync(FailoverPolicy policy, string size = "64MiB")
    {
        var twins = await ConfigureAsync(policy, size);
        try
        {
            await twins.WhenAsync("a", s => s is { Peer.Visible: true, Data: Futago.Engine.Contracts.Replication.DataState.UpToDate });
            await twins.RunAsync("a", c => c.StartFailoverAsync());
            await twins.WhenReadyAsync("a");
            if (policy == FailoverPolicy.Witness)
                await twins.WhenWitnessKnowsAsync();
            return twins;
        }
        catch (Exception e)
        {
            var log = await twins.LogAsync();
            await twins.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{log}", e);
        }
    }

    public static string Other(string node) => node == "a" ? "b" : "a";

    /// <summary>What the engines of both nodes wrote lately, for a test that fails.</summary>
    public async Task<string> LogAsync()
    {
        var text = "";
        foreach (var node in new[] { "a", "b" })
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(_mirrored.Twins.DataDirectory, node, "log", "engine.log"));
            text += $"--- engine of {node}\n{string.Join('\n', lines.TakeLast(60))}\n";
        }
        return text;
    }

    public async Task<T> AskAsync<T>(string node, Func<EngineClient, CancellationToken, Task<T>> question)
    {
        using var client = new EngineClient($"{_mirrored.Twins.RuntimeDirectory(node)}/engine.sock");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await question(client, limit.Token);
    }

    public Task RunAsync(string node, Func<EngineClient, Task> command) => AskAsync(node, async (client, _) =>
    {
        await command(client);
        return true;
    });

    public async Task<FailoverStatus?> TryStatusAsync(string node)
    {
        try
        {
            using var client = new EngineClient($"{_mirrored.Twins.RuntimeDirectory(node)}/engine.sock");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            return await client.GetFailoverAsync(limit.Token);
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<FailoverStatus> WhenAsync(string node, Func<FailoverStatus, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var status = await TryStatusAsync(node);
            if (status is not null && wanted(status))
                return status;
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"The failover of {node} does not become what it should: {status}\n{await LogAsync()}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>A node that serves registers the pair within seconds; before that the witness would let nobody take over.</summary>
    private async Task WhenWitnessKnowsAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!Directory.EnumerateFiles(WitnessDirectory).Any(f => Guid.TryParse(Path.GetFileNameWithoutExtension(f), out _)))
            await Task.Delay(100, limit.Token);
    }

    /// <summary>One node is active, mirrored, and could switch.</summary>
    public Task<FailoverStatus> WhenReadyAsync(string node) => WhenAsync(node, s => s is { State: FailoverState.ActiveMirrored, SwitchProblem: null });

    /// <summary>Either node serves, in a later term.</summary>
    public async Task WhenAnyServesAfterAsync(ulong term)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!(await Task.WhenAll(TryStatusAsync("a"), TryStatusAsync("b"))).Any(s => s is { State: FailoverState.ActiveAlone or FailoverState.ActiveMirrored } && s.Term > term))
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Neither node serves again:\n{await LogAsync()}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <returns>Whichever node is active, mirrored, and could switch.</returns>
    public async Task<string> WhenAnyReadyAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (var node in new[] { "a", "b" })
            {
                if (await TryStatusAsync(node) is { State: FailoverState.ActiveMirrored, SwitchProblem: null })
                    return node;
            }
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Neither node becomes active and in sync:\n{await TryStatusAsync("a")}\n{await TryStatusAsync("b")}\n{await LogAsync()}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    public Task SignalAsync(string node, string signal, bool guardToo) => Task.WhenAll(
        guardToo ? _mirrored.SignalAsync(node, "futago-guard", signal) : Task.CompletedTask, _mirrored.SignalAsync(node, "futago-engine", signal));

    /// <summary>Guard and engine die and do not come back.</summary>
    public async Task DieAsync(string node)
    {
        await SupervisorAsync(node, "STOP");
        await SignalAsync(node, "KILL", guardToo: true);
    }

    /// <summary>The opposite of <see cref="DieAsync"/>.</summary>
    public Task ReviveAsync(string node) => SupervisorAsync(node, "CONT");

    private Task SupervisorAsync(string node, string signal) =>
        Command.RunOkAsync("kill", "-" + signal, File.ReadAllText($"{_mirrored.Twins.RuntimeDirectory(node)}/supervisor.pid").Trim());

    public void StartWitness()
    {
        var start = new ProcessStartInfo("ip") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "netns", "exec", "futago-client", Path.Combine(Checkout.Root, "futago"), "witness", "--listen", "10.77.0.3:7791", "--data", WitnessDirectory })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _witness = process;
    }

    /// <summary>Kills the witness; what it has on disk stays.</summary>
    public void StopWitness()
    {
        _witness?.Kill(entireProcessTree: true);
        _witness?.WaitForExit();
        _witness?.Dispose();
        _witness = null;
    }

    /// <summary>What was started is the program itself: everything before it has made place for it.</summary>
    public Task SignalWitnessAsync(string signal) => Command.RunOkAsync("kill", "-" + signal, _witness!.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>From now on every request to the disk of a node fails, until the file system is mounted again.</summary>
    public async Task FailDiskAsync(string node)
    {
        var engine = Assert.Single(_mirrored.Find(node, "futago-engine"));
        await Command.RunOkAsync("nsenter", "-t", engine.ToString(CultureInfo.InvariantCulture), "-m", "xfs_io", "-x", "-c", "shutdown",
            Path.Combine(_mirrored.Twins.RuntimeDirectory(node), "groups", "vg00"));
    }

    /// <summary>How many packets, other than resets, a node has sent from the port of the iSCSI service: counted where its cable ends.</summary>
    public static async Task<long> AnswersAsync(string node)
    {
        var counters = await Command.RunOkAsync("ip", "netns", "exec", "futago-net", "nft", "-j", "list", "chain", "netdev", "answers", node);
        using var document = JsonDocument.Parse(counters);
        return document.RootElement.GetProperty("nftables").EnumerateArray().Where(e => e.TryGetProperty("rule", out _))
            .SelectMany(e => e.GetProperty("rule").GetProperty("expr").EnumerateArray()).Where(e => e.TryGetProperty("counter", out _))
            .Sum(e => e.GetProperty("counter").GetProperty("packets").GetInt64());
    }

    private string WitnessDirectory => Path.Combine(_mirrored.Twins.DataDirectory, "witness");

    private static async Task CountAnswersAsync()
    {
        await Command.RunOkAsync("ip", "netns", "exec", "futago-net", "nft", "add table netdev answers");
        foreach (var (node, port) in new[] { ("a", "port1"), ("b", "port2") })
        {
            await Command.RunOkAsync("ip", "netns", "exec", "futago-net", "nft",
                $"add chain netdev answers {node} {{ type filter hook ingress device {port} priority 0; }}; add rule netdev answers {node} tcp sport 3260 tcp flags & rst != rst counter");
        }
    }

    /// <summary>Runs a program in a node's network namespace.</summary>
    public static Task<string> InAsync(string node, params string[] command) => Command.RunOkAsync("ip", ["netns", "exec", $"futago-{node}", .. command]);

    /// <summary>Whether the packet filter of a node lets initiators through now, as the kernel says.</summary>
    public static async Task<bool> IsOpenAsync(string node)
    {
        var sets = await Command.RunAsync("ip", ["netns", "exec", $"futago-{node}", "nft", "list", "ruleset"]);
        return sets.Output.Contains("elements", StringComparison.Ordinal);
    }

    /// <summary>Runs in the client's namespace. A session through the virtual IP as soon as there is one that reads.</summary>
    /// <returns>Null: it was told to stop.</returns>
    public static LibiscsiSession? Connect(int queueDepth, Func<bool> stop, string initiator = "iqn.2026-01.example.client:oracle")
    {
        while (!stop())
        {
            if (!Answers())
                continue;
            if (LibiscsiSession.TryConnect(Portal, MirroredTwins.Target, 1, initiator, queueDepth, WriteOracle.BlockBytes, timeoutSeconds: 3, isid: 1) is { } session)
                return session;
            Wait(50);
        }
        return null;
    }

    public static void Wait(int milliseconds) => new ManualResetEventSlim().Wait(milliseconds);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { "a", "b" })
        {
            await ReviveAsync(node);
            foreach (var program in new[] { "futago-guard", "futago-engine", "futago-console" })
                await _mirrored.SignalAsync(node, program, "CONT");
        }
        StopWitness();
        await _mirrored.DisposeAsync();
    }

    private async Task PushAsync(FailoverPolicy policy)
    {
        var here = await StoredAsync("a");
        var there = await StoredAsync("b");
        var id = Guid.NewGuid();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        WitnessConfiguration? witness = null;
        if (policy == FailoverPolicy.Witness)
            witness = new WitnessConfiguration("10.77.0.3", 7791, (await ProbeWitnessAsync(new ProbeWitnessRequest("10.77.0.3", 7791, id, key))).PublicKey);
        var target = here.Targets.Single() with { AccessRules = [new AccessRuleConfiguration("ALL", null)] };
        var lun = target.Luns.Single();
        foreach (var (node, stored, volume, number) in new[] { ("a", here, lun.VolumeId, 1), ("b", there, there.Replications.Single().VolumeId, 2) })
        {
            var other = 3 - number;
            _configurations[node] = stored with
            {
                Revision = ++_revision,
                Portals = [.. stored.Portals, new PortalConfiguration("::", 3260)],
                Targets = [target with { Luns = [lun with { VolumeId = volume }] }],
                Failover = new FailoverConfiguration(
                    id, IsPrimary: node == "a", policy, key,
                    [.. VirtualIps.Select(v => new VirtualIpConfiguration(v, v.Contains(':') ? 64 : 24, "eth0"))],
                    [
                        new HeartbeatPathConfiguration("eth0", $"10.77.0.{number}", $"10.77.0.{other}"),
                        new HeartbeatPathConfiguration("eth1", $"10.78.0.{number}", $"10.78.0.{other}"),
                    ],
                    ["10.77.0.254"], witness, [stored.Replications.Single().Id], [target.Id], new FailoverTiming()),
            };
            await ApplyAsync(node, _configurations[node]);
        }
    }

    /// <summary>Pushes a change that the engine may refuse.</summary>
    public Task TryApplyAsync(string node, Func<EngineConfiguration, EngineConfiguration> change) =>
        ApplyAsync(node, change(_configurations[node]) with { Revision = ++_revision });

    private Task ApplyAsync(string node, EngineConfiguration configuration) => AskAsync(node, (client, limit) => client.ApplyConfigurationAsync(configuration, limit));

    private async Task<ProbeWitnessResult> ProbeWitnessAsync(ProbeWitnessRequest request)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await AskAsync("a", (client, cancellation) => client.ProbeWitnessAsync(request, cancellation));
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.WitnessUnusable && !limit.IsCancellationRequested)
            {
                // It is being started.
                await Task.Delay(200, CancellationToken.None);
            }
        }
    }

    private async Task<EngineConfiguration> StoredAsync(string node)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_mirrored.Twins.DataDirectory, node, "engine", "configuration.json")));
        return document.RootElement.GetProperty("configuration").Deserialize<EngineConfiguration>(EngineJson.Options)!;
    }

    /// <summary>Connections to a closed port are dropped, not refused: a real initiator tries again soon, and so does this one.</summary>
    private static bool Answers()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Blocking = false;
            try
            {
                socket.Connect(VirtualIp, 3260);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // As it should be.
            }
            return socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectWrite) && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0;
        }
        catch (SocketException)
        {
            Wait(50);
            return false;
        }
    }
}
