using System.ComponentModel;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;

namespace Futago.Volumes.Snapshots;

/// <summary>
/// The <c>snapshots</c> directory of a volume. As with volumes, a snapshot is made under a name that starts with <c>.creating-</c>,
/// and a deleted one is renamed to <c>.deleting-</c> first: after a crash it is there wholly or not at all.
/// </summary>
internal sealed class SnapshotDirectory(string volumeDirectory)
{
    private const string CreatingPrefix = ".creating-";
    private const string DeletingPrefix = ".deleting-";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Root => Path.Combine(volumeDirectory, SnapshotDocument.DirectoryName);

    /// <summary>Removes what unfinished creations and deletions left, and the temporary ones of runs that are no more.</summary>
    /// <returns>How many there were.</returns>
    public int Sweep()
    {
        if (!Directory.Exists(Root))
            return 0;
        var leftovers = Directory.GetDirectories(Root)
            .Where(d => Path.GetFileName(d) is var name
                && (name.StartsWith(CreatingPrefix, StringComparison.Ordinal) || name.StartsWith(DeletingPrefix, StringComparison.Ordinal)))
            .ToList();
        foreach (var directory in leftovers)
            Directory.Delete(directory, recursive: true);
        var abandoned = List().Where(s => s is { Problem: null, Document.Temporary: true }).ToList();
        foreach (var snapshot in abandoned)
            Delete(snapshot);
        return leftovers.Count + abandoned.Count;
    }

    /// <summary>Makes a snapshot, durably; on failure nothing is left of it.</summary>
    /// <param name="clone">Clones the volume's data into the open file and says how long writes were held.</param>
    /// <exception cref="Win32Exception">The file system refused.</exception>
    public Snapshot Create(SnapshotDocument document, Func<FileDescriptor, TimeSpan> clone)
    {
        if (!Directory.Exists(Root))
        {
            Directory.CreateDirectory(Root, DirectoryMode);
            DurableFile.SyncDirectory(volumeDirectory);
        }
        var temporary = Path.Combine(Root, CreatingPrefix + document.Id);
        var directory = Path.Combine(Root, document.Id.ToString());
        try
        {
            Directory.CreateDirectory(temporary, DirectoryMode);
            var data = Path.Combine(temporary, VolumeDocument.DataName);
            using (new FileStream(data, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = LogicalVolume.FileMode }))
            {
                // Only the file itself; its content comes below.
            }
            using (var file = FileDescriptor.Open(data, LibC.O_RDWR))
            {
                document = document with { PauseMicroseconds = (long)clone(file).TotalMicroseconds };
                file.Sync();
            }
            SealedDocument.Write(Path.Combine(temporary, SnapshotDocument.FileName), document, VolumesJson.Options, LogicalVolume.FileMode);
            Directory.Move(temporary, directory);
            DurableFile.SyncDirectory(Root);
            return new Snapshot(directory, document, null);
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>From the rename on the snapshot is gone for good, whatever happens to the removal of its files.</summary>
    public void Delete(Snapshot snapshot)
    {
        var doomed = Path.Combine(Root, DeletingPrefix + Path.GetFileName(snapshot.DirectoryPath));
        Directory.Move(snapshot.DirectoryPath, doomed);
        DurableFile.SyncDirectory(Root);
        // Cut to nothing it gives its blocks back at once, not some time after its removal.
        var data = Path.Combine(doomed, VolumeDocument.DataName);
        if (FileStatus.TryRead(data) is { Kind: FileKind.Regular })
        {
            using var file = FileDescriptor.Open(data, LibC.O_RDWR);
            file.Truncate(0);
        }
        Directory.Delete(doomed, recursive: true);
    }

    /// <summary>Every snapshot that is there, oldest first, also one whose metadata cannot be used.</summary>
    public IReadOnlyList<Snapshot> List()
    {
        if (!Directory.Exists(Root))
            return [];
        var found = new List<Snapshot>();
        foreach (var directory in Directory.GetDirectories(Root))
        {
            if (Guid.TryParse(Path.GetFileName(directory), out var id))
                found.Add(Read(directory, id));
        }
        return [.. found.OrderBy(s => s.Document.CreatedAt).ThenBy(s => s.Id)];
    }

    private static Snapshot Read(string directory, Guid id)
    {
        var state = SealedDocument.Read<SnapshotDocument>(
            Path.Combine(directory, SnapshotDocument.FileName), SnapshotDocument.CurrentVersion, VolumesJson.Options, out var document);
        var length = FileStatus.TryRead(Path.Combine(directory, VolumeDocument.DataName)) is { Kind: FileKind.Regular, SizeBytes: var size } ? size : 0;
        if (state == SealedDocumentState.Good && document!.Id == id && ObjectName.IsValid(document.Name) && document.SizeBytes > 0)
        {
            return new Snapshot(directory, document, length >= document.SizeBytes
                ? null
                : Damaged(document.Name, "its data file is missing or too short"));
        }
        var name = $"damaged-{id.ToString()[..8]}";
        var substitute = new SnapshotDocument(
            SnapshotDocument.CurrentVersion, id, Guid.Empty, name, SnapshotOrigin.Manual, Temporary: false, Protected: true, length,
            IoType.Block, new DateTimeOffset(Directory.GetCreationTimeUtc(directory)), 0);
        return new Snapshot(directory, substitute, Damaged(name, state switch
        {
            SealedDocumentState.Newer => "it was made by a later version of the product",
            SealedDocumentState.Absent => $"its {SnapshotDocument.FileName} is missing",
            _ => $"its {SnapshotDocument.FileName} is damaged",
        }));
    }

    private static StorageProblem Damaged(string name, string reason) => new(
        StorageCodes.SnapshotDamaged, $"Snapshot “{name}” cannot be used: {reason}.", null, new Dictionary<string, string> { ["snapshot"] = name });
}
