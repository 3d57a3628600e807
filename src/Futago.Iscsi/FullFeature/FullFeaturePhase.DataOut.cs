using Futago.Blocks;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.FullFeature;

/// <summary>
/// Data for tasks: where the payload of a SCSI Command or Data-Out goes, and the checks of RFC 7143 section 11.7 before one byte
/// of it is placed.
/// </summary>
internal sealed partial class FullFeaturePhase
{
    /// <summary>Task whose payload is being received; null: it is thrown away.</summary>
    private TaskSlot? _target;
    private bool _targetFinal;
    private bool _targetIsCommand;
    private bool _targetSolicited;
    private int _targetReceived;
    private byte[]? _targetHeader;

    /// <summary>The header of a SCSI Command or Data-Out is in; decides where its data goes.</summary>
    public void BeginPayload(Bhs header, ReadOnlySpan<byte> ahs, int dataBytes)
    {
        (_target, _targetIsCommand, _targetSolicited, _targetReceived) = (null, false, false, 0);
        lock (session.Gate)
        {
            if (header.Opcode == Opcode.SCSI_COMMAND)
                BeginCommand(header, ahs, dataBytes);
            else
                BeginDataOut(header, dataBytes);
        }
        if (session.Parameters.DataDigest || connection.Parameters.DataDigest)
            header.Bytes.CopyTo(_targetHeader ??= new byte[Bhs.Length]);
    }

    /// <returns>Bytes that may be placed at <paramref name="offset"/> of <paramref name="buffer"/>; 0: throw the next bytes away.</returns>
    public int PayloadRoom(out BlockBuffer? buffer, out int offset)
    {
        (buffer, offset) = (null, 0);
        if (_target is not { Discarding: false, DropPending: false, DataOut: { } dataOut } task)
            return 0;
        // Before delivery the buffer holds all that may come; after it only what the SCSI layer wants.
        var limit = task.Delivered ? task.Wanted : dataOut.Capacity;
        var position = task.NextOffset + _targetReceived;
        if (position >= limit)
            return 0;
        (buffer, offset) = (dataOut, (int)position);
        return (int)(limit - position);
    }

    /// <summary>What was kept of the payload that is complete now; nothing when it was thrown away.</summary>
    public ReadOnlySpan<byte> Payload => _target is { Discarding: false, DropPending: false, DataOut: { } dataOut } task && task.NextOffset + _targetReceived <= (task.Delivered ? task.Wanted : dataOut.Capacity)
        ? dataOut.Slice((int)task.NextOffset, _targetReceived)
        : [];

    public void PayloadReceived(int count) => _targetReceived += count;

    /// <summary>The payload is complete and its digest, if there is one, has been checked.</summary>
    public void EndPayload(bool intact)
    {
        if (_target is not { } task)
            return;
        _target = null;
        lock (session.Gate)
        {
            session.EndReceiving(task);
            if (task.State == TaskState.Gathering && !intact)
                FailDigest(task);
            else if (task.State == TaskState.Gathering)
                Account(task);
            if (task.State == TaskState.Gathering)
                session.Progress(task);
            if (_targetIsCommand)
                session.DrainHeld();
        }
        session.RunDeferred();
    }

    /// <summary>The connection ends in the middle of a payload: the task's buffer is no longer being written to.</summary>
    public void AbandonPayload()
    {
        if (_target is not { } task)
            return;
        _target = null;
        lock (session.Gate)
            session.EndReceiving(task);
    }

    private void Account(TaskSlot task)
    {
        task.NextOffset += _targetReceived;
        if (_targetSolicited)
        {
            if (_targetFinal && task.R2tCount > 0)
                task.EndR2t();
        }
        else if (_targetFinal)
        {
            task.UnsolicitedOpen = false;
        }
    }

    /// <summary>Section 7.7: the PDU is rejected and, with ErrorRecoveryLevel 0, its task ends.</summary>
    private void FailDigest(TaskSlot task)
    {
        Reject(new Bhs(_targetHeader!), RejectReason.DATA_DIGEST_ERROR);
        IscsiSession.Fail(task, SenseKey.AbortedCommand, AdditionalSense.ProtocolServiceCrcError);
    }

    private void BeginDataOut(Bhs header, int dataBytes)
    {
        var transferTag = header.TransferTag;
        var solicited = transferTag != Bhs.ReservedTag;
        var task = solicited ? session.Tasks.At(TaskSlot.SlotOf(transferTag)) : session.Tasks.Find(header.TaskTag);
        // Data for a task that has ended meanwhile (aborted, failed) is still on its way and means no harm: thrown away.
        if (task is not { State: TaskState.Gathering } || task.Tag != header.TaskTag || task.Connection != connection)
            return;
        var r2t = solicited ? task.CurrentR2t : null;
        if (solicited && (r2t is null || r2t.TransferTag != transferTag))
        {
            // Out of sequence if it belongs to a later R2T of this task, stale otherwise.
            if (r2t is not null)
                FailData(task, AdditionalSense.IncorrectAmountOfData);
            return;
        }
        if (solicited ? !CheckSolicited(task, r2t!, header, dataBytes) : !CheckUnsolicited(task, header, dataBytes))
            return;
        task.Receiving = true;
        (_target, _targetFinal, _targetSolicited) = (task, header.Final, solicited);
    }

    private bool CheckSolicited(TaskSlot task, R2tOutgoing r2t, Bhs header, int dataBytes)
    {
        var offset = (long)header.UInt32At(DataPdu.BufferOffsetOffset);
        var end = offset + dataBytes;
        // Section 11.7: in order, within what the R2T asked for, numbered from 0, and final exactly at its end.
        var valid = offset == task.NextOffset
            && offset >= r2t.Offset
            && end <= r2t.End
            && header.UInt32At(DataPdu.DataSnOffset) == r2t.NextDataSn
            && header.Final == (end == r2t.End);
        if (!valid)
        {
            FailData(task, AdditionalSense.IncorrectAmountOfData);
            return false;
        }
        r2t.NextDataSn++;
        return true;
    }

    private bool CheckUnsolicited(TaskSlot task, Bhs header, int dataBytes)
    {
        var offset = (long)header.UInt32At(DataPdu.BufferOffsetOffset);
        if (!task.UnsolicitedOpen)
        {
            FailData(task, AdditionalSense.UnexpectedUnsolicitedData);
            return false;
        }
        // Section 13.14: all unsolicited data of a command, immediate included, within FirstBurstLength.
        var valid = offset == task.NextOffset
            && offset + dataBytes <= Math.Min(task.ExpectedDataOut, session.Parameters.EffectiveFirstBurst)
            && header.UInt32At(DataPdu.DataSnOffset) == task.UnsolicitedDataSn;
        if (!valid)
        {
            FailData(task, AdditionalSense.IncorrectAmountOfData);
            return false;
        }
        task.UnsolicitedDataSn++;
        return true;
    }

    private void FailData(TaskSlot task, AdditionalSense sense)
    {
        IscsiSession.Fail(task, SenseKey.AbortedCommand, sense);
        session.Progress(task);
    }
}
