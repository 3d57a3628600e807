namespace Futago.Console.Client.Failover;

/// <summary>What setting up the failover makes, step by step.</summary>
public sealed record FailoverPlan(IReadOnlyList<FailoverPlanStep> Steps);

/// <param name="Text">The step as an English sentence.</param>
/// <param name="Args">Its values by name, for other languages.</param>
public sealed record FailoverPlanStep(FailoverPlanKind Kind, FailoverStepState State, string Text, IReadOnlyDictionary<string, string> Args);

/// <summary>Append only; each has an entry <c>Plan_…</c> in the console's resources.</summary>
public enum FailoverPlanKind
{
    Volume,
    VolumeReplication,
    Target,
    Lun,
    AccessRule,
    TargetStart,
    Failover,
}

public enum FailoverStepState
{
    Waiting,
    Running,
    /// <summary>Done, or there already from an earlier try.</summary>
    Done,
    Failed,
}
