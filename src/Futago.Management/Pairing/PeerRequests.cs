using System.Net;
using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Failover;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

/// <summary>
/// What another node may ask of this one: to be paired, if it knows the code; and once it is the peer, how this node is, and to
/// end the pair. Who calls is told by the certificate of the connection, never by what a message says.
/// </summary>
public sealed class PeerRequests(
    PairingOffers offers,
    OwnParty own,
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    ILiveStatus live,
    AuditLog audit,
    PeerMonitor monitor,
    FailoverHalf failover,
    HostIdentity host,
    TimeProvider time)
{
    public async Task<PairingOffer> HelloAsync(PairingHello hello, string seenFingerprint, CancellationToken cancellation)
    {
        // First, because anybody may ask: without a code nothing else is done for him.
        offers.RequireCode();
        var configuration = await store.ReadAsync(cancellation);
        var party = await own.DescribeAsync(configuration, cancellation);
        PairingPartyRule.Check(hello.Joiner, seenFingerprint, party);
        CheckFree(configuration, hello.Joiner);
        return offers.Begin(hello.Joiner, party);
    }

    /// <param name="from">Where the connection came from.</param>
    public async Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, string seenFingerprint, IPAddress from, CancellationToken cancellation)
    {
        TakenOffer taken;
        try
        {
            taken = offers.Take(confirm, seenFingerprint);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.PairCodeWrong)
        {
            await audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.PairRefused, null,
                $"A node at {from} tried to pair with a wrong code.", ("address", from.ToString()));
            throw;
        }
        // Not the caller's token: from here on the code is used, so that half a pair must not come of a lost connection.
        var configuration = await store.ChangeAsync(c =>
        {
            CheckFree(c, taken.Joiner);
            c.Peer = PeerRecord.Of(taken.Joiner, taken.PairId, from, time.GetUtcNow(), taken.Creator, c.Peer);
            return audit.Entry(taken.Creator, ConsoleEventCodes.Paired, taken.Joiner.Name,
                $"This node was paired with {taken.Joiner.Name} ({from}).", args: [("peer", taken.Joiner.Name), ("address", from.ToString())]);
        }, CancellationToken.None);
        await publisher.PublishAsync(configuration.Revision, CancellationToken.None);
        monitor.Wake();
        return new PairingAccept(taken.Proof);
    }

    /// <summary>The peer that has this certificate; null when there is none.</summary>
    public async Task<Peer?> FindAsync(string fingerprint, CancellationToken cancellation) =>
        (await store.ReadAsync(cancellation)).Peer is { } peer && peer.ConsoleFingerprint == fingerprint ? peer : null;

    public async Task<PeerReport> ReportAsync(CancellationToken cancellation)
    {
        var configuration = await store.ReadAsync(cancellation);
        var peer = configuration.Peer ?? throw PairProblems.NotPaired();
        return new PeerReport(
            peer.PairId, configuration.NodeName, host.Version, time.GetUtcNow(), live.Connected, configuration.ReplicationAddress, configuration.LinkPort,
            failover.SealOf(configuration));
    }

    /// <summary>The peer has ended the pair, or wants to.</summary>
    /// <exception cref="ProblemException">This node still needs the pair.</exception>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        var configuration = await store.ChangeAsync(c =>
        {
            if (c.Peer is not { } peer)
                return null;
            PairManager.CheckUnneeded(c);
            c.Peer = null;
            return audit.Observation(EventSeverity.Warning, ConsoleEventCodes.PeerLeft, peer.Name, $"{peer.Name} has ended the pair with this node.", ("peer", peer.Name));
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, CancellationToken.None);
        monitor.Wake();
    }

    // Pairing again with the same node is allowed: it is how a pair that one side has lost is mended.
    private static void CheckFree(NodeConfiguration configuration, PairingParty joiner)
    {
        if (configuration.Peer is { } peer && peer.NodeId != joiner.NodeId)
            throw PairProblems.AlreadyPaired(configuration.NodeName, peer.Name);
    }
}
