namespace Futago.Engine.Contracts.Replication;

/// <summary>A volume in parts of the same size, and what one node changed in each since it last agreed with the other.</summary>
/// <param name="ChangedBytes">One for each part, from the beginning of the volume to its end; whole 4 KiB blocks.</param>
public sealed record ChangeMap(long SizeBytes, IReadOnlyList<long> ChangedBytes)
{
    /// <summary>As many as a strip on a screen can show.</summary>
    public const int Parts = 200;
}
