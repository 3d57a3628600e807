using System.CommandLine;
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
