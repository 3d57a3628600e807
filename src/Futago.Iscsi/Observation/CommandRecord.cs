using Futago.Scsi.Transport;

namespace Futago.Iscsi.Observation;

/// <summary>One command as the flight recorder keeps it. A value, so that the ring of a session is one array.</summary>
internal struct CommandRecord
{
    /// <summary>Timestamps of the server's clock.</summary>
    public long ArrivedAt;
    public long ExecutedAt;
    public long CompletedAt;
    public long SentAt;
    public long ConnectionId;
    public UInt128 Cdb;
    public ulong LunField;
    public uint Tag;
    public uint CmdSn;
    public long Expected;
    public int BytesRead;
    public int BytesWritten;
    public ScsiStatus Status;
    public byte SenseKey;
    public byte AdditionalSenseCode;
    public byte AdditionalSenseQualifier;
}
