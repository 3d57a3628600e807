using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Futago.Blocks;

namespace Futago.Replication.Tests.StateCheck;

internal enum LocalEvent : byte { Start, FinishIo, FinishCommit, Receive, LinkUp, LinkDown, Submit, Grant, PromoteAlone, PromoteConnected }

/// <summary>What the world has to know of a machine. One per distinct state of one.</summary>
internal struct NodeFacts
{
    public bool Runs, IsPrimary, IsUpToDate, Serves, Commits, InFlight;
    public LinkPhase Phase;
    public byte Io, First, Second;
    public ulong Own, Peers;
    public Names Names;
}

internal enum Told : byte { Send, Close, Acknowledged, Failed, WantGrant, InSync, Refused, PromotionRefused }

/// <summary>What a machine does with an event, in order.</summary>
internal sealed record LocalOutcome(int Node, (Told What, int Argument)[] Told, bool NewGeneration);

/// <summary>
/// Every state that one machine was ever seen in, and what the real core makes of every event in it. The core takes each of these
/// steps once; after that the step is known, because it depends on nothing else: <see cref="ReplicaCore"/> has no clock, no chance
/// and no input but its events (and the name of the next generation, which is part of the key when it is asked for).
/// For several threads: what is known is read without a lock, and what two learn at once is the same.
/// </summary>
internal sealed class NodeTable
{
    private const int ChunkBits = 12, ChunkMask = (1 << ChunkBits) - 1;

    private static readonly HashSet<string> Skipped =
    [
        // Names and output of the step that has ended; set anew before the next one.
        "_lastId", "_effects", "_options", "_rules", "_receivedTerm",
        // The link is a row of frames that neither loses nor repeats any, so that both ends always count alike.
        "_sentNumber", "_receivedNumber",
        // No time passes; the resync is never short of its budget; statistics and what is only shown to people.
        "_nowMs", "_lastReceivedMs", "_lastSentMs", "_connectedMs", "_behindRetryMs", "_bitsWrittenMs", "_budgetBytes",
        "<RoundTripMs>k__BackingField", "<ActivityMisses>k__BackingField", "<ResyncTotalBlocks>k__BackingField", "<ResyncedBlocks>k__BackingField",
        "<LastPeer>k__BackingField", "<LastRefusalNeedsFull>k__BackingField", "<IssuedMs>k__BackingField",
        // With one slot there is never a choice of which extent leaves.
        "_clock", "LastUse",
    ];

    private readonly GraphShapes _shapes;
    private readonly ReplicaOptions _options;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<byte[], int> _ids = new(BytesComparer.Instance);
    private readonly byte[][][] _bytes = new byte[1 << (World.NodeBits - ChunkBits)][][];
    private readonly NodeFacts[][] _facts = new NodeFacts[1 << (World.NodeBits - ChunkBits)][];
    private readonly ConcurrentDictionary<ulong, LocalOutcome> _known = [];
    private readonly ConcurrentDictionary<int, int[]> _crashes = [];
    private readonly ConcurrentDictionary<(int, ulong, ulong, Naming), int> _renamed = [];
    private int _count;
    private int _stepsTaken;

    /// <summary>Of the step that this thread takes: the name of the next generation, and whether it was asked for.</summary>
    [ThreadStatic]
    private static ulong _generation;

    [ThreadStatic]
    private static bool _asked;

    public NodeTable(Bound bound)
    {
        _shapes = new GraphShapes(RoleOf);
        Frames = new FrameTable(_shapes);
        _options = new ReplicaOptions
        {
            BlocksPerExtent = bound.ExtentPerBlock ? 1 : 64,
            ActivitySlots = 1,
            BlocksPerChunk = bound.ExtentPerBlock ? 1 : 2,
            ChunksInFlight = 1,
            ChunksPerFlush = 1,
            Safeguards = bound.Safeguards,
            NextGeneration = () =>
            {
                _asked = true;
                return new Generation(_generation);
            },
        };
    }

    public FrameTable Frames { get; }

    public int Count => Volatile.Read(ref _count);

    public int StepsTaken => Volatile.Read(ref _stepsTaken);

    public ref readonly NodeFacts this[int node] => ref _facts[node >> ChunkBits][node & ChunkMask];

    public int Add(LocalState state) => Add(state, Naming.Unchanged);

    private int Add(LocalState state, in Naming naming)
    {
        state.Normalise();
        var bytes = _shapes.Codec.Encode(state, state.Core is { } core ? (long)CoreFields.Session.GetValue(core)! : 0, naming, out var names);
        if (_ids.TryGetValue(bytes, out var id))
            return id;
        var facts = FactsOf(state) with { Names = names };
        lock (_gate)
        {
            if (_ids.TryGetValue(bytes, out id))
                return id;
            id = _count;
            if (id >= 1 << World.NodeBits)
                throw new InvalidOperationException("More states of a machine than the packed state has room for");
            (_bytes[id >> ChunkBits] ??= new byte[1 << ChunkBits][])[id & ChunkMask] = bytes;
            (_facts[id >> ChunkBits] ??= new NodeFacts[1 << ChunkBits])[id & ChunkMask] = facts;
            Volatile.Write(ref _count, id + 1);
            // Last: who finds it here finds the rest.
            _ids[bytes] = id;
            return id;
        }
    }

    public LocalState Load(int node)
    {
        var state = (LocalState)_shapes.Codec.Decode(_bytes[node >> ChunkBits][node & ChunkMask]);
        if (state.Core is { } core)
        {
            CoreFields.LastId.SetValue(core, LocalState.LastId);
            CoreFields.Effects.SetValue(core, new List<ReplicaEffect>());
            CoreFields.Options.SetValue(core, _options);
            CoreFields.Rules.SetValue(core, _options.Safeguards);
            CoreFields.Budget.SetValue(core, long.MaxValue / 8);
        }
        return state;
    }

    public LocalOutcome Step(int node, LocalEvent e, int argument, int nextGeneration)
    {
        // First without the name of the next generation: nearly no step asks for it.
        var key = (ulong)(uint)node << 32 | (ulong)e << 24 | (ulong)(uint)argument << 4;
        var outcome = StepBy(key, node, e, argument, nextGeneration);
        return outcome.NewGeneration ? StepBy(key | (uint)nextGeneration, node, e, argument, nextGeneration) : outcome;
    }

    private LocalOutcome StepBy(ulong key, int node, LocalEvent e, int argument, int nextGeneration) =>
        _known.TryGetValue(key, out var outcome) ? outcome : _known.GetOrAdd(key, Take(node, e, argument, nextGeneration));

    public int[] Crashes(int node) =>
        _crashes.TryGetValue(node, out var after) ? after : _crashes.GetOrAdd(node, [.. Load(node).Crashed().Select(Add).Distinct()]);

    public int Rename(int node, ulong own, ulong peers, in Naming naming)
    {
        if (_renamed.TryGetValue((node, own, peers, naming), out var renamed))
            return renamed;
        var state = Load(node);
        state.Rename(own, peers);
        return _renamed.GetOrAdd((node, own, peers, naming), Add(state, naming));
    }

    private LocalOutcome Take(int node, LocalEvent e, int argument, int nextGeneration)
    {
        Interlocked.Increment(ref _stepsTaken);
        (_generation, _asked) = ((ulong)nextGeneration, false);
        var state = Load(node);
        var told = new List<(Told, int)>();
        switch (e)
        {
            case LocalEvent.Start:
                state.Core = new ReplicaCore(
                    _options, new LoadedMetadata(state.Lineage, state.Active, state.Page == 0 ? [] : [new BitmapPage(0, Words(state.Page))]), state.Lineage.SizeBytes);
                CoreFields.Budget.SetValue(state.Core, long.MaxValue / 8);
                Feed(state, new Started(), told);
                break;
            case LocalEvent.FinishIo:
                var pending = state.Io[argument];
                state.Io.RemoveAt(argument);
                if (pending.Io.Kind != LocalIoKind.Read)
                    state.Apply(pending.Io, pending.Covers);
                Feed(state, new LocalDone(pending.Io.Id, BlockStatus.Ok, pending.Io.Kind == LocalIoKind.Read ? ReadBlocks(state, pending.Io) : null), told);
                break;
            case LocalEvent.FinishCommit:
                var commit = state.Commit!;
                state.Commit = null;
                state.ApplyCommit(commit, 3);
                Feed(state, new MetadataDone(commit.Id, Ok: true), told);
                break;
            case LocalEvent.Receive: Feed(state, new Received((long)CoreFields.Session.GetValue(state.Core)!, Frames[argument]), told); break;
            case LocalEvent.LinkUp: Feed(state, new LinkUp(2), told); break;
            case LocalEvent.LinkDown: Feed(state, new LinkDown((long)CoreFields.Session.GetValue(state.Core)!), told); break;
            case LocalEvent.Submit: Feed(state, new Submitted(new CheckedRequest(argument, Bounds.BlockOf(argument), durable: true)), told); break;
            case LocalEvent.Grant: Feed(state, new Grant(9), told); break;
            case LocalEvent.PromoteAlone: Feed(state, new Promote(8, (ulong)argument, Alone: true, Force: false), told); break;
            case LocalEvent.PromoteConnected: Feed(state, new Promote(8, (ulong)argument, Alone: false, Force: false), told); break;
        }
        return new LocalOutcome(Add(state), [.. told], _asked);
    }

    private void Feed(LocalState state, ReplicaEvent e, List<(Told, int)> told)
    {
        foreach (var effect in state.Core!.Step(e))
        {
            switch (effect)
            {
                case LocalIo io: state.Io.Add(new PendingIo { Io = io, Covers = [state.Unflushed[0].Count, state.Unflushed[1].Count] }); break;
                case CommitMetadata commit: state.Commit = commit; break;
                case Send send: told.Add((Told.Send, Frames.Add(send.Frame))); break;
                case CloseLink: told.Add((Told.Close, 0)); break;
                case Complete { Request: CheckedRequest r } done: told.Add((done.Status == BlockStatus.Ok ? Told.Acknowledged : Told.Failed, r.Number)); break;
                case WantGrant: told.Add((Told.WantGrant, 0)); break;
                case InSync: told.Add((Told.InSync, 0)); break;
                case CommandDone { Id: 8, Result: not CommandResult.Done }: told.Add((Told.PromotionRefused, 0)); break;
                case Notice { Kind: NoticeKind.Refused, Refusal: Refusal.SplitBrain or Refusal.Unrelated or Refusal.BothInconsistent or Refusal.BothPrimary } n: told.Add((Told.Refused, (int)n.Refusal)); break;
            }
        }
    }

    private static FieldRole RoleOf(FieldInfo field) => field.Name switch
    {
        var name when Skipped.Contains(name) => FieldRole.LeftOut,
        "_session" or "session" or "<Session>k__BackingField" when field.FieldType == typeof(long) => FieldRole.Session,
        "_sendTerm" or "_leastTerm" or "term" or "<Term>k__BackingField" or "<Known>k__BackingField" when field.FieldType == typeof(ulong) => FieldRole.Term,
        "<Bases>k__BackingField" when field.FieldType == typeof(ImmutableArray<Generation>) => FieldRole.Bases,
        "<History>k__BackingField" when field.FieldType == typeof(ImmutableArray<Generation>) => FieldRole.History,
        _ => FieldRole.None,
    };

    private static int[] ReadBlocks(LocalState state, LocalIo io)
    {
        var first = (int)(io.OffsetBytes / DirtyMap.BlockBytes);
        return [.. Enumerable.Range(first, (int)(io.LengthBytes / DirtyMap.BlockBytes)).Select(state.Served)];
    }

    private static ulong[] Words(ulong first)
    {
        var words = new ulong[DirtyMap.WordsPerPage];
        words[0] = first;
        return words;
    }

    private static NodeFacts FactsOf(LocalState state)
    {
        var facts = new NodeFacts { First = (byte)state.Served(0), Second = (byte)state.Served(1), Io = (byte)state.Io.Count, Commits = state.Commit is not null };
        if (state.Core is not { } core)
            return facts;
        (facts.Own, facts.Peers) = state.Ids();
        facts.Runs = true;
        facts.IsPrimary = core.IsPrimary;
        facts.IsUpToDate = core.IsUpToDate;
        facts.Serves = core.IsPrimary && core.CurrentMode != Mode.Hold;
        facts.Phase = core.Phase;
        facts.InFlight = CoreFields.Claims(core).Any();
        return facts;
    }
}

internal static class Bounds
{
    /// <summary>First and third write go to one block, the second to the other.</summary>
    public static int BlockOf(int write) => write == 2 ? 1 : 0;
}
