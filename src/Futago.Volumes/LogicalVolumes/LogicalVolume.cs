using System.Collections.Immutable;
using System.ComponentModel;
using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Blocks.Log;
using Futago.Volumes.Initialisation;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;
using Futago.Volumes.Nas;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging;

namespace Futago.Volumes.LogicalVolumes;

/// <summary>One logical volume of an online group: a directory with its metadata and its data file.</summary>
public sealed class LogicalVolume
{
    internal const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string ReplacementName = "data.replacement";

    private readonly RangeGate _gate = new();
    private readonly ZeroInitialisation _initialisation;
    private readonly Action<LogicalVolume, string?> _initialisationEnded;
    private volatile VolumeDocument _document;
    private volatile StorageProblem? _problem;
    private volatile ImmutableList<Snapshot> _snapshots = [];
    private volatile SnapshotUsage? _snapshotUsage;
    private volatile NasFileSystem? _fileSystem;

    internal LogicalVolume(
        string directory,
        VolumeDocument document,
        StorageProblem? problem,
        TimeProvider time,
        Action<LogicalVolume, string?> initialisationEnded,
        ILogger logger)
    {
        DirectoryPath = directory;
        _document = document;
        _problem = problem;
        _initialisationEnded = initialisationEnded;
        _initialisation = new ZeroInitialisation(DataPath, _gate, time, RecordProgress, OnInitialisationEnded, logger);
    }

    /// <summary>What is served when a snapshot is exported: a volume that nobody can write to.</summary>
    internal static LogicalVolume OfSnapshot(Snapshot snapshot, TimeProvider time, ILogger logger) => new(
        snapshot.DirectoryPath,
        new VolumeDocument(
            VolumeDocument.CurrentVersion, snapshot.Id, snapshot.Name, VolumeDocument.TypeIscsi, snapshot.Document.SizeBytes, Thin: true,
            snapshot.Document.IoType, snapshot.Document.CreatedAt),
        snapshot.Problem,
        time,
        (_, _) => { },
        logger)
    {
        ReadOnly = true,
    };

    public Guid Id => _document.Id;

    public string Name => _document.Name;

    public long SizeBytes => _document.SizeBytes;

    public bool Thin => _document.Thin;

    public IoType IoType => _document.IoType;

    public DateTimeOffset CreatedAt => _document.CreatedAt;

    /// <summary>True for a snapshot: its data file is never opened for writing.</summary>
    public bool ReadOnly { get; private init; }

    public bool IsNas => _document.Type == VolumeDocument.TypeNas;

    /// <summary>Why it cannot be served, or null.</summary>
    public StorageProblem? Problem => _problem;

    public string DataPath => Path.Combine(DirectoryPath, VolumeDocument.DataName);

    /// <summary>Durable writes that are perhaps not in the data file yet; null for what nobody writes to. <see cref="Blocks.Log.CommitLogFile"/>.</summary>
    public string? CommitLogPath => ReadOnly ? null : CommitLogOf(DirectoryPath);

    /// <summary>Null when nothing is left to initialise.</summary>
    public InitialisationProgress? Initialisation => _gate.IsOpen ? null : _initialisation.Progress;

    internal string DirectoryPath { get; }

    /// <summary>Oldest first. Changed under the catalogue's gate; read from anywhere.</summary>
    internal ImmutableList<Snapshot> Snapshots
    {
        get => _snapshots;
        set => _snapshots = value;
    }

    /// <summary>Null before the first measurement, and while there is nothing to measure.</summary>
    internal SnapshotUsage? SnapshotUsage
    {
        get => _snapshotUsage;
        set => _snapshotUsage = value;
    }

    /// <summary>Of a NAS volume that is mounted; else null. Changed under the catalogue's gate, or for a replicated volume by its replication.</summary>
    internal NasFileSystem? FileSystem
    {
        get => _fileSystem;
        set => _fileSystem = value;
    }

    /// <summary>Held while the file system of a replicated volume comes or goes, and while it is frozen.</summary>
    internal Lock FileSystemLock { get; } = new();

    /// <summary>The metadata of a volume replication lies beside it. Nobody may change the data past the mirror.</summary>
    public bool IsReplicated => File.Exists(ReplicationPath);

    public ReplicationMode ReplicationMode => _document.ReplicationMode ?? ReplicationMode.None;

    internal int SnapshotReservePercent => _document.SnapshotReservePercent ?? VolumeCatalogue.SnapshotReserveDefaultPercent;

    internal long SnapshotReserveBytes => (long)(SizeBytes / 100m * SnapshotReservePercent);

    /// <summary>
    /// Space that is set aside beyond what is allocated: the rest of the reserve while there are snapshots; and when the blocks that
    /// the volume shares cannot be made free by dropping (clones and protected snapshots have them), room to overwrite all of them.
    /// </summary>
    internal long SnapshotDebtBytes
    {
        get
        {
            var usage = _snapshotUsage ?? new SnapshotUsage(0, 0);
            var reserve = _snapshots.IsEmpty ? 0 : Math.Max(0, SnapshotReserveBytes - usage.SnapshotBytes);
            var held = !Thin && (_document.ClonedFrom is not null || _snapshots.Exists(s => s.Document.Protected));
            return held ? Math.Max(reserve, usage.SharedBytes) : reserve;
        }
    }

    internal VolumeDocument Document => _document;

    /// <summary>Where volume replication keeps what it knows of the data: beside it, whether the volume is replicated or not.</summary>
    public string ReplicationPath => Path.Combine(DirectoryPath, VolumeDocument.ReplicationName);

    /// <summary>Space that the metadata of volume replication takes, in bytes.</summary>
    internal long ReplicationBytes => FileStatus.TryRead(ReplicationPath)?.AllocatedBytes ?? 0;

    /// <summary>Space that the data file really takes, in bytes.</summary>
    public long AllocatedBytes => FileStatus.TryRead(DataPath)?.AllocatedBytes ?? 0;

    /// <summary>
    /// Every access to the data goes through what this returns, so that the zero-initialisation (now, or after an expansion)
    /// never meets a write, and that a snapshot is of one instant. The wrapper owns the device.
    /// </summary>
    public IBlockDevice Guard(IBlockDevice device) => new GuardedDevice(device, Initialises ? _gate : null, SnapshotGate);

    /// <summary>To be set by whoever opens the volume and offers atomic writes: a snapshot waits for the one in flight.</summary>
    public AtomicWriteJournal? AtomicWrites
    {
        get => SnapshotGate.AtomicWrites;
        set => SnapshotGate.AtomicWrites = value;
    }

    internal SnapshotGate SnapshotGate { get; } = new();

    private bool Initialises => !_document.Thin && _document.IoType == IoType.File;

    /// <summary>Brings what a crash left in the commit log to the data, before anybody looks at that.</summary>
    internal static StorageProblem? CheckCommitLog(string directory, VolumeDocument document)
    {
        try
        {
            CommitLogFile.Replay(CommitLogOf(directory), Path.Combine(directory, VolumeDocument.DataName));
            return null;
        }
        catch (IOException e)
        {
            return new StorageProblem(
                StorageCodes.VolumeLogUnusable,
                $"{e.Message}. Clone a snapshot to a new volume, or, to go on without them, delete that file and restart the service.",
                null,
                new Dictionary<string, string> { ["volume"] = document.Name, ["log"] = CommitLogOf(directory) });
        }
    }

    internal static StorageProblem? CheckData(string directory, VolumeDocument document)
    {
        var status = FileStatus.TryRead(Path.Combine(directory, VolumeDocument.DataName));
        if (status is not { Kind: FileKind.Regular })
            return new StorageProblem(StorageCodes.VolumeFailed, $"The data file of volume “{document.Name}” is missing.", null, WhyFailed(document.Name, StoragePhraseCodes.ReasonDataFileMissing, "its data file is missing"));
        return status.SizeBytes < document.SizeBytes
            ? new StorageProblem(
                StorageCodes.VolumeFailed, $"The data file of volume “{document.Name}” is shorter than the volume.", null,
                WhyFailed(document.Name, StoragePhraseCodes.ReasonDataFileShort, "its data file is shorter than the volume"))
            : null;
    }

    /// <summary>Arguments of a problem that says why a volume cannot be used.</summary>
    internal static Dictionary<string, string> WhyFailed(string volume, string reasonCode, string reason) =>
        new() { ["volume"] = volume, ["reason"] = reason, ["reasonCode"] = reasonCode };

    /// <summary>Starts or resumes the zero-initialisation when there is one to do.</summary>
    internal void Resume()
    {
        if (!Initialises || _problem is not null)
            return;
        var done = ReadProgress();
        if (done < _document.InitialiseTo)
            _initialisation.Run(done, _document.InitialiseTo, _document.InitialisationLimitBytesPerSecond);
    }

    internal Task StopAsync() => _initialisation.StopAsync();

    internal void Fail(StorageProblem? problem) => _problem = problem;

    /// <summary>Writes changed metadata, durably, and takes it over.</summary>
    internal void Update(VolumeDocument document)
    {
        SealedDocument.Write(Path.Combine(DirectoryPath, VolumeDocument.FileName), document, VolumesJson.Options, FileMode);
        _document = document;
    }

    /// <summary>
    /// Extends the data file, then the metadata. A crash between the two leaves a file that is too long, which is cut back when
    /// the group comes online: the expansion was never confirmed and nobody could write there.
    /// </summary>
    internal void Expand(long newSizeBytes)
    {
        var old = _document;
        using (var file = FileDescriptor.Open(DataPath, LibC.O_RDWR))
        {
            try
            {
                if (Thin)
                    file.Truncate(newSizeBytes);
                else
                    file.Allocate(old.SizeBytes, newSizeBytes - old.SizeBytes);
                file.Sync();
            }
            catch (Win32Exception)
            {
                file.Truncate(old.SizeBytes);
                throw;
            }
        }
        var initialiseTo = Initialises ? newSizeBytes : 0;
        Update(old with { SizeBytes = newSizeBytes, InitialiseTo = initialiseTo });
        // Before anybody is told of the new size: from here on writes are tracked.
        if (Initialises)
            _initialisation.Run(ReadProgress(), initialiseTo, old.InitialisationLimitBytesPerSecond);
    }

    internal void SetInitialisationLimit(long? bytesPerSecond)
    {
        Update(_document with { InitialisationLimitBytesPerSecond = bytesPerSecond });
        _initialisation.SetLimit(bytesPerSecond);
    }

    /// <summary>
    /// Puts another content in the place of the volume's own, whole or not at all: it is made aside and renamed over. The volume is not
    /// in use meanwhile. Its size stays; what a shorter content lacks reads as zeros.
    /// </summary>
    /// <exception cref="Win32Exception">The file system refused; the volume is as it was.</exception>
    internal void ReplaceData(string source)
    {
        var aside = Path.Combine(DirectoryPath, ReplacementName);
        File.Delete(aside);
        try
        {
            using (new FileStream(aside, new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode }))
            {
                // Only the file itself; its content comes below.
            }
            using (var file = FileDescriptor.Open(aside, LibC.O_RDWR))
            {
                VolumeDirectory.Fill(file, _document, source);
                file.Sync();
            }
            if (Initialises)
            {
                // What was allocated anew has no zeros in it yet. Without the hint the work looks at everything.
                File.Delete(Path.Combine(DirectoryPath, ProgressDocument.FileName));
                Update(_document with { InitialiseTo = SizeBytes });
            }
            // First: writes that a crash interrupted belong to the content that goes, and must not be finished in the new one.
            CommitLogFile.Discard(CommitLogOf(DirectoryPath));
            File.Delete(Path.Combine(DirectoryPath, AtomicWriteJournal.FileName));
            File.Move(aside, DataPath, overwrite: true);
            DurableFile.SyncDirectory(DirectoryPath);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }

    /// <summary>A replacement that a crash cut off is of no meaning.</summary>
    internal void SweepReplacement() => File.Delete(Path.Combine(DirectoryPath, ReplacementName));

    private long ReadProgress() =>
        SealedDocument.Read<ProgressDocument>(
            Path.Combine(DirectoryPath, ProgressDocument.FileName), ProgressDocument.CurrentVersion, VolumesJson.Options, out var progress)
        == SealedDocumentState.Good
            ? Math.Clamp(progress!.DoneBytes, 0, _document.InitialiseTo)
            : 0;

    private void RecordProgress(long doneBytes) =>
        SealedDocument.Write(
            Path.Combine(DirectoryPath, ProgressDocument.FileName),
            new ProgressDocument(ProgressDocument.CurrentVersion, doneBytes),
            VolumesJson.Options,
            FileMode);

    private void OnInitialisationEnded(string? failure) => _initialisationEnded(this, failure);

    private static string CommitLogOf(string directory) => Path.Combine(directory, CommitLogFile.FileName);
}
