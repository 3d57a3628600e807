namespace Futago.Volumes.Units;

/// <summary>A unit that this node remembers over a restart: every image it was told of, and every unit whose group it has.</summary>
/// <param name="GroupId">The group that belongs online on this node, or null for an image without one.</param>
public sealed record KnownUnit(string Path, UnitKind Kind, Guid? GroupId = null, string? GroupName = null);
