namespace Futago.Blocks;

/// <summary>How a request ended. The SCSI layer maps each to its sense data.</summary>
public enum BlockStatus : byte
{
    Ok,
    /// <summary>The medium could not be read.</summary>
    ReadError,
    /// <summary>The medium could not be written, or a flush failed: nothing written since the last good flush can be trusted.</summary>
    WriteError,
    /// <summary>The group has no space left for a thin volume.</summary>
    NoSpace,
    /// <summary>The range lies outside the device. Callers check before; this is the last line of defence.</summary>
    OutOfRange,
    /// <summary>The device was closed, or its unit is gone.</summary>
    Offline,
    ReadOnly,
    /// <summary>The device cannot do this with these ranges: the caller does it in another way, over all of the range.</summary>
    NotSupported,
}
