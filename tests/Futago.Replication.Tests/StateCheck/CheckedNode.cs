using System.Collections.Immutable;
using System.Reflection;
using Futago.Blocks;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>One machine of <see cref="CheckedWorld"/>. A payload is the value of a block, or of each of several.</summary>
internal sealed class CheckedNode(CheckedWorld world, int index, VolumeLineage lineage)
{
    private static readonly FieldInfo LastId = typeof(ReplicaCore).GetField("_lastId", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly int[] _medium = new int[2];
    private VolumeLineage _lineage = lineage;
    private ImmutableArray<int> _active = [];
    private ulong[]? _page;

    public int Index => index;

    public int[] Cache { get; } = new int[2];

    public ReplicaCore? Core { get; private set; }

    public List<LocalIo> Io { get; } = [];

    public CommitMetadata? Commit { get; private set; }

    public bool IsIdle => Io.Count == 0 && Commit is null;

    public void Start()
    {
        Core = new ReplicaCore(
            new ReplicaOptions
            {
                BlocksPerExtent = 64,
                ActivitySlots = 1,
                BlocksPerChunk = 2,
                ChunksInFlight = 1,
                ChunksPerFlush = 1,
                Safeguards = world.Safeguards,
                NextGeneration = () => new Generation(world.NextGeneration()),
            },
            new LoadedMetadata(_lineage, _active, _page is null ? [] : [new BitmapPage(0, _page)]),
            _lineage.SizeBytes);
        LastId.SetValue(Core, Fingerprint.FirstName * (4 + index));
        Step(new Started());
        Step(new ResyncBudget(long.MaxValue / 8));
    }

    public void Crash()
    {
        Core = null;
        Io.Clear();
        Commit = null;
        _medium.CopyTo(Cache, 0);
    }

    public void Step(ReplicaEvent e)
    {
        CheckedWorld.Trace?.Invoke($"{index} < {e}");
        foreach (var effect in Core!.Step(e).ToArray())
        {
            CheckedWorld.Trace?.Invoke($"{index}   > {effect}");
            if (effect is LocalIo io)
                Io.Add(io);
            else if (effect is CommitMetadata commit)
                Commit = commit;
            else
                world.OnEffect(index, effect);
        }
        world.Check();
    }

    public void FinishIo(int at)
    {
        var io = Io[at];
        Io.RemoveAt(at);
        var first = (int)(io.OffsetBytes / DirtyMap.BlockBytes);
        var count = (int)(io.LengthBytes / DirtyMap.BlockBytes);
        if (io.Kind == LocalIoKind.Read)
        {
            Step(new LocalDone(io.Id, BlockStatus.Ok, Cache.AsSpan(first, count).ToArray()));
            return;
        }
        if (io.Kind == LocalIoKind.Write)
        {
            for (var i = 0; i < count; i++)
                Cache[first + i] = io.Payload is int[] values ? values[i] : (int)io.Payload!;
            if (io.Durable)
                Cache.AsSpan(first, count).CopyTo(_medium.AsSpan(first));
        }
        else if (io.Kind == LocalIoKind.Flush)
        {
            Cache.CopyTo(_medium, 0);
        }
        Step(new LocalDone(io.Id, BlockStatus.Ok));
    }

    public void FinishCommit()
    {
        var commit = Commit!;
        Commit = null;
        foreach (var page in commit.Pages)
            _page = page.Words;
        _lineage = commit.Lineage ?? _lineage;
        _active = commit.ActiveExtents ?? _active;
        Step(new MetadataDone(commit.Id, Ok: true));
    }

    public void AddTo(Fingerprint print)
    {
        foreach (var part in (ReadOnlySpan<object?>)[Core, Cache, _medium, _lineage, _active, _page?[0] ?? 0, Io, Commit])
            print.Add(part);
    }
}
