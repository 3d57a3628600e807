namespace Futago.Iscsi.Session;

/// <summary>ASC (high byte) and ASCQ of conditions that the transport finds, RFC 7143 section 11.4.7.2.</summary>
internal enum AdditionalSense : ushort
{
    UnexpectedUnsolicitedData = 0x0C0C,
    IncorrectAmountOfData = 0x0C0D,
    InvalidFieldInCdb = 0x2400,
    ProtocolServiceCrcError = 0x4705,
}
