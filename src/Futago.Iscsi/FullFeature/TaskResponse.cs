using System.Buffers.Binary;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.FullFeature;

/// <summary>
/// The end of a task on the wire: Data-In PDUs, the last one with the status when that is GOOD (RFC 7143 section 11.7.3),
/// otherwise a SCSI Response.
/// <code>
/// SCSI Response, section 11.4:
///   0|.|.| 0x21      |1|. .|o|u|O|U|.| Response      | Status        |
///   4| TotalAHSLength| DataSegmentLength                             |
///  16| Initiator Task Tag                                            |
///  20| SNACK Tag or Reserved                                         |
///  24| StatSN, ExpCmdSN, MaxCmdSN                                    |
///  36| ExpDataSN or Reserved                                         |
///  40| Bidirectional Read Residual Count                             |
///  44| Residual Count                                                |
///  48| SenseLength (2 bytes), Sense Data                             |
/// </code>
/// </summary>
internal sealed class TaskResponse(TaskSlot task) : Outgoing
{
    private const int ExpDataSnOffset = 36;
    private const int SenseLengthBytes = 2;

    private int _sent;
    private uint _dataSn;
    private int _burst;
    private bool _deregistered;

    public TaskSlot Task => task;

    public void Reset() => (_sent, _dataSn, _burst, _deregistered) = (0, 0, 0, false);

    /// <summary>The response will never be sent: gives back what sending it would have.</summary>
    public void Abandon() => Deregister();

    private void Deregister()
    {
        if (_deregistered)
            return;
        _deregistered = true;
        task.Session.Tasks.Deregister(task);
    }

    public override bool Emit(SendBatch batch)
    {
        var parameters = task.Connection.Parameters;
        while (_sent < task.DataInLength)
        {
            if (!batch.HasRoom(0))
                return false;
            var remaining = task.DataInLength - _sent;
            var length = Math.Min(remaining, parameters.InitiatorMaxRecvDataSegmentLength);
            length = Math.Min(length, task.Session.Parameters.MaxBurstLength - _burst);
            var last = length == remaining;
            EmitDataIn(batch, length, last, withStatus: last && task.Status == ScsiStatus.GOOD);
        }
        if (_sent > 0 && task.Status == ScsiStatus.GOOD)
            return true;
        if (!batch.HasRoom(SenseLengthBytes + task.SenseLength))
            return false;
        EmitResponse(batch);
        return true;
    }

    private void EmitDataIn(SendBatch batch, int length, bool last, bool withStatus)
    {
        _burst += length;
        // Section 11.7.1: F ends a sequence, which is at most MaxBurstLength long.
        var endsSequence = last || _burst == task.Session.Parameters.MaxBurstLength;
        var flags = (byte)((endsSequence ? Bhs.FinalBit : 0) | (withStatus ? DataPdu.StatusBit : 0));
        if (endsSequence)
            _burst = 0;
        var residual = withStatus ? Residual(ref flags) : 0;
        if (withStatus)
            Deregister();
        var header = batch.Begin();
        Bhs.Begin(header, Opcode.DATA_IN, flags, length);
        header[DataPdu.StatusOffset] = withStatus ? (byte)task.Status : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[Bhs.TaskTagOffset..], task.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(header[Bhs.TransferTagOffset..], Bhs.ReservedTag);
        batch.Stamp(header, withStatus ? StatSnUse.Advance : StatSnUse.Omit);
        BinaryPrimitives.WriteUInt32BigEndian(header[DataPdu.DataSnOffset..], _dataSn++);
        BinaryPrimitives.WriteUInt32BigEndian(header[DataPdu.BufferOffsetOffset..], (uint)_sent);
        BinaryPrimitives.WriteUInt32BigEndian(header[DataPdu.ResidualOffset..], residual);
        batch.EndHeader();
        batch.AppendPayload(task.DataIn!, task.DataInOffset + _sent, length);
        _sent += length;
    }

    private void EmitResponse(SendBatch batch)
    {
        Deregister();
        var flags = Bhs.FinalBit;
        var residual = Residual(ref flags);
        var senseLength = task.SenseLength;
        Span<byte> data = stackalloc byte[SenseLengthBytes + ScsiCommand.MaximumSenseLength];
        data = data[..(senseLength == 0 ? 0 : SenseLengthBytes + senseLength)];
        if (senseLength > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)senseLength);
            task.Sense.CopyTo(data[SenseLengthBytes..]);
        }
        var header = batch.Begin();
        Bhs.Begin(header, Opcode.SCSI_RESPONSE, flags, data.Length);
        header[DataPdu.StatusOffset] = (byte)task.Status;
        BinaryPrimitives.WriteUInt32BigEndian(header[Bhs.TaskTagOffset..], task.Tag);
        batch.Stamp(header, StatSnUse.Advance);
        BinaryPrimitives.WriteUInt32BigEndian(header[ExpDataSnOffset..], _dataSn);
        BinaryPrimitives.WriteUInt32BigEndian(header[DataPdu.ResidualOffset..], residual);
        batch.EndHeader();
        batch.AppendCopy(data);
    }

    /// <summary>Section 11.4.5: the difference between what was expected and what the command transfers by its CDB.</summary>
    private uint Residual(ref byte flags)
    {
        var difference = task.TransferLength - (task.ExpectedDataIn + task.ExpectedDataOut);
        if (difference == 0)
            return 0;
        flags |= difference > 0 ? DataPdu.OverflowBit : DataPdu.UnderflowBit;
        return (uint)Math.Min(Math.Abs(difference), uint.MaxValue);
    }

    public override void Released()
    {
        task.ReturnDataOut();
        task.ReturnDataIn();
        task.Session.Tasks.Give(task);
    }
}
