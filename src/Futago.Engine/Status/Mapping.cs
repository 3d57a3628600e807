using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Iscsi;
using Futago.Volumes;
using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;
using Futago.Volumes.Units;
using ConnectionInfo = Futago.Engine.Contracts.Iscsi.ConnectionInfo;
using FileSystemInfo = Futago.Engine.Contracts.Volumes.FileSystemInfo;
using GroupSpace = Futago.Engine.Contracts.Volumes.GroupSpace;
using GroupState = Futago.Engine.Contracts.Volumes.GroupState;
using IoType = Futago.Engine.Contracts.Volumes.IoType;
using SnapshotOrigin = Futago.Engine.Contracts.Snapshots.SnapshotOrigin;
using UnitKind = Futago.Engine.Contracts.Volumes.UnitKind;
using UnitUse = Futago.Engine.Contracts.Volumes.UnitUse;

namespace Futago.Engine.Status;

/// <summary>From the engines' own types to those of the contract. Enums map by name; a test compares them.</summary>
internal static class Mapping
{
    public static Problem ToProblem(StorageProblem problem) => new(problem.Code, problem.Detail, problem.Field, problem.Args);

    public static Phrase ToPhrase(StoragePhrase phrase) => new(phrase.Code, phrase.Text, phrase.Args);

    public static ProblemException ToException(StorageException e) => new(ToProblem(e.Problem), e.Kind switch
    {
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        _ => 400,
    });

    public static UnitInfo ToInfo(Unit unit) => new(
        unit.Path,
        Enum.Parse<UnitKind>(unit.Kind.ToString()),
        unit.SizeBytes,
        unit.Model,
        unit.Serial,
        Enum.Parse<UnitUse>(unit.Use.ToString()),
        unit.Content?.Text,
        unit.GroupName,
        unit.Content is null ? null : ToPhrase(unit.Content));

    public static GroupInfo ToInfo(GroupStatus group) => new(
        group.Id,
        group.Name,
        Enum.Parse<GroupState>(group.State.ToString()),
        group.Problem is null ? null : ToProblem(group.Problem),
        group.UnitPath,
        group.SizeBytes,
        new GroupSpace(group.Space.Volumes, group.Space.Snapshots, group.Space.Replication, Swap: 0, group.Space.System, group.Space.Free),
        group.VolumeCount);

    public static VolumeInfo ToInfo(VolumeStatus volume) => new(
        volume.Id,
        volume.Group,
        volume.Name,
        volume.Nas ? VolumeType.Nas : VolumeType.Iscsi,
        volume.SizeBytes,
        volume.AllocatedBytes,
        volume.Thin,
        Enum.Parse<IoType>(volume.IoType.ToString()),
        volume.Problem is not null ? VolumeState.Failed : volume.Initialisation is not null ? VolumeState.Initialising : VolumeState.Online,
        volume.Problem is null ? null : ToProblem(volume.Problem),
        volume.Initialisation is { } i
            ? new InitialisationInfo(i.DoneBytes, i.TotalBytes, i.SpeedLimitBytesPerSecond, i.RateBytesPerSecond, i.SecondsLeft)
            : null,
        volume.CreatedAt,
        [.. volume.UsedBy.Select(u => u.Text)],
        new SnapshotSpace(volume.SnapshotCount, volume.SnapshotReservePercent, volume.SnapshotReserveBytes, volume.SnapshotUsedBytes),
        volume.Nas ? new FileSystemInfo(volume.MountPoint, volume.FileSystem.SizeBytes, volume.FileSystem.FreeBytes) : null,
        Enum.Parse<VolumeReplicationMode>(volume.ReplicationMode.ToString()),
        volume.ReplicationMetadata,
        [.. volume.UsedBy.Select(ToPhrase)]);

    public static SnapshotInfo ToInfo(SnapshotStatus snapshot) => new(
        snapshot.Id,
        snapshot.VolumeId,
        snapshot.Group,
        snapshot.Volume,
        snapshot.Name,
        Enum.Parse<SnapshotOrigin>(snapshot.Origin.ToString()),
        snapshot.Owner,
        snapshot.Temporary,
        snapshot.Protected,
        snapshot.SizeBytes,
        snapshot.UsedBytes,
        snapshot.CreatedAt,
        (long)snapshot.Pause.TotalMicroseconds,
        snapshot.Problem is null ? null : ToProblem(snapshot.Problem),
        [.. snapshot.UsedBy.Select(u => u.Text)],
        [.. snapshot.UsedBy.Select(ToPhrase)]);

    public static SessionInfo ToInfo(SessionSnapshot session) => new(
        session.Id,
        session.TargetName,
        session.InitiatorName,
        session.InitiatorAlias,
        session.Isid,
        session.Tsih,
        session.StartedAt,
        session.ChapUser,
        [.. session.Connections.Select(c => new ConnectionInfo(c.Cid, c.RemoteAddress, c.LocalAddress))],
        session.Parameters,
        session.Commands,
        session.BytesRead,
        session.BytesWritten);
}
