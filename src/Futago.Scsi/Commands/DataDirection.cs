namespace Futago.Scsi.Commands;

internal enum DataDirection : byte
{
    None,
    /// <summary>To the initiator.</summary>
    In,
    /// <summary>From the initiator.</summary>
    Out,
}
