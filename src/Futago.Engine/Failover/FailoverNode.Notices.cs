using System.Globalization;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>What the decision tells of itself, as events and in the history of switches.</summary>
internal sealed partial class FailoverNode
{
    private void OnNotice(Notice n)
    {
        Remember(n);
        var term = n.Term.ToString(CultureInfo.InvariantCulture);
        switch (n.Kind)
        {
            case NoticeKind.StateChanged:
                var state = ((FailoverState)n.Number).ToString();
                Report(EventSeverity.Info, EventCodes.FailoverStateChanged, $"The failover of this node is {state} now (term {term}).", ("state", state), ("term", term));
                break;
            case NoticeKind.PeerSeen: Report(EventSeverity.Info, EventCodes.FailoverPeerSeen, "The peer's heartbeats are heard."); break;
            case NoticeKind.PeerSilent: Report(EventSeverity.Warning, EventCodes.FailoverPeerSilent, "The peer is not heard on any path."); break;
            case NoticeKind.PathUp: Report(EventSeverity.Info, EventCodes.FailoverPathUp, $"Heartbeats are heard on {PathName(n.Number)}.", ("path", PathName(n.Number))); break;
            case NoticeKind.PathDown: Report(EventSeverity.Warning, EventCodes.FailoverPathDown, $"No heartbeats are heard on {PathName(n.Number)}.", ("path", PathName(n.Number))); break;
            case NoticeKind.PingNodeUp: Report(EventSeverity.Info, EventCodes.FailoverPingNodeUp, $"The ping node {_pingNodes[n.Number]} answers.", ("address", $"{_pingNodes[n.Number]}")); break;
            case NoticeKind.PingNodeDown:
                Report(EventSeverity.Warning, EventCodes.FailoverPingNodeDown, $"The ping node {_pingNodes[n.Number]} does not answer.", ("address", $"{_pingNodes[n.Number]}"));
                break;
            case NoticeKind.WitnessReached: Report(EventSeverity.Info, EventCodes.FailoverWitnessReached, $"The witness {WitnessAddress} answers.", ("address", WitnessAddress)); break;
            case NoticeKind.WitnessLost: Report(EventSeverity.Warning, EventCodes.FailoverWitnessLost, $"The witness {WitnessAddress} does not answer.", ("address", WitnessAddress)); break;
            case NoticeKind.LeaseLapsed: Report(EventSeverity.Error, EventCodes.FailoverLeaseLapsed, "Nobody renewed this node's leave to serve: it stops.", ("term", term)); break;
            case NoticeKind.Superseded: Report(EventSeverity.Error, EventCodes.FailoverSuperseded, $"The peer serves in term {term}; this node stops.", ("term", term)); break;
            case NoticeKind.TakeoverStarted: Report(EventSeverity.Warning, EventCodes.FailoverTakeoverStarted, $"This node takes over in term {term}.", ("term", term)); break;
            case NoticeKind.TakeoverRefused:
                var by = ((Authority)n.Number).ToString();
                Report(EventSeverity.Warning, EventCodes.FailoverTakeoverRefused, $"The takeover in term {term} came to nothing ({by}).", ("term", term), ("reason", by));
                break;
            case NoticeKind.Isolated: Report(EventSeverity.Error, EventCodes.FailoverIsolated, "This node stopped serving, because it may be the one that is cut off."); break;
            case NoticeKind.PingLost: Report(EventSeverity.Error, EventCodes.FailoverPingLost, "No ping node answers either node: nothing is served."); break;
            case NoticeKind.Yielded: Report(EventSeverity.Warning, EventCodes.FailoverYielded, $"The peer goes on alone in term {term}; the data of this node is outdated.", ("term", term)); break;
            case NoticeKind.SwitchStarted: Report(EventSeverity.Info, EventCodes.FailoverSwitchStarted, $"The service is handed to the peer (term {term}).", ("term", term)); break;
            case NoticeKind.SwitchFailed:
                var why = n.Number == 0 ? "a step failed" : FailoverProblems.Of((FailoverResult)n.Number)?.Detail ?? "";
                Report(EventSeverity.Error, EventCodes.FailoverSwitchFailed, $"The switch to the peer failed: {why}", ("reason", why));
                break;
            case NoticeKind.Flapping: Report(EventSeverity.Error, EventCodes.FailoverFlapping, "Too many automatic switches: they are suspended for a while."); break;
            case NoticeKind.RecordNotStored: Report(EventSeverity.Error, EventCodes.FailoverRecordFailed, $"The failover record {_recordFile} cannot be written.", ("file", _recordFile)); break;
            case NoticeKind.OperatorServes: Report(EventSeverity.Warning, EventCodes.FailoverOperatorServes, "A person made this node serve."); break;
            case NoticeKind.DiskLost: Report(EventSeverity.Error, EventCodes.FailoverDiskLost, "A medium of this node failed."); break;
            // Which step it was is told where it failed.
            default: break;
        }
    }

    private void Remember(Notice n)
    {
        switch (n.Kind)
        {
            case NoticeKind.TakeoverStarted:
                var via = (Authority)n.Number;
                _history.Begin(
                    FailoverSwitchKind.Takeover, via is not (Authority.Operator or Authority.HandOver), n.Term, via is Authority.Witness or Authority.PingNodes ? _core.PeerSilentMs : null);
                break;
            case NoticeKind.SwitchStarted: _history.Begin(FailoverSwitchKind.HandOver, n.Number != 0, n.Term, null); break;
            case NoticeKind.LeaseLapsed or NoticeKind.Superseded: _history.Begin(FailoverSwitchKind.Isolation, automatic: true, n.Term, null); break;
            case NoticeKind.TakeoverRefused: _history.Forget(); break;
            case NoticeKind.StepFailed: _history.End(FailoverProblems.Of(FailoverResult.StepFailed)); break;
            case NoticeKind.SwitchFailed: _history.End(FailoverProblems.Of(n.Number == 0 ? FailoverResult.StepFailed : (FailoverResult)n.Number)); break;
            case NoticeKind.StateChanged: RememberState((NodeState)n.Number, n.Term); break;
        }
    }

    private void RememberState(NodeState state, ulong term)
    {
        if (state is NodeState.ActiveMirrored or NodeState.ActiveAlone && _history.End(null, FailoverSwitchKind.Takeover) is { } took)
        {
            var ms = ((long)took.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            var text = term.ToString(CultureInfo.InvariantCulture);
            Report(EventSeverity.Info, EventCodes.FailoverTakeoverFinished, $"This node serves in term {text}; the takeover took {ms} ms.", ("term", text), ("milliseconds", ms));
        }
        else if (state == NodeState.ActiveAlone)
        {
            _history.Note(FailoverSwitchKind.Alone, term);
        }
        else if (state == NodeState.Passive)
        {
            _history.End(null, FailoverSwitchKind.Isolation);
        }
    }

    /// <summary>A planned switch is over when the peer says that it serves.</summary>
    private void RememberPeer()
    {
        if (_core.State == NodeState.Passive && _core.Peer is { } peer && peer.State.IsActive() && peer.Term >= _core.Term)
            _history.End(null, FailoverSwitchKind.HandOver);
    }

    private void ReportStep(FailoverStep step, string error) =>
        Report(EventSeverity.Error, EventCodes.FailoverStepFailed, $"The step {step} failed: {error}", ("step", step.ToString()));

    private void ReportCleared(string reason) =>
        Report(EventSeverity.Error, EventCodes.FailoverGuardCleared, $"The guard took the virtual IP away and closed the port: {reason}.", ("reason", reason));

    private void Report(EventSeverity severity, string code, string text, params (string Name, string Value)[] args) => _parts.Journal.Append(severity, code, null, text, args);

    private string PathName(int path) => $"{_configuration.Paths[path].LocalAddress} – {_configuration.Paths[path].PeerAddress}";

    private string WitnessAddress => _configuration.Witness is { } w ? $"{w.Address}:{w.Port}" : "";
}
