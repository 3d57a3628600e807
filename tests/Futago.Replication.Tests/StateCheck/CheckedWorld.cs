using Futago.Blocks;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>How far the check goes.</summary>
internal sealed record Bound(int Writes, int Crashes, int Partitions)
{
    public Safeguards Safeguards { get; init; } = Safeguards.All;
}

/// <summary>
/// Two nodes with two blocks each, whose every step is a choice of the checker. A crash cuts the power: what is not flushed is
/// gone. Made anew for each path and driven along it.
/// </summary>
internal sealed class CheckedWorld
{
    private const int Blocks = 2;

    private readonly Bound _bound;
    private readonly CheckedNode[] _nodes;
    private readonly Queue<Frame>[] _frames = [new(), new()];
    private readonly bool[] _up = new bool[2];
    private readonly bool[] _wantsGrant = new bool[2];
    private readonly int[] _acknowledged = new int[Blocks];
    private readonly HashSet<int>[] _maybe = [[], []];
    private long _session = Fingerprint.FirstName * 3;
    private bool _broken = true;
    private int? _owner = 0;
    private int? _alone;
    private ulong _term = 2;
    private int _writes;
    private int _crashes;
    private int _partitions;
    private bool _writing;
    private ulong _lastGeneration = (ulong)Fingerprint.FirstName * 2;
    private string? _violation;

    public CheckedWorld(Bound bound)
    {
        _bound = bound;
        var lineage = VolumeLineage.CreateNew(new Guid(9, 0, 0, new byte[8]), new Guid(1, 0, 0, new byte[8]), Blocks * DirtyMap.BlockBytes) with
        {
            Current = new Generation(1),
            PeerMayHoldCurrent = true,
            Inconsistent = false,
            Term = 1,
        };
        _nodes = [new CheckedNode(this, 0, lineage), new CheckedNode(this, 1, lineage with { NodeId = new Guid(2, 0, 0, new byte[8]) })];
        foreach (var node in _nodes)
            node.Start();
        Settle();
        _nodes[0].Step(new Promote(1, 2, Alone: false, Force: false));
        Settle();
    }

    /// <summary>Gets every event and effect of every world as a line of text.</summary>
    public static Action<string>? Trace { get; set; }

    public string? Violation => _violation;

    public Safeguards Safeguards => _bound.Safeguards;

    public ulong NextGeneration() => ++_lastGeneration;

    public (ulong, ulong) Print()
    {
        var print = new Fingerprint();
        foreach (var node in _nodes)
            node.AddTo(print);
        foreach (var part in (ReadOnlySpan<object>)[_frames, _up, _wantsGrant, _acknowledged, _maybe, _broken, _owner ?? -1, _alone ?? -1, _writes, _crashes, _partitions, _writing])
            print.Add(part);
        return print.Value;
    }

    /// <summary>Everything that can happen now, always in the same order.</summary>
    public List<Action> Choices()
    {
        var choices = new List<Action>();
        foreach (var node in _nodes)
        {
            if (node.Core is null)
            {
                choices.Add(node.Start);
                continue;
            }
            AddWork(node, choices);
            AddDecisions(node, choices);
            if (_crashes < _bound.Crashes)
                choices.Add(() => Crash(node));
        }
        if (!_broken && _partitions < _bound.Partitions)
            choices.Add(() =>
            {
                _partitions++;
                Break();
            });
        if (_broken && !_up[0] && !_up[1] && _nodes.All(n => n.Core is not null))
            choices.Add(Connect);
        return choices;
    }

    public void OnEffect(int node, ReplicaEffect effect)
    {
        switch (effect)
        {
            case Send send when !_broken && send.Session == _session: _frames[1 - node].Enqueue(send.Frame); break;
            case CloseLink: Break(); break;
            case Complete { Request: CheckedRequest r } done:
                _writing = false;
                if (done.Status == BlockStatus.Ok)
                {
                    _acknowledged[r.Block] = r.Value;
                    _maybe[r.Block].Clear();
                }
                break;
            case WantGrant: _wantsGrant[node] = true; break;
            case InSync when _alone == node: _alone = null; break;
            case Notice { Kind: NoticeKind.Refused, Refusal: Refusal.SplitBrain or Refusal.Unrelated or Refusal.BothInconsistent } refused:
                _violation ??= $"refused: {refused.Refusal}";
                break;
        }
    }

    /// <summary>NoAckedLoss and NoSilentDivergence, as far as they can be seen in this state.</summary>
    public void Check()
    {
        foreach (var node in _nodes)
        {
            if (_owner != node.Index || node.Core is not { IsPrimary: true } core || core.CurrentMode is Mode.Hold)
                continue;
            for (var block = 0; block < Blocks; block++)
            {
                if (node.Cache[block] != _acknowledged[block] && !_maybe[block].Contains(node.Cache[block]))
                    _violation ??= $"NoAckedLoss: node {node.Index} serves {node.Cache[block]} in block {block}; {_acknowledged[block]} was acknowledged";
            }
        }
        if (!_writing && _frames.All(f => f.Count == 0) && _nodes.All(n => n.Core is { Phase: LinkPhase.Established } && n.IsIdle) && !_nodes[0].Cache.AsSpan().SequenceEqual(_nodes[1].Cache))
            _violation ??= "NoSilentDivergence: in sync and at rest, and the media differ";
    }

    private void AddWork(CheckedNode node, List<Action> choices)
    {
        for (var i = 0; i < node.Io.Count; i++)
        {
            var index = i;
            choices.Add(() => node.FinishIo(index));
        }
        if (node.Commit is not null)
            choices.Add(node.FinishCommit);
        if (!_up[node.Index])
            return;
        if (_frames[node.Index].Count > 0)
            choices.Add(() => node.Step(new Received(_session, _frames[node.Index].Dequeue())));
        else if (_broken)
            choices.Add(() =>
            {
                _up[node.Index] = false;
                node.Step(new LinkDown(_session));
            });
    }

    private void AddDecisions(CheckedNode node, List<Action> choices)
    {
        if (node.Core!.IsPrimary && _owner == node.Index && !_writing && _writes < _bound.Writes)
            choices.Add(() => Write(node));
        if (_wantsGrant[node.Index] && _owner == node.Index && (_alone is null || _alone == node.Index))
            choices.Add(() =>
            {
                _wantsGrant[node.Index] = false;
                _alone = node.Index;
                node.Step(new Grant(9));
            });
        var ownerIsGone = _owner is not { } owner || _nodes[owner].Core is not { IsPrimary: true };
        // Two terms more than crashes: enough for every node to be promoted after each.
        if (ownerIsGone && !node.Core.IsPrimary && (_alone is null || _alone == node.Index) && node.Core.Phase == LinkPhase.Down && node.Core.IsUpToDate
            && node.Commit is null && _term < (ulong)(2 + _bound.Crashes * 2))
            choices.Add(() =>
            {
                _term++;
                (_owner, _alone) = (node.Index, node.Index);
                node.Step(new Promote(8, _term, Alone: true, Force: false));
            });
    }

    private void Write(CheckedNode node)
    {
        var block = _writes == 1 ? 1 : 0;
        var value = ++_writes;
        _writing = true;
        _maybe[block].Add(value);
        node.Step(new Submitted(new CheckedRequest(block, value)));
    }

    private void Crash(CheckedNode node)
    {
        _crashes++;
        if (node.Core!.IsPrimary)
            _writing = false;
        _wantsGrant[node.Index] = false;
        node.Crash();
        Break();
        _frames[node.Index].Clear();
        _up[node.Index] = false;
    }

    /// <summary>What was sent is lost on the way, or arrives: the checker chose when it delivered, so the rest is lost.</summary>
    private void Break()
    {
        _broken = true;
        _frames[0].Clear();
        _frames[1].Clear();
    }

    private void Connect()
    {
        _session++;
        _broken = false;
        _up[0] = _up[1] = true;
        _nodes[0].Step(new LinkUp(_session));
        _nodes[1].Step(new LinkUp(_session));
    }

    /// <summary>The beginning, the same for every path: connected, in sync, node 0 primary.</summary>
    private void Settle()
    {
        for (var n = 0; n < 1000; n++)
        {
            if (_broken)
                Connect();
            else if (_nodes.FirstOrDefault(w => w.Io.Count > 0) is { } io)
                io.FinishIo(0);
            else if (_nodes.FirstOrDefault(w => w.Commit is not null) is { } commit)
                commit.FinishCommit();
            else if (Array.FindIndex(_frames, f => f.Count > 0) is var i and >= 0)
                _nodes[i].Step(new Received(_session, _frames[i].Dequeue()));
            else
                return;
        }
    }

    internal sealed class CheckedRequest(int block, int value)
        : ReplicaRequest(BlockOperation.Write, (long)block * DirtyMap.BlockBytes, DirtyMap.BlockBytes, value, durable: true)
    {
        public int Block => block;

        public int Value => value;
    }
}
