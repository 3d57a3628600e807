using System.Net;
using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

public sealed class PairManager(
    PairingOffers offers,
    OwnParty own,
    IPeerConnector connector,
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ILiveStatus live,
    PeerMonitor monitor,
    ICurrentActor currentActor,
    AuditLog audit,
    TimeProvider time) : IPair
{
    /// <summary>Two nodes with clocks further apart are not paired: schedules, events and leases of the two would contradict each other.</summary>
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    public async Task<PairView> GetAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await ViewAsync(await store.ReadAsync(cancellation), cancellation);
    }

    public async Task<PairCode> CreateCodeAsync(CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ReadAsync(cancellation);
        // Without its engine this node could not say who it is; better now than when the other node comes.
        await engine.GetLinkAsync(cancellation);
        var (code, expiresAt) = offers.Create(actor);
        await audit.RecordAsync(actor, ConsoleEventCodes.PairCodeCreated, configuration.NodeName, "A pairing code was made.");
        return new PairCode(code, expiresAt);
    }

    public async Task<PairView> JoinAsync(JoinRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var place = PeerAddress.Parse(request.Address);
        if (place.Port == connector.OwnPort && PeerAddress.OfThisNode().Any(a => a.Address == place.Address.ToString()))
            throw PairProblems.OwnAddress();
        if (!PairingCode.TryNormalise(request.Code, out var code))
            throw PairProblems.CodeInvalid();
        var key = PairingTranscript.KeyOf(code);
        var before = await store.ReadAsync(cancellation);
        var joiner = await own.DescribeAsync(before, cancellation);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RequestTimeout);
        using var other = connector.Connect(place, fingerprint: null);
        var sent = time.GetTimestamp();
        var offer = await AskAsync(() => other.HelloAsync(new PairingHello(joiner), limit.Token), place, cancellation);
        var clock = ClockSample.Of(joiner.Time, time.GetElapsedTime(sent), offer.Offerer?.Time ?? default);
        PairingPartyRule.Check(offer.Offerer, other.SeenFingerprint, joiner);
        if (before.Peer is { } present && present.NodeId != offer.Offerer!.NodeId)
            throw PairProblems.AlreadyPaired(before.NodeName, present.Name);
        if (clock.Difference.Duration() - clock.Uncertainty > ClockLimit)
            throw PairProblems.ClockOff(clock.Difference);

        var transcript = new PairingTranscript(offer.ExchangeId, joiner, offer.Offerer!);
        limit.CancelAfter(RequestTimeout);
        var accept = await AskAsync(() => other.ConfirmAsync(new PairingConfirm(offer.ExchangeId, transcript.JoinerProof(key)), limit.Token), place, cancellation);
        if (!transcript.IsOffererProof(key, accept.Proof))
            throw PairProblems.OffererUnproved();
        return await KeepAsync(actor, offer.Offerer!, transcript.PairId, place, other);
    }

    public async Task<PairView> UpdateAsync(UpdatePairRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var address = request.ReplicationAddress is null ? null : request.ReplicationAddress.Trim();
        if (!string.IsNullOrEmpty(address) && !PeerAddress.OfThisNode().Any(a => a.Address == address))
            throw ProblemException.Invalid(ProblemCodes.PairAddressNotOwn, $"“{address}” is not an address of this node.", "replicationAddress", ("address", address));
        if (request.LinkPort is { } port and not (>= 1 and <= 65535))
            throw ProblemException.Invalid(ProblemCodes.PairPortInvalid, $"The port {port} is not between 1 and 65535.", "linkPort", ("port", $"{port}"));
        var configuration = await store.ChangeAsync(c =>
        {
            var before = (c.ReplicationAddress, c.LinkPort);
            if (address is not null)
                c.ReplicationAddress = address.Length == 0 ? null : address;
            c.LinkPort = request.LinkPort ?? c.LinkPort;
            var after = (c.ReplicationAddress, c.LinkPort);
            return before == after
                ? null
                : audit.Entry(actor, ConsoleEventCodes.PairChanged, c.NodeName, "The network of the replication link was changed.",
                    new { before.ReplicationAddress, before.LinkPort }, new { after.ReplicationAddress, after.LinkPort });
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return await ViewAsync(configuration, cancellation);
    }

    public async Task<PathTestResult> TestPathAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Operator);
        if ((await store.ReadAsync(cancellation)).Peer is null)
            throw PairProblems.NotPaired();
        return await engine.TestPathAsync(cancellation);
    }

    public async Task<UnpairResult> DeleteAsync(string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var peer = (await store.ReadAsync(cancellation)).Peer ?? throw PairProblems.NotPaired();
        if (!string.Equals(confirm, peer.Name, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"To end the pair, type the name of the peer, {peer.Name}.", "confirm", ("name", peer.Name));
        CheckUnneeded(await store.ReadAsync(cancellation));
        // The peer first: what it refuses is refused here too, and what it has done already does not hurt.
        var informed = await TellAsync(peer, cancellation);
        var configuration = await store.ChangeAsync(c =>
        {
            if (c.Peer?.PairId != peer.PairId)
                return null;
            CheckUnneeded(c);
            c.Peer = null;
            return audit.Entry(actor, ConsoleEventCodes.Unpaired, peer.Name,
                $"The pair with {peer.Name} was ended{(informed ? "" : "; the peer could not be told")}.", args: [("peer", peer.Name)]);
        }, CancellationToken.None);
        await publisher.PublishAsync(configuration.Revision, CancellationToken.None);
        monitor.Wake();
        return new UnpairResult(informed);
    }

    /// <exception cref="ProblemException">Something on this node works only with the peer.</exception>
    internal static void CheckUnneeded(NodeConfiguration configuration)
    {
        if (configuration.VolumeReplications.Count > 0)
            throw PairProblems.InUse(configuration.NodeName, configuration.VolumeReplications.Select(t => t.Name));
        if (configuration.Failover is not null)
            throw PairProblems.NeededByFailover(configuration.NodeName);
    }

    private async Task<PairView> KeepAsync(Actor actor, PairingParty offerer, Guid pairId, IPEndPoint place, IPeerConsole other)
    {
        try
        {
            var configuration = await store.ChangeAsync(c =>
            {
                if (c.Peer is { } present && present.NodeId != offerer.NodeId)
                    throw PairProblems.AlreadyPaired(c.NodeName, present.Name);
                c.Peer = PeerRecord.Of(offerer, pairId, place.Address, time.GetUtcNow(), actor, c.Peer);
                // What was typed led there, also when a port is forwarded on the way.
                c.Peer.ConsolePort = place.Port;
                return audit.Entry(actor, ConsoleEventCodes.Paired, offerer.Name,
                    $"This node was paired with {offerer.Name} ({place}).", args: [("peer", offerer.Name), ("address", place.ToString())]);
            }, CancellationToken.None);
            await publisher.PublishAsync(configuration.Revision, CancellationToken.None);
            monitor.Wake();
            return await ViewAsync(configuration, CancellationToken.None);
        }
        catch (ProblemException)
        {
            // The other node has stored the pair already; it gets the chance to take that back.
            await TryLeaveAsync(other, CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> TellAsync(Peer peer, CancellationToken cancellation)
    {
        using var console = connector.Connect(new IPEndPoint(IPAddress.Parse(peer.Address), peer.ConsolePort), peer.ConsoleFingerprint);
        return await TryLeaveAsync(console, cancellation);
    }

    /// <returns>False when the other node could not be told.</returns>
    /// <exception cref="ProblemException">It still needs the pair.</exception>
    private static async Task<bool> TryLeaveAsync(IPeerConsole console, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RequestTimeout);
        try
        {
            await console.LeaveAsync(limit.Token);
            return true;
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.PairNotPaired)
        {
            // It has forgotten the pair already.
            return true;
        }
        catch (ProblemException e) when (e.Status == 409)
        {
            throw;
        }
        catch (Exception e) when (e is ProblemException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, IPEndPoint place, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ProblemException(new Problem(ProblemCodes.PairUnreachable, $"The node at {place} does not answer.", "address",
                new Dictionary<string, string> { ["address"] = place.ToString() }), 503);
        }
        catch (ProblemException e) when (e.Problem.Code is ProblemCodes.Internal or ProblemCodes.RequestMalformed)
        {
            throw PairProblems.NotANode();
        }
    }

    private async Task<PairView> ViewAsync(NodeConfiguration configuration, CancellationToken cancellation)
    {
        LinkStatus? link = null;
        try
        {
            if (live.Connected)
                link = await engine.GetLinkAsync(cancellation);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            // Shown as not known.
        }
        return new PairView(
            configuration.NodeName,
            link?.NodeId,
            link?.Fingerprint,
            configuration.ReplicationAddress,
            configuration.LinkPort,
            link?.Listening ?? false,
            link?.Problem,
            PeerAddress.OfThisNode(),
            offers.ExpiresAt,
            configuration.Peer is { } peer ? PeerRecord.ToView(peer, monitor.StatusOf(peer)) : null);
    }
}
