using Futago.Engine.Contracts;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>Refusals and reasons of the decision, as sentences.</summary>
internal static class FailoverProblems
{
    public static Problem? Of(FailoverResult result) => result switch
    {
        FailoverResult.Done => null,
        FailoverResult.NotRunning => new(ProblemCodes.FailoverNotRunning, "The failover manager is stopped."),
        FailoverResult.NotActive => new(ProblemCodes.FailoverNotActive, "Only the active node can do that, and this one is not active."),
        FailoverResult.AlreadyActive => new(ProblemCodes.FailoverAlreadyActive, "This node is active already."),
        FailoverResult.PeerSilent => new(ProblemCodes.FailoverPeerSilent, "The peer does not answer on any path."),
        FailoverResult.PeerActive => new(ProblemCodes.FailoverPeerActive, "The peer is active."),
        FailoverResult.NotInSync => new(ProblemCodes.FailoverNotInSync, "The volumes of the two nodes are not in sync."),
        FailoverResult.NotUpToDate => new(ProblemCodes.FailoverNotUpToDate, "The data of this node is not up to date."),
        FailoverResult.IsPrimary => new(ProblemCodes.FailoverIsPrimary, "This node is the configured primary: there is nothing to fail back from."),
        FailoverResult.Busy => new(ProblemCodes.FailoverBusy, "Something else is under way; try again in a moment."),
        FailoverResult.StepFailed => new(ProblemCodes.FailoverStepFailed, "A step failed; what was done before it is undone. The events have more."),
        FailoverResult.Refused => new(ProblemCodes.FailoverRefused, "The peer, or the witness, said no."),
        _ => new(ProblemCodes.FailoverTimedOut, "The peer did not answer in time."),
    };

    /// <summary>Why a passive node does not serve.</summary>
    public static Problem Of(PassiveReason reason) => reason switch
    {
        PassiveReason.PeerActive => new(ProblemCodes.FailoverPassivePeerActive, "The peer serves."),
        PassiveReason.WaitingForPeer => new(ProblemCodes.FailoverPassiveWaitingForPeer, "Since its start this node has not seen its peer. It waits for it, for the witness, or for an operator."),
        PassiveReason.PeerMayServe => new(ProblemCodes.FailoverPassivePeerMayServe, "The peer is silent, and may still be serving for a few seconds."),
        PassiveReason.NoAuthority => new(ProblemCodes.FailoverPassiveNoAuthority, "The peer is silent, and nobody says that this node may serve."),
        PassiveReason.DataNotUpToDate => new(ProblemCodes.FailoverPassiveDataNotUpToDate, "The data of this node is not up to date."),
        PassiveReason.Yielded => new(ProblemCodes.FailoverPassiveYielded, "The peer went on alone; this node takes over again when the two are in sync."),
        PassiveReason.PeerHasNewerData => new(ProblemCodes.FailoverPassivePeerHasNewerData, "The peer has newer data."),
        PassiveReason.PingLost => new(ProblemCodes.FailoverPassivePingLost, "No ping node answers: this node may be the one that is cut off."),
        PassiveReason.ServiceAlive => new(ProblemCodes.FailoverPassiveServiceAlive, "The service on the virtual IP is alive: the peer serves, unseen."),
        PassiveReason.Maintenance => new(ProblemCodes.FailoverPassiveMaintenance, "Maintenance mode is on: nothing switches by itself."),
        PassiveReason.SplitBrain => new(ProblemCodes.FailoverPassiveSplitBrain, "Both nodes have data that the other lacks. Choose the side to keep."),
        PassiveReason.RetryPause => new(ProblemCodes.FailoverPassiveRetryPause, "The last takeover failed; the next try comes after a pause."),
        _ => new(ProblemCodes.FailoverPassivePeerPreferred, "The peer is about to serve."),
    };
}
