using Futago.Blocks;
using Microsoft.Extensions.Logging;

namespace Futago.Replication;

/// <summary>What a <see cref="ReplicatedVolume"/> is made of.</summary>
public sealed record ReplicatedVolumeOptions
{
    /// <summary>For logs and thread names.</summary>
    public required string Name { get; init; }

    public required Guid ReplicationId { get; init; }

    public required Guid NodeId { get; init; }

    /// <summary>The volume's own device. The replicated volume owns it.</summary>
    public required IBlockDevice Device { get; init; }

    /// <summary>File beside the volume; see docs/on-disk/replication-metadata.md.</summary>
    public required string MetadataPath { get; init; }

    /// <summary>Where it is noted, away from the volume's medium, that this node's copy is behind the peer's (I15).</summary>
    public required IBehindNote BehindNote { get; init; }

    /// <summary>Memory for data that comes from the peer. It comes back when the data are on the volume's own medium.</summary>
    public required BlockBufferPool Buffers { get; init; }

    /// <summary>
    /// Memory for data that are read here for the peer, by a resync, by a verify, or because the peer's own medium has failed. Apart from the other: what is in it waits for the peer, and two nodes that
    /// copy to each other would wait for each other's memory. Where it is used up, such reads wait.
    /// </summary>
    public required BlockBufferPool CopyBuffers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required ILogger Logger { get; init; }

    /// <summary>How long a source without its peer waits before it goes on alone; initiators bear 30 s and more.</summary>
    public TimeSpan GoOnAloneAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest silence of the peer before the connection counts as dead.</summary>
    public TimeSpan PeerSilentAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Longest time for one write or flush on a peer that otherwise answers.</summary>
    public TimeSpan PeerStuckAfter { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Asked before this node goes on alone; false means that it has to wait. Null: nobody else decides, so that it may.
    /// </summary>
    public Func<ulong, CancellationToken, Task<bool>>? AskToGoOnAlone { get; init; }

    /// <summary>Keeps the present data as a snapshot before a side of a split brain is given up; false: it could not be kept.</summary>
    public Func<CancellationToken, Task<bool>>? KeepSnapshot { get; init; }

    /// <summary>Bytes per second for resync and verify; null: what application I/O leaves.</summary>
    public long? ResyncLimit { get; init; }

    /// <summary>Compare digests and send only what differs.</summary>
    public bool ChecksumResync { get; init; }
}
