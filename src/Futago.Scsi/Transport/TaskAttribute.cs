namespace Futago.Scsi.Transport;

/// <summary>Task attributes as iSCSI carries them, RFC 7143 section 11.3.1.</summary>
public enum TaskAttribute : byte
{
    Untagged = 0,
    Simple = 1,
    Ordered = 2,
    HeadOfQueue = 3,
    Aca = 4,
}
