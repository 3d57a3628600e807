using Futago.Engine.Contracts;
using Futago.Persistence.Configurations;

namespace Futago.Persistence;

/// <summary>
/// Last line against duplicates. Changes are checked under the configuration's lock before; whoever gets past that, another
/// program with the same database for instance, still gets an answer that names the field.
/// </summary>
internal static class UniqueViolations
{
    public static ProblemException ToProblem(string? constraint) => constraint switch
    {
        TargetConfiguration.NameIndex => ProblemException.Conflict(ProblemCodes.NameTaken, "There is a target of that name already.", "name"),
        LunConfiguration.NumberIndex => ProblemException.Conflict(ProblemCodes.LunTaken, "That LUN number is taken on this target.", "lun"),
        LunConfiguration.VolumeIndex => ProblemException.Conflict(ProblemCodes.LunVolumeTaken, "The volume is a LUN of a target already.", "volume"),
        LunConfiguration.ScsiIdIndex => ProblemException.Conflict(ProblemCodes.LunScsiIdTaken, "That SCSI ID belongs to another LUN.", "scsiId"),
        AccessRuleConfiguration.RuleIndex => ProblemException.Conflict(ProblemCodes.AccessRuleTaken, "There is such an access rule already."),
        VolumeReplicationTaskConfiguration.NameIndex => ProblemException.Conflict(ProblemCodes.NameTaken, "There is a volume replication task of that name already.", "name"),
        VolumeReplicationTaskConfiguration.VolumeIndex => ProblemException.Conflict(ProblemCodes.VolumeReplicationVolumeTaken, "The volume is in volume replication already.", "source"),
        _ => ProblemException.Conflict(ProblemCodes.NameTaken, "That name is taken.", "name"),
    };
}
