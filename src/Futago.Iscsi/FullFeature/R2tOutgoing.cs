using System.Buffers.Binary;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.FullFeature;

/// <summary>
/// Ready To Transfer, RFC 7143 section 11.8, and the state of the data sequence that it asks for.
/// <code>
///   0|.|.| 0x31      |1| Reserved                                    |
///   8| LUN                                                           |
///  16| Initiator Task Tag                                            |
///  20| Target Transfer Tag                                           |
///  24| StatSN, ExpCmdSN, MaxCmdSN                                    |
///  36| R2TSN                                                         |
///  40| Buffer Offset                                                 |
///  44| Desired Data Transfer Length                                  |
/// </code>
/// </summary>
internal sealed class R2tOutgoing(TaskSlot task) : Outgoing
{
    private const int R2tSnOffset = 36;
    private const int BufferOffsetOffset = 40;
    private const int DesiredLengthOffset = 44;

    private uint _taskTag;
    private ulong _lun;
    private uint _r2tSn;
    private volatile bool _queued;
    private volatile bool _cancelled;

    public uint TransferTag { get; private set; }

    public long Offset { get; private set; }

    public int Length { get; private set; }

    public long End => Offset + Length;

    /// <summary>DataSN that the next Data-Out of this sequence must carry.</summary>
    public uint NextDataSn { get; set; }

    /// <summary>Linked in a send queue.</summary>
    public bool Queued => _queued;

    /// <summary>The task was dropped; nothing is sent any more.</summary>
    public bool Cancelled
    {
        get => _cancelled;
        set => _cancelled = value;
    }

    public void Begin(uint transferTag, uint r2tSn, long offset, int length)
    {
        (TransferTag, _r2tSn, Offset, Length, NextDataSn) = (transferTag, r2tSn, offset, length, 0);
        (_taskTag, _lun) = (task.Tag, task.LunField);
        _cancelled = false;
        _queued = true;
    }

    public override bool Emit(SendBatch batch)
    {
        if (!_cancelled)
        {
            if (!batch.HasRoom(0))
                return false;
            var header = batch.Begin();
            Bhs.Begin(header, Opcode.R2T, Bhs.FinalBit, 0);
            BinaryPrimitives.WriteUInt64BigEndian(header[Bhs.LunOffset..], _lun);
            BinaryPrimitives.WriteUInt32BigEndian(header[Bhs.TaskTagOffset..], _taskTag);
            BinaryPrimitives.WriteUInt32BigEndian(header[Bhs.TransferTagOffset..], TransferTag);
            batch.Stamp(header, StatSnUse.Show);
            BinaryPrimitives.WriteUInt32BigEndian(header[R2tSnOffset..], _r2tSn);
            BinaryPrimitives.WriteUInt32BigEndian(header[BufferOffsetOffset..], (uint)Offset);
            BinaryPrimitives.WriteUInt32BigEndian(header[DesiredLengthOffset..], (uint)Length);
            batch.EndHeader();
            batch.AppendCopy([]);
        }
        return true;
    }

    // The answer may arrive before this call; by then nothing of the R2T is needed for sending any more.
    public override void Released() => _queued = false;
}
