namespace Futago.Iscsi.Pdu;

/// <summary>
/// Task Management Function Request, RFC 7143 section 11.5.
/// <code>
///   0|.|I| 0x02      |1| Function    | Reserved                      |
///   8| Logical Unit Number                                           |
///  16| Initiator Task Tag                                            |
///  20| Referenced Task Tag                                           |
///  24| CmdSN                                                         |
///  28| ExpStatSN                                                     |
///  32| RefCmdSN                                                      |
///  36| ExpDataSN                                                     |
/// </code>
/// </summary>
internal static class TaskManagementPdu
{
    public const byte FunctionMask = 0x7F;
    public const int ReferencedTagOffset = 20;
    public const int RefCmdSnOffset = 32;
    public const int ResponseOffset = 2;
}
