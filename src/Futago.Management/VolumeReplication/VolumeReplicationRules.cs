using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Node;
using Futago.Management.Tasks;

namespace Futago.Management.VolumeReplication;

/// <summary>Checks that both nodes make, each of what it hears: people type, and peers may have been changed.</summary>
public static class VolumeReplicationRules
{
    public const int NameLengthMax = 63;

    /// <summary>Least resync limit, in bytes per second: slower than this a resync of a small volume takes days.</summary>
    public const long LimitMin = 64 * ByteSize.KiB;

    private const string ReverseSuffix = "_reverse";

    private const int ObjectNameLengthMax = 32;

    /// <summary>Name of a task; short enough for the reverse task's name to be one too.</summary>
    public static string CheckName(string? name, string field = "name")
    {
        var checkedName = TaskName.Check(name, field);
        if (checkedName.Length > NameLengthMax - ReverseSuffix.Length)
            throw ProblemException.Invalid(ProblemCodes.NameInvalid,
                $"The name of a volume replication task has at most {NameLengthMax - ReverseSuffix.Length} characters, because its reverse task gets {ReverseSuffix} added.",
                field, ("name", checkedName));
        return checkedName;
    }

    public static string ReverseOf(string task) => task + ReverseSuffix;

    /// <summary>A path such as <c>vg00/lv0000</c>, in its parts.</summary>
    public static (string Group, string Name) CheckPath(string? path, string field)
    {
        var trimmed = path?.Trim() ?? "";
        if (trimmed.Split('/') is [var group, var name] && IsObjectName(group) && IsObjectName(name))
            return (group, name);
        throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"“{Printable(trimmed)}” does not name a volume: write group/volume, for example vg00/lv0000.", field,
            ("name", Printable(trimmed)));
    }

    /// <summary>The first of <c>lv0000</c>, <c>lv0001</c>, … that is not taken.</summary>
    public static string NextVolumeName(IEnumerable<string> taken)
    {
        var names = taken.ToHashSet(StringComparer.Ordinal);
        for (var number = 0; ; number++)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"lv{number:0000}");
            if (!names.Contains(name))
                return name;
        }
    }

    /// <returns>Null for no limit, also for 0.</returns>
    public static long? CheckLimit(long? bytesPerSecond) => bytesPerSecond switch
    {
        null or 0 => null,
        >= LimitMin => bytesPerSecond,
        _ => throw ProblemException.Invalid(ProblemCodes.VolumeReplicationLimitInvalid,
            $"The resync limit is at least {ByteSize.Format(LimitMin)}/s, or none.", "resyncLimitBytesPerSecond", ("minimum", ByteSize.Format(LimitMin))),
    };

    public static void CheckType(VolumeInfo volume, string field)
    {
        if (volume.Type is not (VolumeType.Iscsi or VolumeType.Nas))
            throw VolumeReplicationProblems.TypeUnsupported(volume.Path, volume.Type, field);
    }

    /// <summary>Whether a volume can take part now.</summary>
    public static void CheckKind(VolumeInfo volume, string field)
    {
        CheckType(volume, field);
        if (volume.State == VolumeState.Failed)
            throw ProblemException.Conflict(ProblemCodes.VolumeFailed, $"The volume {volume.Path} has failed: {volume.Problem?.Detail}", field, ("volume", volume.Path));
        if (volume.State == VolumeState.Initialising)
            throw ProblemException.Conflict(ProblemCodes.VolumeInitialising,
                $"The volume {volume.Path} is being initialised with zeros. Wait until that has ended.", field, ("volume", volume.Path));
    }

    public static void CheckMayBeSource(VolumeInfo volume, string field)
    {
        if (volume.ReplicationMode == VolumeReplicationMode.Destination)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationModeDestination,
                $"The volume {volume.Path} is in the volume replication mode destination: its data is meant to be overwritten. Set it to source, or clear its replication mode, first.", field,
                ("volume", volume.Path));
    }

    public static void CheckMayBeDestination(VolumeInfo volume, string field)
    {
        if (volume.ReplicationMode == VolumeReplicationMode.Source)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationModeSource,
                $"The volume {volume.Path} is in the volume replication mode source, so nothing may overwrite it. Set it to destination, or clear its replication mode, first.", field,
                ("volume", volume.Path));
    }

    /// <summary>A volume takes part in one volume replication at most.</summary>
    public static void CheckFree(NodeConfiguration configuration, Guid volumeId, string volume, string field)
    {
        if (configuration.VolumeReplications.Find(t => t.VolumeId == volumeId) is { } task)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationVolumeTaken,
                $"The volume {volume} is in the volume replication task {task.Name} already. A volume can be in one only.", field, ("volume", volume), ("task", task.Name));
    }

    /// <summary>A destination is locked against every other use, because everything on it is overwritten.</summary>
    public static void CheckUnused(NodeConfiguration configuration, VolumeInfo volume, string field)
    {
        foreach (var target in configuration.Targets)
        {
            if (target.Luns.Find(l => l.VolumeId == volume.Id) is { } lun)
                throw VolumeReplicationProblems.DestinationInUse(volume.Path, $"target {target.Name}, LUN {lun.Number}", field);
        }
        if (volume.UsedBy.Count > 0)
            throw VolumeReplicationProblems.DestinationInUse(volume.Path, string.Join("; ", volume.UsedBy), field);
    }

    /// <summary>
    /// Refuses any new use of a volume that is a destination. In a failover it is a LUN of the same target as its source is: the
    /// engine serves it on one node at a time.
    /// </summary>
    /// <param name="mode">The mode that a person gave it; counts while no task has it.</param>
    public static void CheckNotDestination(NodeConfiguration configuration, Guid volumeId, string volume, VolumeReplicationMode mode, string field)
    {
        if (mode == VolumeReplicationMode.Destination && !configuration.VolumeReplications.Exists(t => t.VolumeId == volumeId))
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationModeDestination,
                $"The volume {volume} is in the volume replication mode destination and locked against every other use. Set it to source, or clear its replication mode, first.", field,
                ("volume", volume));
        if (configuration.VolumeReplications.Find(t => t.VolumeId == volumeId && t.Role == ReplicationRole.Destination) is { } task
            && configuration.Failover?.Settings.Replications.Contains(task.Id) != true)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationLocked,
                $"The volume {volume} is the destination of the volume replication task {task.Name} and locked against every other use.", field, ("volume", volume), ("task", task.Name));
    }

    private static bool IsObjectName(string name) => name.Length is > 0 and <= ObjectNameLengthMax && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string Printable(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}
