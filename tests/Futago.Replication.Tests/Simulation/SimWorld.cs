using Futago.Blocks;

namespace Futago.Replication.Tests.Simulation;

/// <summary>What one schedule is made of.</summary>
internal sealed record SimSetup(int Seed, Mutation Mutation = Mutation.None)
{
    public int Steps { get; init; } = 500;

    /// <summary>Gets every event and effect as a line of text.</summary>
    public Action<string>? Trace { get; init; }
}

/// <summary>
/// Two cores, two media, a link, an authority and applications under a seeded scheduler: which operation ends next, what arrives
/// next, who crashes when. The same seed gives the same run. <see cref="Run"/> returns what went wrong, or null.
/// </summary>
internal sealed partial class SimWorld
{
    /// <summary>Two whole extents and a bit of a third.</summary>
    private const int Blocks = 130;
    private static readonly int[] HotBlocks = [0, 1, 2, 63, 64, 65, 128, 129];

    private readonly Random _random;
    private readonly SimSetup _setup;
    private readonly bool _writeThrough;
    private readonly bool _leasesHold;
    private readonly bool _disksFail;

    /// <summary>
    /// Nobody is told that the peer's medium serves: the configured source may go on when it starts again. Chosen without the random
    /// numbers of the schedule, so that a seed means what it always did.
    /// </summary>
    private readonly bool _rolesAreConfigured;
    private readonly bool _checksums;
    private readonly RegisterOracle _oracle;
    private readonly SimAuthority _authority = new();
    private readonly SimNode[] _nodes;
    private readonly HashSet<SimRequest> _requests = [];
    private readonly Dictionary<long, Action<CommandResult>> _commands = [];
    private readonly List<long> _snapshots = [];
    private readonly bool[] _wantsGrant = new bool[2];
    private SimLink? _link;
    private ulong _lastGeneration = 100;
    private long _lastSession;
    private long _lastCommand;
    private long _nowMs;
    private bool _apart;
    private bool _expectSplitBrain;
    private int _lastValue;
    private string? _violation;

    public SimWorld(SimSetup setup)
    {
        _setup = setup;
        _random = new Random(setup.Seed);
        _writeThrough = _random.Next(3) > 0;
        _leasesHold = _random.Next(4) > 0;
        _disksFail = _random.Next(6) == 0;
        _rolesAreConfigured = setup.Seed % 2 == 0;
        _checksums = _random.Next(4) == 0;
        _oracle = new RegisterOracle(Blocks * 2, _writeThrough);
        var first = VolumeLineage.CreateNew(new Guid(7, 0, 0, new byte[8]), NodeId(0), DeviceBytes) with
        {
            Current = new Generation(1),
            PeerMayHoldCurrent = true,
            Inconsistent = false,
            Term = 1,
        };
        _nodes = [new SimNode(this, 0, first, Blocks * 2), new SimNode(this, 1, first with { NodeId = NodeId(1) }, Blocks * 2)];
    }

    public Mutation Mutation => _setup.Mutation;

    public Action<string>? Trace => _setup.Trace;

    public long DeviceBytes => Blocks * (long)DirtyMap.BlockBytes;

    public int Acknowledged => _oracle.Acknowledged;

    private static Guid NodeId(int index) => new(index + 1, 0, 0, new byte[8]);

    public ReplicaOptions Options(int node) => new()
    {
        BlocksPerExtent = 64,
        ActivitySlots = 2,
        BlocksPerChunk = 32,
        ChunksInFlight = 3,
        ChunksPerFlush = 2,
        ChecksumResync = _checksums,
        NextGeneration = () => new Generation(++_lastGeneration),
        Safeguards = new Safeguards
        {
            ActivityFirst = Mutation != Mutation.I1NoActivityLog,
            BothBeforeAck = Mutation != Mutation.I2AckWithoutPeer,
            EvictedBitsFirst = Mutation != Mutation.I3EvictWithoutBits,
            FlushBeforeClear = Mutation != Mutation.I4ClearWithoutFlush,
            DirtyAfterCrash = Mutation != Mutation.I5NotDirtyAfterCrash,
            SerialiseOverlaps = Mutation != Mutation.I6NoRangeLocks,
            InconsistentFirst = Mutation != Mutation.I7NotInconsistent,
            PromoteOnlyUpToDate = Mutation != Mutation.I8PromoteAnything,
            RefuseLowerTerm = Mutation != Mutation.I9AnyTerm,
            NoAutomaticDiscard = Mutation != Mutation.I10AutomaticDiscard,
            FlushBoth = Mutation != Mutation.I11FlushHereOnly,
            ReadsWait = Mutation != Mutation.I12ReadsDoNotWait,
            NoteBehind = Mutation != Mutation.I15NotNotedBehind,
        },
    };

    public string? Run()
    {
        try
        {
            _nodes[0].Start();
            _nodes[1].Start();
            for (var step = 0; step < _setup.Steps && _violation is null; step++)
                Act();
            if (_violation is null)
                Quiesce();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or NullReferenceException or IndexOutOfRangeException or ArgumentException)
        {
            Violate($"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("ReplicaCore", StringComparison.Ordinal))?.Trim()}");
        }
        return _violation;
    }

    /// <summary>I14 broken: the memory changes after it was sent and before it was written.</summary>
    public int[] Disturb(int[] values)
    {
        var other = values.ToArray();
        if (_random.Next(8) == 0)
            other[0] = ++_lastValue;
        return other;
    }

    public void OnEffect(SimNode node, ReplicaEffect effect)
    {
        switch (effect)
        {
            case Send send:
                if (_link is { Broken: false } link && link.Session == send.Session)
                    link.Towards[1 - node.Index].Enqueue(send.Frame);
                break;
            case CloseLink close:
                if (_link is { } closing && closing.Session == close.Session)
                {
                    closing.Break(_random);
                    closing.Towards[node.Index].Clear();
                }
                break;
            case Complete done: OnComplete((SimRequest)done.Request, done.Status, done.Source as int[]); break;
            case CommandDone done:
                if (_commands.Remove(done.Id, out var then))
                    then(done.Result);
                break;
            case WantGrant: _wantsGrant[node.Index] = true; break;
            case InSync when _authority.Alone == node.Index: _authority.Alone = null; break;
            case Notice { Kind: NoticeKind.PeerDiskFailed } when !_rolesAreConfigured: _authority.Alone = node.Index; break;
            case Notice { Kind: NoticeKind.Deposed }:
                // Its applications are cut off, as by a crash.
                _wantsGrant[node.Index] = false;
                _oracle.Crash();
                break;
            case Notice { Kind: NoticeKind.Refused } refused when !_expectSplitBrain && refused.Refusal is Refusal.SplitBrain or Refusal.Unrelated or Refusal.BothInconsistent:
                Violate($"handshake refused: {refused.Refusal}");
                break;
            case KeepSnapshot keep: _snapshots.Add(keep.Id); break;
        }
    }

    private void Violate(string what) => _violation ??= what;

    private void Command(SimNode node, Func<long, Command> make, Action<CommandResult>? then = null)
    {
        var id = ++_lastCommand;
        if (then is not null)
            _commands.Add(id, then);
        node.Step(make(id));
    }

    private void OnComplete(SimRequest r, BlockStatus status, int[]? source)
    {
        _requests.Remove(r);
        switch (r.Operation)
        {
            case BlockOperation.Write:
                // What a node says that was replaced meanwhile counts as far as it is durable.
                _oracle.End(r.First, r.Values, status == BlockStatus.Ok && (r.Durable || _authority.Owner == r.Node), r.Durable);
                break;
            case BlockOperation.Flush when status == BlockStatus.Ok:
                _oracle.Flushed(r.Invoked, r.Epoch);
                break;
            case BlockOperation.Read when status == BlockStatus.Ok && _authority.Owner == r.Node:
                for (var i = 0; i < r.Values.Length; i++)
                {
                    var value = (source ?? r.Values)[i];
                    if (_oracle.Check(r.First + i, value, r.Invoked) is { } wrong)
                        Violate($"read on node {r.Node}: {wrong}");
                    _oracle.Observe(r.First + i, value, r.Invoked);
                }
                break;
        }
    }

    private void Submit(SimNode node)
    {
        var kind = _random.Next(_writeThrough ? 9 : 10);
        var first = HotBlocks[_random.Next(HotBlocks.Length)] * 2 + _random.Next(2);
        var count = Math.Min(_random.Next(1, 5), Blocks * 2 - first);
        var invoked = _oracle.Now;
        SimRequest r;
        if (kind < 6)
        {
            var values = new int[count];
            for (var i = 0; i < count; i++)
                values[i] = ++_lastValue;
            r = new SimRequest(node.Index, BlockOperation.Write, first, values, _writeThrough || _random.Next(4) == 0, invoked, _oracle.Epoch);
            _oracle.Invoke(first, values);
        }
        else if (kind < 9)
        {
            r = new SimRequest(node.Index, BlockOperation.Read, first, new int[count], false, invoked, _oracle.Epoch);
        }
        else
        {
            r = new SimRequest(node.Index, BlockOperation.Flush, 0, [], false, invoked, _oracle.Epoch);
        }
        _requests.Add(r);
        node.Step(new Submitted(r));
    }

    private void Crash(SimNode node)
    {
        if (_authority.Owner == node.Index || node.Core is { IsPrimary: true })
            _oracle.Crash();
        node.Crash(_random, power: _random.Next(2) == 0);
        foreach (var r in _requests.Where(r => r.Node == node.Index).ToList())
        {
            _requests.Remove(r);
            if (r.Operation == BlockOperation.Write)
                _oracle.End(r.First, r.Values, acknowledged: false, durable: false);
        }
        _wantsGrant[node.Index] = false;
        if (_link is { } link)
        {
            link.Break(_random);
            link.Towards[node.Index].Clear();
            link.Gone[node.Index] = true;
            if (!link.Told[1 - node.Index])
                link.Gone[1 - node.Index] = true;
        }
        if (Mutation == Mutation.I13LineageRewound && _random.Next(4) == 0)
            node.RewindLineage();
    }
}
