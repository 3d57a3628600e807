using Futago.Volumes.Nas;

namespace Futago.Volumes.Snapshots;

/// <summary>The read-only mount of a snapshot, and who asked for it. Changed under the catalogue's gate.</summary>
internal sealed class SnapshotMount(NasFileSystem fileSystem)
{
    public NasFileSystem FileSystem => fileSystem;

    /// <summary>One entry per <see cref="ISnapshotMount"/> that is not disposed.</summary>
    public List<StoragePhrase> Users { get; } = [];
}
