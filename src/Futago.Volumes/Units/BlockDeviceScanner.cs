using System.Globalization;
using Futago.Volumes.Linux;

namespace Futago.Volumes.Units;

/// <summary>
/// Lists whole disks from sysfs. Compressed RAM, RAM disks, optical and floppy drives are no place to keep data and are left
/// out, and so are loop devices that stand for an image unit (those appear as images) or last only as long as their mount.
/// </summary>
internal sealed class BlockDeviceScanner(string sysBlock = "/sys/block")
{
    private static readonly string[] IgnoredPrefixes = ["zram", "ram", "sr", "fd"];

    private const int SectorBytes = 512;

    /// <param name="images">Paths of image units.</param>
    /// <param name="mountRoot">Where groups are mounted.</param>
    public IReadOnlyList<BlockDeviceInfo> List(IReadOnlySet<string> images, string mountRoot)
    {
        if (!Directory.Exists(sysBlock))
            return [];
        var mounts = Mounts.List();
        var swaps = SwapDevices();
        var found = new List<BlockDeviceInfo>();
        foreach (var directory in Directory.GetDirectories(sysBlock).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(directory);
            var sizeBytes = ReadLong(directory, "size") * SectorBytes;
            if (sizeBytes <= 0 || IgnoredPrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
                continue;
            var number = ReadText(directory, "dev") ?? "";
            if (name.StartsWith("loop", StringComparison.Ordinal) && BacksAnImage(directory, number, images, mounts, mountRoot))
                continue;
            var path = "/dev/" + name.Replace('!', '/');
            var partitions = Directory.GetDirectories(directory, name + "*")
                .Where(d => File.Exists(Path.Combine(d, "partition")))
                .Order(StringComparer.Ordinal)
                .ToList();
            found.Add(new BlockDeviceInfo(
                path,
                sizeBytes,
                ReadText(directory, "device/model"),
                ReadText(directory, "device/serial") ?? ReadText(directory, "serial"),
                SystemUse(directory, partitions, mounts, swaps, mountRoot),
                [.. partitions.Select(p => Path.GetFileName(p))],
                number));
        }
        return found;
    }

    private static StoragePhrase? SystemUse(
        string disk, IReadOnlyList<string> partitions, IReadOnlyList<MountEntry> mounts, HashSet<string> swaps, string mountRoot)
    {
        foreach (var directory in partitions.Prepend(disk))
        {
            var partition = directory == disk ? "" : Path.GetFileName(directory);
            var what = partition.Length == 0 ? "" : $"partition {partition} ";
            var number = ReadText(directory, "dev");
            // A group's own mount is not the system's; a mount of our own says so under the name of its group.
            var mount = mounts.FirstOrDefault(m => m.DeviceNumber == number && !IsBelow(m.MountPoint, mountRoot));
            if (mount is not null)
                return StoragePhrase.Of(StoragePhraseCodes.ContentMounted, $"{what}mounted at {mount.MountPoint}", ("partition", partition), ("place", mount.MountPoint));
            if (swaps.Contains("/dev/" + Path.GetFileName(directory)))
                return StoragePhrase.Of(StoragePhraseCodes.ContentSwap, $"{what}used as swap", ("partition", partition));
            var holders = Path.Combine(directory, "holders");
            if (Directory.Exists(holders) && Directory.GetFileSystemEntries(holders).FirstOrDefault() is { } path)
            {
                var holder = Path.GetFileName(path);
                return StoragePhrase.Of(
                    StoragePhraseCodes.ContentHolder, $"{what}used by {holder} (RAID, LVM or encryption)", ("partition", partition), ("holder", holder));
            }
        }
        return null;
    }

    private static bool BacksAnImage(
        string directory, string number, IReadOnlySet<string> images, IReadOnlyList<MountEntry> mounts, string mountRoot)
    {
        var file = ReadText(directory, "loop/backing_file");
        return file is null
            || images.Contains(file)
            || mounts.Any(m => m.DeviceNumber == number && IsBelow(m.MountPoint, mountRoot))
            // Goes away with its mount, so it is somebody's passing helper: often a group of another node on this machine, which
            // must not find its device busy because we look at it.
            || ReadText(directory, "loop/autoclear") == "1";
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static HashSet<string> SwapDevices() =>
        File.Exists("/proc/swaps")
            ? [.. File.ReadLines("/proc/swaps").Skip(1).Select(line => line.Split(' ', '\t')[0])]
            : [];

    private static long ReadLong(string directory, string attribute) =>
        long.TryParse(ReadText(directory, attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>Attributes come and go with their device, at any moment.</summary>
    private static string? ReadText(string directory, string attribute)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, attribute)).Trim();
            return text.Length == 0 ? null : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
