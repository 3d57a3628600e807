using System.Net;
using Futago.Engine.Contracts;
using Futago.Management.Node;
using Futago.Management.Pairing;

namespace Futago.Management.VolumeReplication;

/// <summary>Asks the peer's console, with a limit of time, and says its failures in terms of this node.</summary>
public sealed class PeerReplicationCalls(IPeerConnector connector)
{
    /// <summary>For what the peer answers from memory.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    /// <summary>For what its engine has to do first: allocating a large volume, finishing requests before a change of role.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    public Task DoAsync(Peer peer, TimeSpan limit, Func<IPeerReplications, CancellationToken, Task> ask, CancellationToken cancellation) =>
        AskAsync(peer, limit, async (console, token) =>
        {
            await ask(console, token);
            return true;
        }, cancellation);

    public Task<T> AskAsync<T>(Peer peer, TimeSpan limit, Func<IPeerReplications, CancellationToken, Task<T>> ask, CancellationToken cancellation) =>
        AskConsoleAsync(peer, limit, (console, token) => ask(console.Replications, token), cancellation);

    /// <summary>The same for whatever else its console answers.</summary>
    public async Task<T> AskConsoleAsync<T>(Peer peer, TimeSpan limit, Func<IPeerConsole, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        both.CancelAfter(limit);
        using var console = connector.Connect(new IPEndPoint(IPAddress.Parse(peer.Address), peer.ConsolePort), peer.ConsoleFingerprint);
        try
        {
            return await ask(console, both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw VolumeReplicationProblems.PeerUnreachable(peer.Name, $"{peer.Name} has not answered within {limit.TotalSeconds:0} s.");
        }
        catch (ProblemException e) when (e.Problem.Code is ProblemCodes.PairUnreachable or ProblemCodes.PairCertificateMismatch)
        {
            throw new ProblemException(e.Problem with { Field = null }, e.Status);
        }
        catch (ProblemException e) when (e is { Status: 404, Problem.Code: ProblemCodes.RequestMalformed or ProblemCodes.Internal })
        {
            // An older console knows no such request.
            throw VolumeReplicationProblems.OtherVersion(peer.Name);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.VolumeReplicationNotFound)
        {
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationPeerUnknown,
                $"{peer.Name} does not take part in this volume replication any more. Delete the task on this node only, and create it again.");
        }
        catch (ProblemException e) when (e.Problem.Code is ProblemCodes.EngineUnreachable or ProblemCodes.DatabaseUnreachable or ProblemCodes.Internal)
        {
            throw new ProblemException(e.Problem with { Detail = $"{peer.Name} cannot do this now: {e.Problem.Detail}" }, 503);
        }
    }

    /// <summary>The same for what does not depend on the peer: null when it has done it, else why not.</summary>
    public async Task<Problem?> TryAsync(Peer? peer, Func<IPeerReplications, CancellationToken, Task> ask, CancellationToken cancellation)
    {
        if (peer is null)
            return null;
        try
        {
            await DoAsync(peer, Short, ask, cancellation);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    /// <summary>Whether the peer has certainly not done what it was asked.</summary>
    public static bool IsRefusal(ProblemException e) => e.Status is >= 400 and < 500;

    public static Peer PeerOf(NodeConfiguration configuration) => configuration.Peer ?? throw PairProblems.NotPaired();
}
