namespace Futago.Console.Client.VolumeReplication;

/// <summary>
/// Volume replication tasks of this node, its own and the reverse ones that the peer's tasks made here. Every one can be worked
/// with from either node. What both nodes have to do is agreed with the peer first; methods say what happens when it is away.
/// </summary>
public interface IVolumeReplications
{
    Task<IReadOnlyList<VolumeReplicationView>> ListAsync(CancellationToken cancellation = default);

    Task<VolumeReplicationView> GetAsync(string name, CancellationToken cancellation = default);

    /// <summary>Where in the volume each side changed something, as far as each node knows; for the decision of a split brain.</summary>
    Task<ReplicationChanges> GetChangesAsync(string name, CancellationToken cancellation = default);

    /// <summary>Every volume of this node with what it is in volume replication.</summary>
    Task<IReadOnlyList<VolumeMode>> ListModesAsync(CancellationToken cancellation = default);

    /// <summary>What the peer has for a volume of this node: volumes of the same size and type, and groups to create one in.</summary>
    /// <param name="source">Path of the volume here.</param>
    Task<DestinationOffer> BrowseAsync(string source, CancellationToken cancellation = default);

    /// <summary>
    /// Makes a task here and its reverse one on the peer, both stopped. Asked again with the same values it goes on where an
    /// earlier call was cut off.
    /// </summary>
    Task<VolumeReplicationView> CreateAsync(CreateVolumeReplication request, CancellationToken cancellation = default);

    Task<VolumeReplicationResult> UpdateAsync(string name, UpdateVolumeReplication request, CancellationToken cancellation = default);

    /// <summary>Starts both sides; refused when the peer cannot be told.</summary>
    Task<VolumeReplicationView> StartAsync(string name, CancellationToken cancellation = default);

    /// <summary>Stops both sides, or this one alone when the peer cannot be told. The source goes on alone and remembers what changes.</summary>
    Task<VolumeReplicationResult> StopAsync(string name, CancellationToken cancellation = default);

    /// <summary>Makes the other node source: first the old source gives up its role, then the new one takes it.</summary>
    /// <exception cref="Engine.Contracts.ProblemException">
    /// When the first step fails, all is as before. When the second does, both nodes are destination, which the problem
    /// <c>volume-replication.switch-half</c> says with how to go on.
    /// </exception>
    Task<VolumeReplicationView> SwitchAsync(string name, SwitchVolumeReplication request, CancellationToken cancellation = default);

    /// <summary>Begins to compare both sides block by block; the result is in the task's status.</summary>
    Task<VolumeReplicationView> StartVerifyAsync(string name, CancellationToken cancellation = default);

    Task<VolumeReplicationView> StopVerifyAsync(string name, CancellationToken cancellation = default);

    /// <summary>Copies the blocks that the last verify found different from the source over those of the destination.</summary>
    /// <param name="confirm">The task's name, typed again.</param>
    Task<VolumeReplicationView> HealAsync(string name, string confirm, CancellationToken cancellation = default);

    /// <summary>Deletes the task here and its reverse one on the peer; volumes and their data stay on both nodes.</summary>
    Task DeleteAsync(string name, DeleteVolumeReplication request, CancellationToken cancellation = default);

    /// <summary>This node's volume counts as one without replicated data: the next connection copies everything over it.</summary>
    /// <param name="confirm">The task's name, typed again.</param>
    Task<VolumeReplicationView> ClearMetadataAsync(string name, string confirm, CancellationToken cancellation = default);

    /// <summary>Gives up one side of a split brain. That side's data is kept as a snapshot first.</summary>
    Task<VolumeReplicationView> DiscardSideAsync(string name, DiscardSide request, CancellationToken cancellation = default);

    /// <summary>This node becomes source although that may lose data or part the two sides for good; for when the source is lost.</summary>
    /// <param name="confirm">The task's name, typed again.</param>
    Task<VolumeReplicationView> ForceSourceAsync(string name, string confirm, CancellationToken cancellation = default);
}
