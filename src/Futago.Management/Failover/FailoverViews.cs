using System.Security.Cryptography;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>The failover as pages and API show it: without its key.</summary>
internal static class FailoverViews
{
    /// <param name="difference">What the peer has differently, as far as is known.</param>
    public static FailoverView Of(NodeConfiguration configuration, ILiveStatus live, Problem? difference)
    {
        if (configuration.Failover is not { } pair)
            return new FailoverView(configuration.NodeName, configuration.Peer?.Name, null, null, null);
        return new FailoverView(
            configuration.NodeName,
            configuration.Peer?.Name,
            Definition(configuration, pair),
            live.Connected && live.Failover?.Id == pair.FailoverId ? live.Failover : null,
            pair.Unfinished || pair.AgreedAt is null ? FailoverProblems.Unfinished().Problem : difference);
    }

    private static FailoverDefinition Definition(NodeConfiguration configuration, FailoverPair pair)
    {
        var settings = pair.Settings;
        return new FailoverDefinition(
            pair.FailoverId,
            settings.IsPrimary,
            settings.Policy,
            settings.ChosenPolicy is not null,
            [.. settings.VirtualIps.Select(v => new FailoverVirtualIp(v.Address, v.PrefixLength, v.Broadcast, v.Nic, v.PeerNic))],
            [.. settings.Auxiliaries.Select(a => new FailoverAuxiliary(a.Nic, a.PeerNic))],
            [.. settings.Paths.Select(p => new FailoverPath(p.Nic, p.PeerNic, p.LocalAddress, p.PeerAddress, p.Auxiliary))],
            settings.PingNodes,
            settings.Witness is { } witness ? new FailoverWitness(witness.Address, witness.Port, Fingerprint(witness.PublicKey)) : null,
            [.. settings.Replications.Select(id =>
            {
                var task = configuration.VolumeReplications.Find(t => t.Id == id);
                return new FailoverTask(id, task?.Name, task?.Volume, task?.PeerVolume);
            })],
            [.. TargetDefinitions.TargetsOn(configuration, settings.Replications).Select(t => new FailoverTarget(t.Id, t.Name, t.Started, [.. t.Luns.Select(l => l.Number).Order()]))],
            pair.CreatedAt,
            settings.Complete,
            pair.Unfinished || pair.AgreedAt is null);
    }

    private static string Fingerprint(string publicKey) =>
        Convert.TryFromBase64String(publicKey, new byte[publicKey.Length], out _) ? Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(publicKey))) : "";
}
