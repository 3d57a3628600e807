using System.Security.Cryptography;
using Futago.Engine.Contracts;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

/// <summary>What this node says of itself.</summary>
public sealed class OwnParty(EngineClient engine, IPeerConnector connector, HostIdentity host, TimeProvider time)
{
    /// <exception cref="ProblemException">The engine, whose identity it is, is not reachable.</exception>
    public async Task<PairingParty> DescribeAsync(NodeConfiguration configuration, CancellationToken cancellation)
    {
        var link = await engine.GetLinkAsync(cancellation);
        return new PairingParty(
            PairingTranscript.Version,
            host.Version,
            link.NodeId,
            configuration.NodeName,
            connector.OwnFingerprint,
            link.Fingerprint,
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(PairingTranscript.NonceBytes)),
            connector.OwnPort,
            configuration.ReplicationAddress,
            configuration.LinkPort,
            time.GetUtcNow());
    }
}
