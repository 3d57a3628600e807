using System.ComponentModel;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Volumes.LogicalVolumes;

/// <summary>
/// The <c>volumes</c> directory of a mounted group. A volume is created under a name that starts with <c>.creating-</c> and
/// renamed when it is complete; a deleted one is renamed to <c>.deleting-</c> first. What a crash leaves of either is swept when
/// the group comes online, so a volume is there wholly or not at all.
/// </summary>
internal sealed class VolumeDirectory(string mountPoint)
{
    /// <summary>
    /// A thin volume gets its space in pieces of so many bytes; block by block it would lie in as many places as it has blocks, in the order in which
    /// they were written. docs/adr/0028-thin-volumes-grow-in-pieces.md.
    /// </summary>
    public const uint ThinPieceBytes = 128 << 10;

    private const string CreatingPrefix = ".creating-";
    private const string DeletingPrefix = ".deleting-";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Root => Path.Combine(mountPoint, VolumeDocument.DirectoryName);

    public void Prepare()
    {
        if (Directory.Exists(Root))
            return;
        Directory.CreateDirectory(Root, DirectoryMode);
        DurableFile.SyncDirectory(mountPoint);
    }

    /// <summary>Removes what unfinished creations and deletions left.</summary>
    /// <returns>How many there were.</returns>
    public int Sweep()
    {
        var leftovers = Directory.GetDirectories(Root)
            .Where(d => Path.GetFileName(d) is var name
                && (name.StartsWith(CreatingPrefix, StringComparison.Ordinal) || name.StartsWith(DeletingPrefix, StringComparison.Ordinal)))
            .ToList();
        foreach (var directory in leftovers)
            Directory.Delete(directory, recursive: true);
        return leftovers.Count;
    }

    /// <summary>Creates the volume, durably; on failure nothing is left of it.</summary>
    /// <param name="source">Data file whose blocks the new volume shares to begin with, or null.</param>
    /// <param name="prepare">Does something with the data file before the volume is there for anybody, or null.</param>
    /// <exception cref="Win32Exception">The file system refused, for lack of space for example.</exception>
    public string Create(VolumeDocument document, string? source = null, Action<string>? prepare = null)
    {
        var temporary = Path.Combine(Root, CreatingPrefix + document.Id);
        var directory = Path.Combine(Root, document.Id.ToString());
        try
        {
            Directory.CreateDirectory(temporary, DirectoryMode);
            var data = Path.Combine(temporary, VolumeDocument.DataName);
            using (new FileStream(data, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = LogicalVolume.FileMode }))
            {
                // Only the file itself; its space comes below.
            }
            using (var file = FileDescriptor.Open(data, LibC.O_RDWR))
            {
                Fill(file, document, source);
                file.Sync();
            }
            prepare?.Invoke(data);
            SealedDocument.Write(Path.Combine(temporary, VolumeDocument.FileName), document, VolumesJson.Options, LogicalVolume.FileMode);
            Directory.Move(temporary, directory);
            DurableFile.SyncDirectory(Root);
            return directory;
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// The content that a volume begins with: that of another file, or nothing. A thick one gets the space that is missing, which
    /// changes no byte.
    /// </summary>
    internal static void Fill(FileDescriptor file, VolumeDocument document, string? source)
    {
        if (document.Thin)
            file.AllocateInPiecesOf(ThinPieceBytes);
        if (source is not null)
        {
            using var origin = FileDescriptor.Open(source, LibC.O_RDONLY);
            file.CloneFrom(origin);
        }
        if (document.Thin || source is not null)
            file.Truncate(document.SizeBytes);
        if (!document.Thin)
            file.Allocate(0, document.SizeBytes);
    }

    /// <summary>From the rename on the volume is gone for good, whatever happens to the removal of its files.</summary>
    public void Delete(LogicalVolume volume)
    {
        var doomed = Path.Combine(Root, DeletingPrefix + Path.GetFileName(volume.DirectoryPath));
        Directory.Move(volume.DirectoryPath, doomed);
        DurableFile.SyncDirectory(Root);
        // XFS frees the blocks of a removed file some time later; those of a file cut to nothing at once, for the next volume.
        var data = Path.Combine(doomed, VolumeDocument.DataName);
        if (FileStatus.TryRead(data) is { Kind: FileKind.Regular })
        {
            using var file = FileDescriptor.Open(data, LibC.O_RDWR);
            file.Truncate(0);
        }
        Directory.Delete(doomed, recursive: true);
    }

    /// <summary>Every volume that is there, also one whose metadata cannot be used: it must not look as if it were gone.</summary>
    public IEnumerable<(string Directory, VolumeDocument Document, StorageProblem? Problem)> List()
    {
        foreach (var directory in Directory.GetDirectories(Root).Order(StringComparer.Ordinal))
        {
            if (!Guid.TryParse(Path.GetFileName(directory), out var id))
                continue;
            var state = SealedDocument.Read<VolumeDocument>(
                Path.Combine(directory, VolumeDocument.FileName), VolumeDocument.CurrentVersion, VolumesJson.Options, out var document);
            if (state == SealedDocumentState.Good && IsPlausible(document!, id))
            {
                TrimUnconfirmedExpansion(directory, document!);
                yield return (directory, document!, LogicalVolume.CheckData(directory, document!) ?? LogicalVolume.CheckCommitLog(directory, document!));
                continue;
            }
            var name = $"damaged-{id.ToString()[..8]}";
            var reason = state switch
            {
                SealedDocumentState.Newer => "was written by a later version of the product",
                SealedDocumentState.Absent => "is missing",
                _ => "is damaged",
            };
            yield return (
                directory,
                new VolumeDocument(
                    VolumeDocument.CurrentVersion, id, name, VolumeDocument.TypeIscsi,
                    FileStatus.TryRead(Path.Combine(directory, VolumeDocument.DataName))?.SizeBytes ?? 0,
                    Thin: true, IoType.Block, new DateTimeOffset(Directory.GetCreationTimeUtc(directory))),
                new StorageProblem(
                    StorageCodes.VolumeFailed,
                    $"The metadata of volume {id} ({VolumeDocument.FileName}) {reason}; its data file is untouched.",
                    null,
                    LogicalVolume.WhyFailed(name, StoragePhraseCodes.ReasonMetadataUnusable, $"its metadata {reason}; its data file is untouched")));
        }
    }

    private static bool IsPlausible(VolumeDocument document, Guid id) =>
        document.Id == id && ObjectName.IsValid(document.Name) && document.SizeBytes > 0
        && document.Type is VolumeDocument.TypeIscsi or VolumeDocument.TypeNas;

    private static void TrimUnconfirmedExpansion(string directory, VolumeDocument document)
    {
        var data = Path.Combine(directory, VolumeDocument.DataName);
        if (FileStatus.TryRead(data) is not { Kind: FileKind.Regular } status)
            return;
        // Allocation that failed or was cut off may also leave blocks beyond the end of a file of the right length.
        var beyond = !document.Thin && status.AllocatedBytes > document.SizeBytes;
        if (status.SizeBytes <= document.SizeBytes && !(beyond && status.SizeBytes == document.SizeBytes))
            return;
        using var file = FileDescriptor.Open(data, LibC.O_RDWR);
        file.Truncate(document.SizeBytes);
        file.Sync();
    }
}
