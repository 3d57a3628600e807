namespace Futago.Scsi.Sense;

/// <summary>Sense keys, SPC-4 section 4.5.6.</summary>
public enum SenseKey : byte
{
    NO_SENSE = 0x0,
    NOT_READY = 0x2,
    MEDIUM_ERROR = 0x3,
    HARDWARE_ERROR = 0x4,
    ILLEGAL_REQUEST = 0x5,
    UNIT_ATTENTION = 0x6,
    DATA_PROTECT = 0x7,
    COPY_ABORTED = 0xa,
    ABORTED_COMMAND = 0xb,
    MISCOMPARE = 0xe,
}
