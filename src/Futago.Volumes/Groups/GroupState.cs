namespace Futago.Volumes.Groups;

public enum GroupState
{
    Online,
    Missing,
    Failed,
}
