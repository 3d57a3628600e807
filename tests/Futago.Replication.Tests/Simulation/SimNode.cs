using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Replication.Tests.Simulation;

/// <summary>One machine: medium, metadata, and while it runs a core with what it has under way.</summary>
internal sealed class SimNode
{
    private readonly SimWorld _world;
    private readonly Dictionary<int, ulong[]> _pages = [];
    private VolumeLineage _lineage;
    private ImmutableArray<int> _active = [];
    private VolumeLineage? _oldLineage;

    public SimNode(SimWorld world, int index, VolumeLineage lineage, int sectors)
    {
        (_world, Index, _lineage, Disk) = (world, index, lineage, new SimDisk(sectors));
        _oldLineage = lineage;
    }

    public int Index { get; }

    public SimDisk Disk { get; }

    public ReplicaCore? Core { get; private set; }

    /// <summary>Operations on the medium that have been started; they end in any order.</summary>
    public List<(LocalIo Io, int ChangesAtStart)> Io { get; } = [];

    public CommitMetadata? Commit { get; private set; }

    /// <summary>How much of the commit is on the medium: pages, lineage, log.</summary>
    public int CommitStage { get; private set; }

    public List<StoreBlob> BlobStores { get; } = [];

    public Dictionary<string, (long Version, ImmutableArray<byte> Content)> Blobs { get; } = [];

    /// <summary>Being made or taken away.</summary>
    public NoteBehind? Note { get; private set; }

    /// <summary>The note that the medium is behind (I15). Not on the medium, so it survives that one's failure.</summary>
    public bool IsNotedBehind { get; private set; }

    public VolumeLineage StoredLineage => _lineage;

    public void Start()
    {
        // The shell flushes before it serves: what a killed process left in the page cache is made durable first.
        Disk.Failed = Disk.MetadataSurvives = false;
        Disk.Flush(int.MaxValue);
        var options = _world.Options(Index);
        var pages = _pages.Select(p => new BitmapPage(p.Key, p.Value)).ToList();
        Core = new ReplicaCore(options, new LoadedMetadata(_lineage, _active, pages, Behind: IsNotedBehind), _world.DeviceBytes);
        foreach (var (name, blob) in Blobs)
            Core.LoadBlob(name, blob.Version, blob.Content);
        Step(new Started());
        Step(new ResyncBudget(long.MaxValue / 8));
    }

    /// <summary>The process is gone; with the power, so is the cache.</summary>
    public void Crash(Random random, bool power)
    {
        Core = null;
        _world.Trace?.Invoke($"{Index} crashes, power {power}");
        foreach (var (io, _) in Io)
        {
            // What was under way may have happened, wholly or in part.
            if (io.Kind is LocalIoKind.Write or LocalIoKind.Zero or LocalIoKind.Unmap && !Disk.Failed && random.Next(2) == 0)
                Apply(io, random.Next(2) == 0 ? Count(io) : random.Next(Count(io) + 1), durable: false);
        }
        Io.Clear();
        BlobStores.Clear();
        // The commit stops at one of its boundaries.
        if (Commit is not null && !Disk.MetadataFails)
        {
            for (var stages = random.Next(4); stages > 0 && CommitStage < 3; stages--)
                AdvanceCommit();
        }
        Commit = null;
        if (Note is { } note && random.Next(2) == 0)
            IsNotedBehind = note.Behind;
        Note = null;
        if (power)
            Disk.FailPower(random);
    }

    public void RewindLineage() => _lineage = _oldLineage!;

    public void Step(ReplicaEvent e)
    {
        _world.Trace?.Invoke($"{Index} < {e}");
        foreach (var effect in Core!.Step(e).ToArray())
        {
            _world.Trace?.Invoke($"{Index}   > {effect}");
            switch (effect)
            {
                case LocalIo io:
                    if (_world.Mutation == Mutation.I14UnstableBuffers && io is { Kind: LocalIoKind.Write, Payload: int[] values } && Core.IsPrimary)
                        io = io with { Payload = _world.Disturb(values) };
                    Io.Add((io, Disk.Changes));
                    break;
                case CommitMetadata commit:
                    (Commit, CommitStage) = (commit, 0);
                    break;
                case StoreBlob blob: BlobStores.Add(blob); break;
                case NoteBehind note: Note = note; break;
                default: _world.OnEffect(this, effect); break;
            }
        }
    }

    public void FinishIo(int index)
    {
        var (io, changes) = Io[index];
        Io.RemoveAt(index);
        if (Disk.Failed)
        {
            Step(new LocalDone(io.Id, io.Kind is LocalIoKind.Read or LocalIoKind.Digest ? BlockStatus.ReadError : BlockStatus.WriteError));
            return;
        }
        var first = (int)(io.OffsetBytes / SimDisk.SectorBytes);
        switch (io.Kind)
        {
            case LocalIoKind.Read when io.Payload is int[] into:
                Disk.Cache.Slice(first, Count(io)).CopyTo(into);
                Step(new LocalDone(io.Id, BlockStatus.Ok));
                break;
            case LocalIoKind.Read:
                Step(new LocalDone(io.Id, BlockStatus.Ok, Disk.Read(first, Count(io))));
                break;
            case LocalIoKind.Digest:
                Step(new LocalDone(io.Id, BlockStatus.Ok, null, Digest(first, Count(io))));
                break;
            case LocalIoKind.Flush:
                Disk.Flush(changes);
                Step(new LocalDone(io.Id, BlockStatus.Ok));
                break;
            default:
                Apply(io, Count(io), io.Durable);
                Step(new LocalDone(io.Id, BlockStatus.Ok));
                break;
        }
    }

    public void StepCommit()
    {
        if (CommitStage < 3)
        {
            if (!Disk.MetadataFails)
                AdvanceCommit();
            else
                CommitStage = 3;
            return;
        }
        var id = Commit!.Id;
        Commit = null;
        Step(new MetadataDone(id, !Disk.MetadataFails));
    }

    public void FinishBlob(int index)
    {
        var store = BlobStores[index];
        BlobStores.RemoveAt(index);
        if (!Disk.MetadataFails)
            Blobs[store.Name] = (store.Version, store.Content);
        Step(new BlobStored(store.Id, !Disk.MetadataFails));
    }

    /// <param name="fails">Nobody knows then whether it was made, or taken away.</param>
    public void FinishNote(bool fails, bool happened)
    {
        var note = Note!;
        Note = null;
        if (!fails || happened)
            IsNotedBehind = note.Behind;
        Step(new BehindNoted(note.Id, !fails));
    }

    private static int Count(LocalIo io) => (int)(io.LengthBytes / SimDisk.SectorBytes);

    private void AdvanceCommit()
    {
        switch (CommitStage++)
        {
            case 0:
                foreach (var page in Commit!.Pages)
                    _pages[page.Index] = page.Words;
                break;
            case 1:
                if (Commit!.Lineage is { } lineage)
                    (_oldLineage, _lineage) = (_lineage, lineage);
                break;
            case 2:
                if (Commit!.ActiveExtents is { } active)
                    _active = active;
                break;
        }
    }

    private void Apply(LocalIo io, int count, bool durable)
    {
        var first = (int)(io.OffsetBytes / SimDisk.SectorBytes);
        var values = io.Payload as int[] ?? new int[count];
        Disk.Write(first, values.AsSpan(0, Math.Min(count, values.Length)), durable);
    }

    private ImmutableArray<byte> Digest(int first, int count)
    {
        var digests = new byte[count / 2 * 16];
        for (var block = 0; block < count / 2; block++)
        {
            BitConverter.TryWriteBytes(digests.AsSpan(block * 16), Disk.Cache[first + block * 2]);
            BitConverter.TryWriteBytes(digests.AsSpan(block * 16 + 8), Disk.Cache[first + block * 2 + 1]);
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(digests);
    }
}
