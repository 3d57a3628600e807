namespace Futago.Failover;

/// <summary>Values go over the wire: append only.</summary>
internal enum WitnessMessageType : byte
{
    Hello = 1,
    Welcome = 2,
    Request = 3,
    Reply = 4,
}
