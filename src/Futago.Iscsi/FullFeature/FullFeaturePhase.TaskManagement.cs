using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.FullFeature;

/// <summary>Task management, RFC 7143 sections 11.5 and 11.6. Tasks that still gather data end here, the others in the SCSI layer.</summary>
internal sealed partial class FullFeaturePhase
{
    private void ManageTasks(Bhs header)
    {
        var function = (TaskManagementFunction)(header.Flags & TaskManagementPdu.FunctionMask);
        var taskTag = header.TaskTag;
        var lun = header.Lun;
        if (session.Nexus is null)
        {
            Reject(header, RejectReason.PROTOCOL_ERROR);
            return;
        }
        switch (function)
        {
            case TaskManagementFunction.ABORT_TASK:
                AbortTask(header);
                break;
            case TaskManagementFunction.ABORT_TASK_SET:
                EndOwnTasks(lun);
                Manage(function, lun, 0, taskTag);
                break;
            case TaskManagementFunction.CLEAR_TASK_SET or TaskManagementFunction.LOGICAL_UNIT_RESET:
                EndOwnTasks(lun);
                session.Defer(() =>
                {
                    host.TerminateGathering(session, lun);
                    Manage(function, lun, 0, taskTag);
                });
                break;
            case TaskManagementFunction.TARGET_WARM_RESET or TaskManagementFunction.TARGET_COLD_RESET:
                EndOwnTasks(null);
                session.Defer(() =>
                {
                    host.TerminateGathering(session, null);
                    Manage(function, lun, 0, taskTag);
                });
                break;
            case TaskManagementFunction.CLEAR_ACA:
                Manage(function, lun, 0, taskTag);
                break;
            case TaskManagementFunction.TASK_REASSIGN:
                // Section 11.6.1: reassignment needs ErrorRecoveryLevel 2.
                Respond(taskTag, TaskManagementResponse.TaskAllegianceReassignmentNotSupported);
                break;
            default:
                Respond(taskTag, TaskManagementResponse.FunctionRejected);
                break;
        }
    }

    private void AbortTask(Bhs header)
    {
        var referenced = header.UInt32At(TaskManagementPdu.ReferencedTagOffset);
        var task = session.Tasks.Find(referenced);
        if (task is null)
        {
            Respond(header.TaskTag, AbortUnknown(header));
            return;
        }
        if (task.State == TaskState.Gathering && task.LunField == header.Lun)
        {
            session.Drop(task);
            Respond(header.TaskTag, TaskManagementResponse.FunctionComplete);
            return;
        }
        if (task.LunField == header.Lun)
            task.AbortRequested = true;
        Manage(TaskManagementFunction.ABORT_TASK, header.Lun, referenced, header.TaskTag);
    }

    /// <summary>
    /// Section 11.6.1: a referenced command that has not arrived, but whose CmdSN is in the window and before this request, counts as
    /// received from now on and is aborted thereby; any other unknown one does not exist.
    /// </summary>
    private TaskManagementResponse AbortUnknown(Bhs header)
    {
        var refCmdSn = header.UInt32At(TaskManagementPdu.RefCmdSnOffset);
        var before = unchecked((int)(header.CmdSn - refCmdSn)) > 0;
        if (!before || !session.IsNew(refCmdSn))
            return TaskManagementResponse.TaskDoesNotExist;
        session.Skip(refCmdSn, this);
        session.DrainHeld();
        return TaskManagementResponse.FunctionComplete;
    }

    private void EndOwnTasks(ulong? lun)
    {
        for (var i = 0; i < session.Tasks.Created; i++)
        {
            if (session.Tasks.At(i) is not { } task || (lun is not null && task.LunField != lun))
                continue;
            if (task.State == TaskState.Gathering)
                session.Drop(task);
            else if (task.State == TaskState.Executing)
                task.AbortRequested = true;
        }
    }

    private void Manage(TaskManagementFunction function, ulong lun, uint referenced, uint taskTag) =>
        session.Definition!.Scsi.Manage(session.Nexus!, function, lun, referenced, response =>
        {
            // Section 11.5.1: a cold reset ends all connections. The response still goes out, but no command comes between it and the
            // end: it would take away the unit attention that announces the reset.
            var isCold = function == TaskManagementFunction.TARGET_COLD_RESET && response == TaskManagementResponse.FunctionComplete;
            // Chosen now: an initiator that logs in again as soon as it has the response begins anew, and stays.
            var ending = isCold ? host.SessionsOf(session.Target!) : [];
            Respond(taskTag, response, isLast: isCold);
            if (isCold)
                connection.AfterSending(() =>
                {
                    foreach (var other in ending)
                        other.Close();
                });
        });

    private void Respond(uint taskTag, TaskManagementResponse response, bool isLast = false)
    {
        var header = NewHeader(Opcode.TASK_MANAGEMENT_RESPONSE, 0, taskTag);
        header[TaskManagementPdu.ResponseOffset] = (byte)response;
        connection.Enqueue(new ControlPdu(header, []), isLast);
    }
}
