namespace Futago.Iscsi.Pdu;

/// <summary>Asynchronous message events, RFC 7143 section 11.9.1.</summary>
internal enum AsyncEvent : byte
{
    SCSI_EVENT = 0,
    LOGOUT_REQUEST = 1,
    CONNECTION_DROP = 2,
    SESSION_DROP = 3,
    NEGOTIATION_REQUEST = 4,
}
