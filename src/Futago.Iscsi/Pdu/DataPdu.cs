namespace Futago.Iscsi.Pdu;

/// <summary>
/// SCSI Data-Out and Data-In, RFC 7143 section 11.7.
/// <code>
/// Data-In:
///   0|.|.| 0x25      |F|A|0 0 0|O|U|S| Reserved      |Status or Rsvd |
///   4| TotalAHSLength| DataSegmentLength                             |
///   8| LUN or Reserved                                               |
///  16| Initiator Task Tag                                            |
///  20| Target Transfer Tag                                           |
///  24| StatSN or Reserved        (Data-Out: Reserved)                |
///  28| ExpCmdSN                  (Data-Out: ExpStatSN)               |
///  32| MaxCmdSN                  (Data-Out: Reserved)                |
///  36| DataSN                                                        |
///  40| Buffer Offset                                                 |
///  44| Residual Count            (Data-Out: Reserved)                |
/// </code>
/// </summary>
internal static class DataPdu
{
    public const int StatusOffset = 3;
    public const int DataSnOffset = 36;
    public const int BufferOffsetOffset = 40;
    public const int ResidualOffset = 44;

    public const byte OverflowBit = 0x04;
    public const byte UnderflowBit = 0x02;
    public const byte StatusBit = 0x01;
}
