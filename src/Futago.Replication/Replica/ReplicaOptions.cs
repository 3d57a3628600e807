namespace Futago.Replication;

/// <summary>Numbers of the mirror's core.</summary>
internal sealed record ReplicaOptions
{
    /// <summary>What <see cref="BlocksPerExtent"/> is on disks: the numbers in the activity log count in it.</summary>
    public const int ExtentBlocks = 1024;

    /// <summary>Blocks of 4 KiB that one slot of the activity log covers; a multiple of 64 that divides a page of bits.</summary>
    public int BlocksPerExtent { get; init; } = ExtentBlocks;

    /// <summary>Slots of the activity log; all of them fit into one 4 KiB block of the metadata file.</summary>
    public int ActivitySlots { get; init; } = 1000;

    /// <summary>Blocks that the resync copies at once; where digests are compared, now or in a verify, at most <see cref="ComparedBlocksMaximum"/>.</summary>
    public int BlocksPerChunk { get; init; } = 256;

    /// <summary>What one message can compare: a bit of the answer for each block.</summary>
    public const int ComparedBlocksMaximum = 64;

    /// <summary>Chunks under way at once.</summary>
    public int ChunksInFlight { get; init; } = 32;

    /// <summary>Copied blocks are flushed on both sides, and their bits cleared, in batches of this many chunks.</summary>
    public int ChunksPerFlush { get; init; } = 128;

    /// <summary>Compare digests first and copy only what differs.</summary>
    public bool ChecksumResync { get; init; }

    /// <summary>Longest silence of the peer, in ms.</summary>
    public long PeerSilentMs { get; init; } = 4000;

    public long PingMs { get; init; } = 1000;

    /// <summary>Longest time for one write or flush on the peer, in ms, while it otherwise answers.</summary>
    public long PeerStuckMs { get; init; } = 8000;

    /// <summary>How often bits that have changed are written, in ms, when nothing else asks for it.</summary>
    public long LazyBitsMs { get; init; } = 5000;

    public Safeguards Safeguards { get; init; } = Safeguards.All;

    /// <summary>Names for new generations; never twice the same.</summary>
    public required Func<Generation> NextGeneration { get; init; }
}
