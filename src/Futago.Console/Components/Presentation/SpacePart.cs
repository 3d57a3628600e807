using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>One row of the system-volumes table.</summary>
/// <param name="Kind">Names its colour.</param>
public sealed record SpacePart(string Kind, string Name, string Text, long Bytes)
{
    public static IReadOnlyList<SpacePart> Of(GroupSpace space) =>
    [
        new("volumes", GroupsText.SpaceVolumes, GroupsText.SpaceVolumesText, space.Volumes),
        new("snapshots", GroupsText.SpaceSnapshots, GroupsText.SpaceSnapshotsText, space.Snapshots),
        new("replication", GroupsText.SpaceReplication, GroupsText.SpaceReplicationText, space.Replication),
        new("swap", GroupsText.SpaceSwap, GroupsText.SpaceSwapText, space.Swap),
        new("system", GroupsText.SpaceSystem, GroupsText.SpaceSystemText, space.System),
        new("free", GroupsText.SpaceFree, GroupsText.SpaceFreeText, space.Free),
    ];
}
