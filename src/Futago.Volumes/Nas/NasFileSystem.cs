using System.ComponentModel;
using System.Text;
using Futago.Volumes.Linux;
using Futago.Volumes.Programs;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes.Nas;

/// <summary>
/// The XFS file system inside a data file, mounted through a loop device with direct I/O. The mount keeps the loop device, which
/// detaches itself with it, so that there is never one without the other.
/// </summary>
internal sealed class NasFileSystem
{
    /// <summary>What mkfs.xfs accepts, with room for files.</summary>
    public const long BytesMinimum = 512L << 20;

    /// <summary>The file system is made with sectors of this size, in bytes.</summary>
    public const int SectorBytes = 4096;

    /// <summary>Share users pass through on their way to what is mounted there; what they may do in it the file system says.</summary>
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan FormatTimeout = TimeSpan.FromMinutes(5);

    private readonly string _loop;

    private NasFileSystem(string mountPoint, string loop, bool isReplicated)
    {
        MountPoint = mountPoint;
        IsReplicated = isReplicated;
        _loop = loop;
    }

    public string MountPoint { get; }

    /// <summary>Not mounted from the volume's data file but through its replication, which it belongs to.</summary>
    public bool IsReplicated { get; }

    /// <summary>Makes an empty file system with its sentinel in a data file that nobody uses yet.</summary>
    /// <exception cref="StorageException">mkfs.xfs refused.</exception>
    public static void Format(string dataPath, Guid volumeId, string mountPoint)
    {
        // -K: no discard, or mkfs would punch out the space of a thick volume. -s: a loop device over a file that shares blocks with
        // another one has sectors of 4096 bytes, because that is what the kernel can write directly.
        var result = ProgramRunner.RunAsync("mkfs.xfs", ["-f", "-q", "-K", "-s", "size=4096", "-m", "reflink=1", dataPath], FormatTimeout).GetAwaiter().GetResult();
        if (result.ExitCode != 0)
            throw StorageException.Conflict(StorageCodes.Internal, $"The file system could not be made: {result.Error}");
        Mark(dataPath, volumeId, mountPoint);
    }

    /// <summary>Writes the sentinel into a file system that nobody uses yet.</summary>
    public static void Mark(string dataPath, Guid volumeId, string mountPoint)
    {
        var mounted = Mount(dataPath, mountPoint, discard: false);
        try
        {
            DurableFile.Replace(
                Path.Combine(mountPoint, NasSentinel.FileName), Encoding.ASCII.GetBytes($"{volumeId}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            mounted.Unmount();
        }
    }

    /// <param name="replicatedSectorBytes">Not 0: the file is one that a replication offers, with sectors of this size.</param>
    /// <exception cref="Win32Exception">The kernel refused; the message is the system's.</exception>
    public static NasFileSystem Mount(string dataPath, string mountPoint, bool discard, int replicatedSectorBytes = 0)
    {
        Directory.CreateDirectory(mountPoint, DirectoryMode);
        using var loop = LoopDevice.Attach(dataPath, readOnly: false, replicatedSectorBytes);
        Mounts.MountNas(loop.Path, mountPoint, discard);
        return new NasFileSystem(mountPoint, loop.Path, replicatedSectorBytes > 0);
    }

    /// <summary>Takes over what an engine that was killed had mounted and what somebody still uses, so that it could not be unmounted.</summary>
    /// <returns>Null when nothing is mounted there.</returns>
    /// <exception cref="IOException">Something else is mounted there than this file.</exception>
    public static NasFileSystem? Adopt(string dataPath, string mountPoint)
    {
        var mounted = Mounts.List().Where(m => m.MountPoint == mountPoint).ToList();
        if (mounted.Count == 0)
            return null;
        var loop = mounted[^1].Source;
        if (mounted.Count > 1 || LoopDevice.BackingFileOf(loop) != dataPath)
            throw new IOException($"{mountPoint} is still mounted from {LoopDevice.BackingFileOf(loop) ?? loop}; restart the machine");
        return new NasFileSystem(mountPoint, loop, isReplicated: false);
    }

    /// <summary>A snapshot: frozen when it was taken, so its log needs no replay, and not a byte of it changes.</summary>
    /// <exception cref="Win32Exception">The kernel refused; the message is the system's.</exception>
    public static NasFileSystem MountReadOnly(string dataPath, string mountPoint)
    {
        Directory.CreateDirectory(mountPoint, DirectoryMode);
        using var loop = LoopDevice.Attach(dataPath, readOnly: true);
        Mounts.MountXfsForReading(loop.Path, mountPoint);
        return new NasFileSystem(mountPoint, loop.Path, isReplicated: false);
    }

    /// <summary>Thaws what a killed engine left frozen; one that is not frozen refuses, and that is well.</summary>
    public static void Thaw(string mountPoint)
    {
        try
        {
            using var root = FileDescriptor.Open(mountPoint, LibC.O_RDONLY);
            root.Control(LibC.FITHAW, 0);
        }
        catch (Win32Exception)
        {
            // Not frozen, or gone.
        }
    }

    /// <summary>
    /// Runs something while the file system stands still and whole on its device. Most of what has to be written is written before, so
    /// that the freeze is short.
    /// </summary>
    public void WhileFrozen(Action action)
    {
        using var file = OpenForFreezing();
        file.SyncFileSystem();
        using var hurry = GracePeriods.OfThisMachine.Hurry();
        file.Control(LibC.FIFREEZE, 0);
        try
        {
            action();
        }
        finally
        {
            file.Control(LibC.FITHAW, 0);
        }
    }

    /// <summary>
    /// Not the root: opening a directory has XFS read ahead in it, and a freeze that finds such a read under way looks again only after 0.4 s,
    /// with all writers held.
    /// </summary>
    private FileDescriptor OpenForFreezing()
    {
        var sentinel = Path.Combine(MountPoint, NasSentinel.FileName);
        return FileDescriptor.Open(File.Exists(sentinel) ? sentinel : MountPoint, LibC.O_RDONLY);
    }

    public void Sync()
    {
        using var root = FileDescriptor.Open(MountPoint, LibC.O_RDONLY);
        root.SyncFileSystem();
    }

    /// <summary>The data file has become longer.</summary>
    /// <exception cref="StorageException">xfs_growfs refused; the file system is as it was.</exception>
    public async Task GrowAsync()
    {
        LoopDevice.Grow(_loop);
        var result = await ProgramRunner.RunAsync("xfs_growfs", ["-d", MountPoint], FormatTimeout);
        if (result.ExitCode != 0)
            throw StorageException.Conflict(StorageCodes.Internal, $"The file system could not be expanded: {result.Error}");
    }

    public (long SizeBytes, long FreeBytes) MeasureSpace()
    {
        try
        {
            var drive = new DriveInfo(MountPoint);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (IOException)
        {
            return (0, 0);
        }
    }

    /// <returns>False when something still uses it; it stays mounted then.</returns>
    public bool TryUnmount()
    {
        if (!Mounts.TryUnmount(MountPoint))
            return false;
        RemoveMountPoint();
        return true;
    }

    /// <summary>Unmounts it, or takes it out of sight until its last user is gone.</summary>
    public void Unmount()
    {
        try
        {
            if (!Mounts.TryUnmount(MountPoint))
                Mounts.Detach(MountPoint);
        }
        catch (Win32Exception)
        {
            Mounts.Detach(MountPoint);
        }
        RemoveMountPoint();
    }

    private void RemoveMountPoint()
    {
        try
        {
            Directory.Delete(MountPoint);
        }
        catch (IOException)
        {
            // Somebody made files below while nothing was mounted; they are not ours to remove.
        }
    }
}
