namespace Futago.Iscsi.Pdu;

/// <summary>
/// Login Request and Response, RFC 7143 sections 11.12 and 11.13.
/// <code>
///   0|.|1| 0x03/0x23 |T|C|.|.|CSG|NSG| Version-max   |Min/Act version|
///   8| ISID (6 bytes)                | TSIH (2 bytes)                |
///  16| Initiator Task Tag                                            |
///  20| CID                           | Reserved       (Response: 0)  |
///  24| CmdSN                                     (Response: StatSN)  |
///  28| ExpStatSN                                 (Response: ExpCmdSN)|
///  32| Reserved                                  (Response: MaxCmdSN)|
///  36| Reserved       (Response: Status-Class, Status-Detail)        |
/// </code>
/// </summary>
internal static class LoginPdu
{
    public const byte TransitBit = 0x80;
    public const int VersionMaxOffset = 2;
    public const int VersionMinOffset = 3;
    public const int IsidOffset = 8;
    public const int IsidLength = 6;
    public const int TsihOffset = 14;
    public const int CidOffset = 20;
    public const int StatusOffset = 36;

    /// <summary>The only version there is, RFC 7143 section 11.12.4.</summary>
    public const byte Version = 0x00;

    public static LoginStage CurrentStage(byte flags) => (LoginStage)((flags >> 2) & 3);

    public static LoginStage NextStage(byte flags) => (LoginStage)(flags & 3);
}
