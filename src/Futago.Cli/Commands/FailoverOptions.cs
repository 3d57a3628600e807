using System.CommandLine;
using System.Globalization;
using Futago.Console.Client.Failover;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Failover;

namespace Futago.Cli.Commands;

/// <summary>What a failover is made of, as options of the verbs that make and change it.</summary>
internal sealed class FailoverOptions
{
    private readonly Option<string[]> _tasks = Several("--task", "NAME", "Volume replication task that takes part; can be given more than once.");
    private readonly Option<string[]> _virtualIps = Several("--virtual-ip", "ADDRESS/PREFIX", "Virtual IP, such as 10.77.0.10/24; can be given more than once.");
    private readonly Option<string[]> _nics = Several("--nic", "NIC[:PEERNIC]", "NIC that takes the virtual IP; once for all, or once for each virtual IP. The peer's has the same name unless given.");
    private readonly Option<string?> _broadcast = Values.Text("--broadcast", "ADDRESS", "Broadcast address of the virtual IP, when it is not the last one of its network.");
    private readonly Option<string[]> _auxiliaries = Several("--auxiliary", "NIC[:PEERNIC]", "Auxiliary connection; can be given more than once.");
    private readonly Option<string[]> _pingNodes = Several("--ping-node", "ADDRESS", "Ping node; can be given more than once.");
    private readonly Option<string?> _witness = Values.Text("--witness", "ADDRESS[:PORT]", "Witness; none for no witness.");
    private readonly Option<string?> _policy = Values.Choice("--policy", "Who decides when the nodes do not see each other; without this it follows from what there is.", "witness", "ping-only", "manual");
    private readonly Option<string?> _primary = Values.Choice("--primary", "Node that serves when nothing else decides; the source unless given.", "here", "peer");

    private readonly Option<string[]> _volumes = Several("--volume", "GROUP/NAME", "Volume to be made on both nodes, replicated, and taking part; can be given more than once.");
    private readonly Option<string[]> _sizes = Several("--size", "SIZE", "Size of the new volume, for example 10GiB; once for all, or once for each.");
    private readonly Option<string[]> _peerVolumes = Several("--peer-volume", "GROUP/NAME", "Path of the new volume on the peer, when it is another one; once for each.");
    private readonly Option<string[]> _targets = Several("--target", "NAME", "Target that has the new volume as LUN, made when there is none; once for all, or once for each.");
    private readonly Option<string[]> _luns = Several("--lun", "NUMBER", "LUN number of the new volume, once for each; the lowest free one unless given.");
    private readonly Option<string?> _allow = Values.Text("--allow", "ADDRESS", "Who may log in to the target: IP address, subnet such as 10.77.0.0/24, or ALL.");
    private readonly Option<bool> _thin = Values.Flag("--thin", "The new volumes take space only as it is written.");

    /// <summary>Also those that make volumes.</summary>
    public Symbol[] WithVolumes => [.. All, _volumes, _sizes, _peerVolumes, _targets, _luns, _allow, _thin];

    public Symbol[] All => [_tasks, _virtualIps, _nics, _broadcast, _auxiliaries, _pingNodes, _witness, _policy, _primary];

    /// <exception cref="UsageException">The options do not go together.</exception>
    public FailoverChange Read(Invocation call) => new(
        List(call, _tasks),
        VirtualIps(call),
        List(call, _auxiliaries)?.Select(text => Pair(text) is var (nic, peer) ? new AuxiliaryChange(nic, peer) : null!).ToList(),
        List(call, _pingNodes),
        call.Value(_policy) switch
        {
            null => null,
            "ping-only" => FailoverPolicy.PingOnly,
            var word => Values.Enumerated<FailoverPolicy>(word),
        },
        call.Value(_witness) is { } witness ? None(witness) ? "" : witness : null,
        call.Value(_primary) is { } side ? Values.Enumerated<PairSide>(side) : null);

    /// <summary>The same, with the volumes that are to be made.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public FailoverChange ReadWithVolumes(Invocation call)
    {
        var volumes = call.Value(_volumes) ?? [];
        var (sizes, peerVolumes, targets, luns) = (call.Value(_sizes) ?? [], call.Value(_peerVolumes) ?? [], call.Value(_targets) ?? [], call.Value(_luns) ?? []);
        if (volumes.Length == 0)
            return sizes.Length + peerVolumes.Length + targets.Length + luns.Length == 0 && call.Value(_allow) is null && !call.Value(_thin)
                ? Read(call) : throw new UsageException("--size, --peer-volume, --target, --lun, --allow and --thin go with --volume.");
        return Read(call) with
        {
            NewVolumes =
            [
                .. volumes.Select((volume, at) => new NewFailoverVolume(
                    volume,
                    Values.Size(One(sizes, at, "--size"), "--size"),
                    One(targets, at, "--target"),
                    peerVolumes.Length == 0 ? null : Each(peerVolumes, at, "--peer-volume"),
                    Lun: luns.Length == 0 ? null : int.TryParse(Each(luns, at, "--lun"), NumberStyles.None, CultureInfo.InvariantCulture, out var lun) ? lun : throw new UsageException("--lun takes a number."),
                    Thin: call.Value(_thin),
                    Allow: call.Value(_allow))),
            ],
        };

        string One(string[] values, int at, string option) => values.Length == 1 ? values[0] : Each(values, at, option, "once for all new volumes, or once for each of them");

        string Each(string[] values, int at, string option, string how = "once for each new volume") =>
            values.Length == volumes.Length ? values[at] : throw new UsageException($"Give {option} {how}.");
    }

    private List<VirtualIpChange>? VirtualIps(Invocation call)
    {
        var nics = call.Value(_nics) ?? [];
        if (List(call, _virtualIps) is not { } addresses)
            return nics.Length == 0 ? null : throw new UsageException("--nic goes with --virtual-ip.");
        if (addresses.Length == 0)
            return [];
        if (nics.Length != 1 && nics.Length != addresses.Length)
            throw new UsageException("Give --nic once for all virtual IPs, or once for each of them.");
        if (call.Value(_broadcast) is not null && addresses.Length > 1)
            throw new UsageException("--broadcast goes with one virtual IP.");
        return
        [
            .. addresses.Select((address, at) =>
            {
                var (nic, peer) = Pair(nics[nics.Length == 1 ? 0 : at]);
                return new VirtualIpChange(address, nic, peer, call.Value(_broadcast));
            }),
        ];
    }

    // Not given at all leaves it as it is; none empties it.
    private static string[]? List(Invocation call, Option<string[]> option) => call.Value(option) switch
    {
        null or [] => null,
        [var one] when None(one) => [],
        var values => values,
    };

    private static (string Nic, string? Peer) Pair(string text) => text.Split(':') is [var nic, var peer] ? (nic, peer) : (text, null);

    private static bool None(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static Option<string[]> Several(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
}
