namespace Futago.Volumes.LogicalVolumes;

/// <summary>Kept in volume.json by name: append only.</summary>
public enum IoType
{
    /// <summary>Direct access (O_DIRECT).</summary>
    Block,
    /// <summary>Through the page cache.</summary>
    File,
}
