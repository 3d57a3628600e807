namespace Futago.Blocks;

/// <summary>Whether a device serves requests now.</summary>
public enum BlockReadiness : byte
{
    Ready,
    /// <summary>Not yet, or not for the moment: whoever asks tries again soon.</summary>
    Becoming,
    /// <summary>The same data is served by another node.</summary>
    Standby,
}
