namespace Futago.Iscsi.Pdu;

/// <summary>Logout responses, RFC 7143 section 11.15.1.</summary>
internal enum LogoutResponse : byte
{
    CLOSED = 0,
    CID_NOT_FOUND = 1,
    RECOVERY_NOT_SUPPORTED = 2,
    CLEANUP_FAILED = 3,
}
