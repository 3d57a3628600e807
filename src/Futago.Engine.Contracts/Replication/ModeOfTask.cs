namespace Futago.Engine.Contracts.Replication;

/// <summary>
/// The refusal to change a mode that a task decides. Engine and console both say it: either may know of the task before the other does.
/// </summary>
public static class ModeOfTask
{
    public static Problem Problem(string volume, string task) => new(
        ProblemCodes.VolumeReplicationModeOfTask,
        $"The volume {volume} has its mode from the volume replication task {task}. Switch the roles of the task to change it, or delete the task first.", null,
        new Dictionary<string, string> { ["volume"] = volume, ["task"] = task });
}
