using System.Collections.Immutable;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Units;

namespace Futago.Volumes.Groups;

/// <summary>A volume group that belongs on this node, online or not. Changed only under the catalogue's gate; read from anywhere.</summary>
internal sealed class VolumeGroup(Guid id, string name, string unitPath, UnitKind unitKind, string mountPoint)
{
    private const long ReserveMinimum = 8L << 20;
    private const long ReserveMaximum = 1L << 30;

    private GroupSpace _lastSpace = new(0, 0, 0, 0, 0);
    private volatile ImmutableList<LogicalVolume> _volumes = [];
    private volatile StorageProblem? _problem;
    private volatile string _unitPath = unitPath;

    public Guid Id { get; } = id;

    public string Name { get; } = name;

    public UnitKind UnitKind { get; } = unitKind;

    public string MountPoint { get; } = mountPoint;

    public string UnitPath
    {
        get => _unitPath;
        set => _unitPath = value;
    }

    public GroupState State { get; private set; } = GroupState.Missing;

    public StorageProblem? Problem => _problem;

    /// <summary>File identity of the unit when it came online, to notice that another one took its path.</summary>
    public string UnitIdentity { get; set; } = "";

    public long SizeBytes { get; set; }

    public ImmutableList<LogicalVolume> Volumes
    {
        get => _volumes;
        set => _volumes = value;
    }

    /// <summary>Of a group whose unit is dead: volumes that are served without it. Their files are closed before it is mounted again.</summary>
    public IReadOnlyCollection<Guid> KeptOpen { get; set; } = [];

    public VolumeDirectory Directory { get; } = new(mountPoint);

    public void SetState(GroupState state, StorageProblem? problem)
    {
        State = state;
        _problem = problem;
    }

    public LogicalVolume? Find(string volumeName) => _volumes.Find(v => v.Name == volumeName);

    private long ReserveBytes => Math.Clamp(SizeBytes / 100, ReserveMinimum, ReserveMaximum);

    /// <summary>
    /// True when the file system has no more left than what its metadata need: writes of volumes that share blocks with snapshots are
    /// about to find no space.
    /// </summary>
    public bool IsShortOfSpace()
    {
        try
        {
            long owed = _volumes.Sum(v => v.Thin ? 0 : Math.Max(0, v.SizeBytes - v.AllocatedBytes));
            return State == GroupState.Online && new DriveInfo(MountPoint).AvailableFreeSpace - owed < ReserveBytes;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Free is what the file system has, less a reserve for its metadata, less what thick volumes have given back by UNMAP
    /// and may take again at any time, and less what is set aside for snapshots.
    /// </summary>
    public GroupSpace MeasureSpace()
    {
        if (State != GroupState.Online)
            return _lastSpace;
        long used = 0;
        long owed = 0;
        long snapshots = 0;
        long debt = 0;
        long replication = 0;
        foreach (var volume in _volumes)
        {
            var allocated = volume.AllocatedBytes;
            used += volume.Thin ? allocated : volume.SizeBytes;
            if (!volume.Thin)
                owed += Math.Max(0, volume.SizeBytes - allocated);
            snapshots += volume.SnapshotUsage?.SnapshotBytes ?? 0;
            debt += volume.SnapshotDebtBytes;
            replication += volume.ReplicationBytes;
        }
        try
        {
            var available = new DriveInfo(MountPoint).AvailableFreeSpace;
            var free = Math.Max(0, available - ReserveBytes - owed - debt) / SizeText.MiB * SizeText.MiB;
            used = Math.Min(used, SizeBytes);
            snapshots = Math.Min(snapshots + debt, SizeBytes - used);
            replication = Math.Min(replication, SizeBytes - used - snapshots);
            free = Math.Min(free, SizeBytes - used - snapshots - replication);
            _lastSpace = new GroupSpace(used, snapshots, replication, SizeBytes - used - snapshots - replication - free, free);
        }
        catch (IOException)
        {
            // The unit went away a moment ago; the monitor is about to say so.
        }
        return _lastSpace;
    }

    public GroupStatus ToStatus() => new(Id, Name, State, Problem, UnitPath, SizeBytes, MeasureSpace(), _volumes.Count);
}
