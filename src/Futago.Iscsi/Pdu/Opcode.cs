namespace Futago.Iscsi.Pdu;

/// <summary>Opcodes, RFC 7143 section 11.2.1.2. Values are the wire's.</summary>
internal enum Opcode : byte
{
    NOP_OUT = 0x00,
    SCSI_COMMAND = 0x01,
    TASK_MANAGEMENT_REQUEST = 0x02,
    LOGIN_REQUEST = 0x03,
    TEXT_REQUEST = 0x04,
    DATA_OUT = 0x05,
    LOGOUT_REQUEST = 0x06,
    SNACK_REQUEST = 0x10,
    NOP_IN = 0x20,
    SCSI_RESPONSE = 0x21,
    TASK_MANAGEMENT_RESPONSE = 0x22,
    LOGIN_RESPONSE = 0x23,
    TEXT_RESPONSE = 0x24,
    DATA_IN = 0x25,
    LOGOUT_RESPONSE = 0x26,
    R2T = 0x31,
    ASYNC_MESSAGE = 0x32,
    REJECT = 0x3F,
}
