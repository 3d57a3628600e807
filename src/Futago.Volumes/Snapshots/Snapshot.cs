using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;

namespace Futago.Volumes.Snapshots;

/// <summary>One snapshot of a volume of an online group: a directory with its metadata and its data file.</summary>
internal sealed class Snapshot(string directory, SnapshotDocument document, StorageProblem? problem)
{
    private const long NotMeasured = -1;

    private volatile SnapshotDocument _document = document;
    private long _usedBytes = NotMeasured;

    public Guid Id => Document.Id;

    public string Name => Document.Name;

    public SnapshotDocument Document => _document;

    public string DirectoryPath => directory;

    public string DataPath => Path.Combine(directory, VolumeDocument.DataName);

    /// <summary>Why it cannot be used, or null.</summary>
    public StorageProblem? Problem => problem;

    /// <summary>Set while its file system is mounted; changed under the catalogue's gate.</summary>
    public SnapshotMount? Mount { get; set; }

    /// <summary>What deleting it alone gives back; null before the first measurement.</summary>
    public long? UsedBytes
    {
        get => Interlocked.Read(ref _usedBytes) is >= 0 and var used ? used : null;
        set => Interlocked.Exchange(ref _usedBytes, value ?? NotMeasured);
    }

    /// <summary>Writes changed metadata, durably, and takes it over.</summary>
    public void Update(SnapshotDocument changed)
    {
        SealedDocument.Write(Path.Combine(directory, SnapshotDocument.FileName), changed, VolumesJson.Options, LogicalVolume.FileMode);
        _document = changed;
    }
}
