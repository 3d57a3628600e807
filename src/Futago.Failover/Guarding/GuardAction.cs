namespace Futago.Failover;

/// <summary>What the guard is to do, each time to be repeated without harm.</summary>
internal enum GuardAction : byte
{
    None,
    /// <summary>Block the port, then remove the virtual IP.</summary>
    Clear,
    /// <summary>The same, and SIGKILL to the engine.</summary>
    EndEngine,
}
