using System.ComponentModel;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;
using Futago.Volumes.Units;

namespace Futago.Volumes.Groups;

/// <summary>Looks at the metadata of a unit that carries a group, through a mount of a moment.</summary>
internal sealed class GroupIdentityReader(string mountRoot)
{
    /// <param name="recover">
    /// False: read-only, not a byte of the unit changes, and what the last owner left in the log is not seen.
    /// True: the log is replayed, as whoever uses the group next would do.
    /// </param>
    public GroupIdentity Read(string unitPath, UnitKind kind, bool recover)
    {
        var mountPoint = Path.Combine(mountRoot, $".probe-{Guid.NewGuid():n}");
        Directory.CreateDirectory(mountPoint);
        try
        {
            using var loop = kind == UnitKind.Image ? LoopDevice.Attach(unitPath, readOnly: !recover) : null;
            if (recover)
                Mounts.MountXfs(loop?.Path ?? unitPath, mountPoint);
            else
                Mounts.MountXfsForReading(loop?.Path ?? unitPath, mountPoint);
            try
            {
                return ReadMounted(mountPoint);
            }
            finally
            {
                if (!Mounts.TryUnmount(mountPoint))
                    Mounts.Detach(mountPoint);
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            return new GroupIdentity(GroupIdentityState.Unreadable, null, e.Message);
        }
        finally
        {
            Directory.Delete(mountPoint);
        }
    }

    public static GroupIdentity ReadMounted(string mountPoint)
    {
        var state = SealedDocument.Read<GroupDocument>(
            Path.Combine(mountPoint, GroupDocument.FileName), GroupDocument.CurrentVersion, VolumesJson.Options, out var document);
        return state switch
        {
            SealedDocumentState.Good when ObjectName.IsValid(document!.Name) => new GroupIdentity(GroupIdentityState.Good, document),
            SealedDocumentState.Newer => new GroupIdentity(GroupIdentityState.Newer, null, "it was made by a later version of the product"),
            SealedDocumentState.Absent when !HasVolumes(mountPoint) => new GroupIdentity(GroupIdentityState.Unfinished, null),
            SealedDocumentState.Absent => new GroupIdentity(GroupIdentityState.Damaged, null, $"its {GroupDocument.FileName} is missing"),
            _ => new GroupIdentity(GroupIdentityState.Damaged, null, $"its {GroupDocument.FileName} is damaged"),
        };
    }

    private static bool HasVolumes(string mountPoint)
    {
        var volumes = Path.Combine(mountPoint, VolumeDocument.DirectoryName);
        return Directory.Exists(volumes) && Directory.EnumerateFileSystemEntries(volumes).Any();
    }
}
