namespace Futago.Failover;

/// <summary>Values go over the wire: append only.</summary>
internal enum AskAnswer : byte
{
    None = 0,
    Yes = 1,
    No = 2,
}
