using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Futago.Blocks;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>A write of the check, the only request that there is.</summary>
internal sealed class CheckedRequest(int number, int block, bool durable)
    : ReplicaRequest(BlockOperation.Write, (long)block * DirtyMap.BlockBytes, DirtyMap.BlockBytes, number, durable)
{
    public int Number => number;
}

/// <summary>I/O under way. A flush covers what had reached the cache when it began.</summary>
internal sealed class PendingIo
{
    public required LocalIo Io { get; set; }

    public int[] Covers { get; set; } = [0, 0];
}

/// <summary>
/// All of one machine: its core, unless it is down, what is under way, medium, cache, and metadata file. Written as bytes between
/// two events; an event reads it back, lets the real core take its step, and writes what came of it.
/// </summary>
internal sealed class LocalState
{
    public const int Blocks = 2;

    /// <summary>Ids of what is under way are 1, 2, … between events; the core counts on from here within one.</summary>
    public const long LastId = 31;
    private const long CommitId = 30;

    public ReplicaCore? Core;
    public required VolumeLineage Lineage;
    public ImmutableArray<int> Active = [];
    public ulong Page;
    public int[] Medium = new int[Blocks];

    /// <summary>What each block got since it was last flushed, oldest first.</summary>
    public List<int>[] Unflushed = [[], []];
    public List<PendingIo> Io = [];
    public CommitMetadata? Commit;

    public int Served(int block) => Unflushed[block] is [.., var last] ? last : Medium[block];

    public void Apply(LocalIo io, int[] covers)
    {
        if (io.Kind == LocalIoKind.Flush)
        {
            for (var b = 0; b < Blocks; b++)
                Flush(b, covers[b]);
            return;
        }
        var first = (int)(io.OffsetBytes / DirtyMap.BlockBytes);
        for (var i = 0; i < io.LengthBytes / DirtyMap.BlockBytes; i++)
        {
            var value = io.Payload is int[] many ? many[i] : (int)io.Payload!;
            if (!io.Durable)
            {
                Unflushed[first + i].Add(value);
                continue;
            }
            Unflushed[first + i].Clear();
            foreach (var flush in Io)
                flush.Covers[first + i] = 0;
            Medium[first + i] = value;
        }
    }

    private void Flush(int block, int count)
    {
        count = Math.Min(count, Unflushed[block].Count);
        if (count == 0)
            return;
        Medium[block] = Unflushed[block][count - 1];
        Unflushed[block].RemoveRange(0, count);
        foreach (var flush in Io)
            flush.Covers[block] = Math.Max(0, flush.Covers[block] - count);
    }

    /// <summary>The commit's parts in the order in which they are made durable.</summary>
    public void ApplyCommit(CommitMetadata commit, int stages)
    {
        if (stages > 0 && commit.Pages is [var page, ..])
            Page = page.Words[0];
        if (stages > 1)
            Lineage = commit.Lineage ?? Lineage;
        if (stages > 2)
            Active = commit.ActiveExtents ?? Active;
    }

    /// <summary>Every state in which a loss of the power may leave the machine: any beginning of a commit, any of the values that each block may have got.</summary>
    public IEnumerable<LocalState> Crashed()
    {
        var values = Enumerable.Range(0, Blocks).Select(b => (HashSet<int>)[Medium[b], .. Unflushed[b]]).ToList();
        foreach (var io in Io.Select(i => i.Io).Where(i => i.Kind == LocalIoKind.Write))
        {
            for (var i = 0; i < io.LengthBytes / DirtyMap.BlockBytes; i++)
                values[(int)(io.OffsetBytes / DirtyMap.BlockBytes) + i].Add(io.Payload is int[] many ? many[i] : (int)io.Payload!);
        }
        for (var stages = Commit is null ? 3 : 0; stages <= 3; stages++)
        {
            foreach (var first in values[0])
            {
                foreach (var second in values[1])
                {
                    var after = new LocalState { Lineage = Lineage, Active = Active, Page = Page, Medium = [first, second] };
                    if (Commit is { } commit)
                        after.ApplyCommit(commit, stages);
                    yield return after;
                }
            }
        }
    }

    /// <summary>Gives the same names to the same things, and drops what no step can read any more.</summary>
    public void Normalise()
    {
        if (Core is not { } core)
            return;
        var local = (IDictionary)CoreFields.Local.GetValue(core)!;
        var names = local.Keys.Cast<long>().Order().Select((id, n) => (id, (long)n + 1)).ToDictionary();
        var values = CoreFields.Entries(local).Select(e => e.Value).ToList();
        local.Clear();
        for (var i = 0; i < values.Count; i++)
            local.Add((long)i + 1, values[i]);
        foreach (var io in Io)
            io.Io = io.Io with { Id = names[io.Io.Id] };
        Io.Sort((a, b) => a.Io.Id.CompareTo(b.Io.Id));
        if (Commit is { } commit)
        {
            Commit = commit with { Id = CommitId };
            CoreFields.Set(CoreFields.Commit.GetValue(core)!, "Id", CommitId);
        }
        ForgetNames(core, values);
        ForgetWhatIsOver(core);
    }

    private static void ForgetWhatIsOver(ReplicaCore core)
    {
        // After the decision, the hellos are read for the peer's node id and size alone; and once the connection is given up, not at all.
        if (core.Phase is not (LinkPhase.Draining or LinkPhase.HelloSent))
        {
            var closing = core.Phase == LinkPhase.Closing;
            CoreFields.SentHello.SetValue(core, closing ? null : Stub((Hello?)CoreFields.SentHello.GetValue(core)));
            CoreFields.Theirs.SetValue(core, closing ? null : Stub((Hello?)CoreFields.Theirs.GetValue(core)));
        }
        // The terms of a connection are set by its handshake, before anything reads them.
        if (core.Phase is LinkPhase.Down or LinkPhase.Draining or LinkPhase.HelloSent or LinkPhase.Closing)
        {
            CoreFields.SendTerm.SetValue(core, 0UL);
            CoreFields.LeastTerm.SetValue(core, 0UL);
        }
        if (CoreFields.Promoting.GetValue(core) is null)
            CoreFields.PromotingAlone.SetValue(core, false);
        // A resync begins at the first block, and what it has under way is all that it leaves behind.
        var copying = ((IDictionary)CoreFields.Chunks.GetValue(core)!).Count > 0 || Count(CoreFields.WaitingChunks) > 0 || Count(CoreFields.Batch) > 0
            || (CoreFields.Round.GetValue(core) is { } round && ((ICollection)CoreFields.Get(round, "Batch")!).Count > 0);
        if (core.Phase != LinkPhase.SyncSource && !copying)
            CoreFields.Cursor.SetValue(core, 0L);

        int Count(FieldInfo field) => ((IEnumerable)field.GetValue(core)!).Cast<object>().Count();
    }

    /// <summary>The number that a request or a chunk had on a connection that is gone is never looked for again.</summary>
    private static void ForgetNames(ReplicaCore core, List<object> values)
    {
        var issued = (Dictionary<long, ReplicaRequest>)CoreFields.Issued.GetValue(core)!;
        foreach (var r in CoreFields.Claims(core).OfType<ReplicaRequest>().Concat(values.OfType<ReplicaRequest>()))
        {
            if (!issued.TryGetValue(r.Id, out var same) || !ReferenceEquals(same, r))
                r.Id = 0;
        }
        var chunks = (IDictionary)CoreFields.Chunks.GetValue(core)!;
        var session = (long)CoreFields.Session.GetValue(core)!;
        foreach (var value in values.Where(v => v.GetType().DeclaringType == typeof(ReplicaCore)))
        {
            var id = (long)CoreFields.Get(value, "Id")!;
            if (value.GetType().Name == "Chunk" && !(chunks.Contains(id) && ReferenceEquals(chunks[id], value)))
                CoreFields.Set(value, "Id", 0L);
            else if (value.GetType().Name == "PeerIo" && ((long)CoreFields.Get(value, "Session")! != session || core.Phase is LinkPhase.Down or LinkPhase.Closing))
                CoreFields.Set(value, "Id", 0L);
        }
    }

    private static Hello? Stub(Hello? hello) => hello is null ? null : hello with
    {
        Term = 0,
        Primary = false,
        SizeBytes = 0,
        Current = default,
        Bases = [],
        History = [],
        Inconsistent = false,
        Outdated = false,
        HasDisk = false,
        Crashed = false,
        KeptRunning = false,
        DirtyBlocks = 0,
        Yields = false,
    };

    /// <summary>The ids that are known here: those that this node gave, and those of the peer's that it will answer.</summary>
    public (ulong Own, ulong Peers) Ids()
    {
        ulong own = 0, peers = 0;
        if (Core is not { } core)
            return (0, 0);
        foreach (var id in ((IDictionary)CoreFields.Issued.GetValue(core)!).Keys.Cast<long>().Concat(((IDictionary)CoreFields.Chunks.GetValue(core)!).Keys.Cast<long>()))
            own |= 1UL << (int)id;
        if (CoreFields.Round.GetValue(core) is { } round)
            own |= 1UL << (int)(long)CoreFields.Get(round, "Id")!;
        foreach (var io in ((IDictionary)CoreFields.Local.GetValue(core)!).Values.Cast<object>().Where(v => v.GetType().Name == "PeerIo"))
            peers |= 1UL << (int)(long)CoreFields.Get(io, "Id")!;
        return (own, peers & ~1UL);
    }

    /// <summary>The n-th of the given ids becomes n, on this node, in the frames and at the peer alike. The order stays.</summary>
    public void Rename(ulong own, ulong peers)
    {
        if (Core is not { } core)
            return;
        foreach (var map in (ReadOnlySpan<IDictionary>)[(IDictionary)CoreFields.Issued.GetValue(core)!, (IDictionary)CoreFields.Chunks.GetValue(core)!])
        {
            var entries = CoreFields.Entries(map);
            map.Clear();
            foreach (var (key, value) in entries)
            {
                var name = Ranks.Of(key, own);
                CoreFields.Set(value, "Id", name);
                map.Add(name, value);
            }
        }
        if (CoreFields.Round.GetValue(core) is { } round)
            CoreFields.Set(round, "Id", Ranks.Of((long)CoreFields.Get(round, "Id")!, own));
        foreach (var io in ((IDictionary)CoreFields.Local.GetValue(core)!).Values.Cast<object>().Where(v => v.GetType().Name == "PeerIo"))
        {
            if ((long)CoreFields.Get(io, "Id")! is var id and not 0)
                CoreFields.Set(io, "Id", Ranks.Of(id, peers));
        }
    }
}

/// <summary>The parts of the core that the check has to name.</summary>
internal static class CoreFields
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
    private static readonly Dictionary<(Type, string), FieldInfo> Known = [];

    public static readonly FieldInfo Local = Of("_local"), Issued = Of("_issued"), Chunks = Of("_chunks"), Round = Of("_round"), Commit = Of("_commit"),
        Session = Of("_session"), SentHello = Of("_sentHello"), Theirs = Of("_theirs"), LastId = Of("_lastId"), Effects = Of("_effects"), Options = Of("_options"),
        Rules = Of("_rules"), SendTerm = Of("_sendTerm"), LeastTerm = Of("_leastTerm"),
        Promoting = Of("_promoting"), PromotingAlone = Of("_promotingAlone"), Cursor = Of("_cursor"), WaitingChunks = Of("_waitingChunks"), Batch = Of("_batch"), Budget = Of("_budgetBytes"), Locks = Of("_locks");

    private static readonly FieldInfo ClaimList = typeof(RangeLocks).GetField("_claims", Any)!;

    public static IEnumerable<RangeClaim> Claims(ReplicaCore core) => (List<RangeClaim>)ClaimList.GetValue(Locks.GetValue(core))!;

    /// <summary>By their keys.</summary>
    public static List<(long Key, object Value)> Entries(IDictionary map) => [.. map.Keys.Cast<long>().Order().Select(k => (k, map[k]!))];

    public static object? Get(object of, string property) => Backing(of.GetType(), property).GetValue(of);

    public static void Set(object of, string property, object value) => Backing(of.GetType(), property).SetValue(of, value);

    private static FieldInfo Of(string name) => typeof(ReplicaCore).GetField(name, Any) ?? throw new MissingFieldException(name);

    private static FieldInfo Backing(Type type, string property)
    {
        if (Known.TryGetValue((type, property), out var field))
            return field;
        for (var t = type; t is not null && field is null; t = t.BaseType)
            field = t.GetField($"<{property}>k__BackingField", Any | BindingFlags.DeclaredOnly);
        return Known[(type, property)] = field ?? throw new MissingFieldException($"{type}.{property}");
    }
}
