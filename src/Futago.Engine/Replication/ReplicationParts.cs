using Futago.Blocks;
using Futago.Engine.Events;
using Futago.Engine.Failover;
using Futago.Engine.Link;
using Futago.Engine.Targets;
using Futago.Volumes;

namespace Futago.Engine.Replication;

/// <summary>What every hosted replication works with.</summary>
/// <param name="NoteDirectory">In the engine's state directory, away from every volume: docs/on-disk/mirror-behind.md.</param>
/// <param name="Buffers">Memory for what comes from the peer, shared by all of them.</param>
/// <param name="CopyBuffers">Memory for what is read here to be copied or compared there, shared by all of them.</param>
internal sealed record ReplicationParts(
    VolumeCatalogue Catalogue,
    TargetService Targets,
    LinkService Link,
    EventJournal Journal,
    string NoteDirectory,
    BlockBufferPool Buffers,
    BlockBufferPool CopyBuffers,
    TimeProvider Time,
    ILoggerFactory Loggers)
{
    /// <summary>What the failover manager has.</summary>
    public FailoverRoles Failover { get; init; } = new();

    /// <summary>Takes the shares of a volume off; their connections are closed when it has ended.</summary>
    public Func<Guid, Task> ReleaseShares { get; init; } = _ => Task.CompletedTask;

    /// <summary>How long a source that was connected when it ended looks for its peer before it goes on alone.</summary>
    public TimeSpan ReconnectFirst { get; init; } = TimeSpan.FromSeconds(10);
}
