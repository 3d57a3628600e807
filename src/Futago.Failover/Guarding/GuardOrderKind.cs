namespace Futago.Failover;

/// <summary>Orders of the engine to the guard, each to be repeated without harm.</summary>
internal enum GuardOrderKind : byte
{
    /// <summary>Nothing gets to or from the portals on the virtual IPs.</summary>
    Block,
    /// <summary>Lets it through for as long as the permit lasts.</summary>
    Open,
    /// <summary>Puts the virtual IPs on their NICs, for as long as permits come.</summary>
    Add,
    /// <summary>Takes them away.</summary>
    Remove,
    /// <summary>Takes them away and forgets all about them: the failover is no more.</summary>
    Forget,
}
