using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Replication;

/// <summary>Checks the volume replications of a configuration.</summary>
internal static class ReplicationValidator
{
    public const int ReplicationsMaximum = 1024;
    public const long LimitMinimum = 65_536;

    /// <exception cref="ProblemException">The first thing that is wrong, with its field.</exception>
    public static void Check(IReadOnlyList<ReplicationConfiguration> replications)
    {
        if (replications.Count > ReplicationsMaximum)
            throw Invalid($"There can be at most {ReplicationsMaximum} volume replications.", "replications");
        var ids = new HashSet<Guid>();
        var volumes = new HashSet<Guid>();
        for (var i = 0; i < replications.Count; i++)
        {
            var field = $"replications[{i}]";
            var replication = replications[i] ?? throw Invalid($"The configuration lacks {field}.", field);
            if (replication.TaskName is not { Length: >= 1 and <= 63 } name || name.Any(char.IsControl))
                throw Invalid("The name of a task has 1 to 63 printable characters.", $"{field}.taskName");
            if (replication.Id == Guid.Empty || !ids.Add(replication.Id))
                throw Invalid($"The volume replication {name} has no identifier of its own.", $"{field}.id");
            if (replication.VolumeId == Guid.Empty)
                throw Invalid($"The volume replication {name} names no volume.", $"{field}.volumeId");
            if (!volumes.Add(replication.VolumeId))
                throw ProblemException.Invalid(
                    ProblemCodes.VolumeReplicationVolumeTaken, $"The volume of {name} is in another volume replication already; a volume has one peer.", $"{field}.volumeId",
                    ("task", name));
            if (!Enum.IsDefined(replication.Role))
                throw Invalid($"The role of {name} is neither source nor destination.", $"{field}.role");
            if (replication.ResyncLimitBytesPerSecond < LimitMinimum)
                throw ProblemException.Invalid(
                    ProblemCodes.VolumeReplicationLimitInvalid, $"The limit for the resync of {name} is at least 64 KiB per second; leave it out for none.",
                    $"{field}.resyncLimitBytesPerSecond", ("task", name));
        }
    }

    private static ProblemException Invalid(string detail, string field) => ProblemException.Invalid(ProblemCodes.VolumeReplicationInvalid, detail, field);
}
