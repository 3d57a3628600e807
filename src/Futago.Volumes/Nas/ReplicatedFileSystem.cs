using System.ComponentModel;
using System.Text;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes.Nas;

/// <summary>
/// The file system of a replicated NAS volume on the node that is source. It is mounted from a file that whoever replicates the volume
/// offers, and through which every write goes to both nodes; never from the data file itself. The catalogue shows it to shares and freezes it for snapshots,
/// and leaves mounting and unmounting to the replication.
/// <para>Waits for nothing of the catalogue, so that it can be used under locks that the catalogue may wait for.</para>
/// </summary>
public sealed class ReplicatedFileSystem
{
    private readonly LogicalVolume _volume;
    private readonly NasFileSystem _fileSystem;
    private readonly string _file;

    private ReplicatedFileSystem(LogicalVolume volume, NasFileSystem fileSystem, string file) =>
        (_volume, _fileSystem, _file) = (volume, fileSystem, file);

    public string MountPoint => _fileSystem.MountPoint;

    /// <summary>Mounts it, which replays its log, and shows it to those who share it.</summary>
    /// <param name="file">The volume, through the replication.</param>
    /// <exception cref="Win32Exception">The kernel refused; the message is the system's.</exception>
    /// <exception cref="IOException">Its identity cannot be written.</exception>
    internal static ReplicatedFileSystem Mount(LogicalVolume volume, string file, string mountPoint)
    {
        lock (volume.FileSystemLock)
        {
            if (volume.FileSystem is not null)
                throw new IOException($"{mountPoint} is mounted already");
            var fileSystem = NasFileSystem.Mount(file, mountPoint, volume.Thin, NasFileSystem.SectorBytes);
            try
            {
                MarkAsOf(volume.Id, mountPoint);
                volume.FileSystem = fileSystem;
                return new ReplicatedFileSystem(volume, fileSystem, file);
            }
            catch
            {
                fileSystem.Unmount();
                throw;
            }
        }
    }

    /// <summary>What was written until now is on both nodes when it returns.</summary>
    /// <exception cref="Win32Exception">It could not be written.</exception>
    public void Sync() => _fileSystem.Sync();

    /// <summary>Nobody finds it from now on; those who have it keep it until they are told.</summary>
    public void Withdraw()
    {
        lock (_volume.FileSystemLock)
            _volume.FileSystem = null;
    }

    /// <summary>After <see cref="Withdraw"/>, when it stays after all.</summary>
    public void Publish()
    {
        lock (_volume.FileSystemLock)
            _volume.FileSystem = _fileSystem;
    }

    /// <summary>After <see cref="Withdraw"/>. What was written is on both nodes when it returns true.</summary>
    /// <returns>False: somebody uses it, see <see cref="FindUsers"/>.</returns>
    /// <exception cref="Win32Exception">The kernel refused.</exception>
    public bool TryUnmount() => _fileSystem.TryUnmount();

    /// <summary>Processes that use it, in words.</summary>
    public IReadOnlyList<string> FindUsers() => MountUsers.Find(MountPoint);

    /// <summary>After <see cref="Withdraw"/> and after what is under it has been cut off: out of sight until its last user is gone.</summary>
    public void Detach() => _fileSystem.Unmount();

    /// <summary>The volume has become longer.</summary>
    /// <exception cref="StorageException">It could not be expanded; it is as it was.</exception>
    /// <exception cref="Win32Exception">The kernel refused.</exception>
    public async Task GrowAsync()
    {
        // The kernel knows the new length when it has asked for it.
        _ = new FileInfo(_file).Length;
        await _fileSystem.GrowAsync();
    }

    /// <summary>The sentinel names the volume of this node: the file system came from the other one.</summary>
    private static void MarkAsOf(Guid volumeId, string mountPoint)
    {
        var sentinel = Path.Combine(mountPoint, NasSentinel.FileName);
        var content = $"{volumeId}\n";
        if (!File.Exists(sentinel) || File.ReadAllText(sentinel) != content)
            DurableFile.Replace(sentinel, Encoding.ASCII.GetBytes(content), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
