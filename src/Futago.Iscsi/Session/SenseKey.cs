namespace Futago.Iscsi.Session;

/// <summary>Sense keys that the transport itself reports, SPC-4 table 48.</summary>
internal enum SenseKey : byte
{
    IllegalRequest = 0x05,
    AbortedCommand = 0x0B,
}
