namespace Futago.Iscsi.Pdu;

/// <summary>Logout reasons, RFC 7143 section 11.14.1.</summary>
internal enum LogoutReason : byte
{
    CLOSE_SESSION = 0,
    CLOSE_CONNECTION = 1,
    REMOVE_CONNECTION_FOR_RECOVERY = 2,
}
