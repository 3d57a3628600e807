using Futago.Blocks;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.FullFeature;

/// <summary>SCSI Command, RFC 7143 section 11.3, with immediate data.</summary>
internal sealed partial class FullFeaturePhase
{
    private void BeginCommand(Bhs header, ReadOnlySpan<byte> ahs, int dataBytes)
    {
        var cmdSn = header.CmdSn;
        if (!header.Immediate && !session.IsNew(cmdSn))
            return;
        if (Refusal(header) is { } reason)
        {
            RefuseCommand(header, reason);
            return;
        }
        var task = session.Tasks.TryTake(connection, header.TaskTag, cmdSn, header.Immediate);
        if (task is null)
        {
            // Section 11.17.1: too many immediate commands; the initiator may repeat it as a normal one.
            RefuseCommand(header, RejectReason.IMMEDIATE_COMMAND_REJECT);
            return;
        }
        Fill(task, header);
        var cdb = task.CdbRoom(extended: !ahs.IsEmpty);
        var cdbLength = ScsiCommandPdu.ReadCdb(header, ahs, cdb.Span);
        if (cdbLength < 0)
            IscsiSession.Fail(task, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        task.Cdb = cdb[..Math.Max(cdbLength, ScsiCommandPdu.CdbLength)];
        CheckImmediateData(task, header, dataBytes);

        task.Receiving = true;
        (_target, _targetFinal, _targetIsCommand) = (task, header.Final, true);
        if (header.Immediate || cmdSn == session.Window.ExpCmdSn)
        {
            if (!header.Immediate)
                session.Window.Advance();
            session.Deliver(task);
            return;
        }
        session.Hold(cmdSn, this, task);
        // Until its turn nobody knows how much data it needs: room for all that it may send.
        if (task.ExpectedDataOut > 0 && !task.Discarding)
            task.DataOut = session.Pool.TryRent((int)Math.Min(task.ExpectedDataOut, BlockBufferPool.MaximumBytes));
        if (task.ExpectedDataOut > 0 && task.DataOut is null && !task.Discarding)
        {
            task.Status = ScsiStatus.TASK_SET_FULL;
            task.Discarding = true;
        }
    }

    private RejectReason? Refusal(Bhs header)
    {
        if (session.Nexus is null)
            return RejectReason.PROTOCOL_ERROR; // a discovery session has no target, section 4.3
        if (header.TaskTag == Bhs.ReservedTag)
            return RejectReason.INVALID_PDU_FIELD;
        if (session.Tasks.Contains(header.TaskTag))
            return RejectReason.TASK_IN_PROGRESS; // tags are unique among outstanding tasks, section 11.2.1.8
        var both = ScsiCommandPdu.ReadBit | ScsiCommandPdu.WriteBit;
        return (header.Flags & both) == both ? RejectReason.COMMAND_NOT_SUPPORTED : null;
    }

    /// <summary>The PDU is rejected, but its CmdSN counts as received.</summary>
    private void RefuseCommand(Bhs header, RejectReason reason)
    {
        Reject(header, reason);
        if (header.Immediate)
            return;
        session.Skip(header.CmdSn, this);
        session.DrainHeld();
    }

    private void Fill(TaskSlot task, Bhs header)
    {
        var expected = (long)header.UInt32At(ScsiCommandPdu.ExpectedLengthOffset);
        var writes = (header.Flags & ScsiCommandPdu.WriteBit) != 0;
        var reads = (header.Flags & ScsiCommandPdu.ReadBit) != 0;
        task.Nexus = session.Nexus!;
        task.LunField = header.Lun;
        task.Attribute = (TaskAttribute)(header.Flags & ScsiCommandPdu.AttributeMask);
        task.ExpectedDataOut = writes ? expected : 0;
        task.ExpectedDataIn = reads ? expected : 0;
        // Section 11.3.1: F=0 announces unsolicited Data-Out PDUs behind this one.
        task.UnsolicitedOpen = !header.Final;
    }

    private void CheckImmediateData(TaskSlot task, Bhs header, int dataBytes)
    {
        var parameters = session.Parameters;
        // Section 13.10, 13.11: only what was negotiated, and never more than FirstBurstLength.
        var unexpected = (dataBytes > 0 && (!parameters.ImmediateData || task.ExpectedDataOut == 0))
            || (!header.Final && (parameters.InitialR2T || task.ExpectedDataOut == 0));
        if (unexpected)
            IscsiSession.Fail(task, SenseKey.AbortedCommand, AdditionalSense.UnexpectedUnsolicitedData);
        else if (dataBytes > Math.Min(task.ExpectedDataOut, parameters.EffectiveFirstBurst))
            IscsiSession.Fail(task, SenseKey.AbortedCommand, AdditionalSense.IncorrectAmountOfData);
    }
}
