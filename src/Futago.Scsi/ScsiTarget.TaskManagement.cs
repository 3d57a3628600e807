using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi;

/// <summary>Task management functions, SAM-5 chapter 7.</summary>
public sealed partial class ScsiTarget
{
    public void Manage(Nexus nexus, TaskManagementFunction function, ulong lunField, uint taskTag, Action<TaskManagementResponse> completed)
    {
        switch (function)
        {
            case TaskManagementFunction.TARGET_WARM_RESET or TaskManagementFunction.TARGET_COLD_RESET:
                ResetTarget(completed);
                return;
            // There is no auto contingent allegiance here (NormACA 0), and tasks do not outlive their connection (ERL 0).
            case TaskManagementFunction.CLEAR_ACA:
                completed(TaskManagementResponse.FunctionNotSupported);
                return;
            case TaskManagementFunction.TASK_REASSIGN:
                completed(TaskManagementResponse.TaskAllegianceReassignmentNotSupported);
                return;
        }
        if (_units.Find(LunAddress.Parse(lunField)) is not { } unit)
        {
            completed(TaskManagementResponse.LunDoesNotExist);
            return;
        }
        var wait = new AbortWait(completed);
        switch (function)
        {
            case TaskManagementFunction.ABORT_TASK:
                if (unit.Tasks.Abort(task => task.Nexus.Id == nexus.Id && task.Command.Tag == taskTag, wait) == 0)
                    wait.Response = TaskManagementResponse.TaskDoesNotExist;
                break;
            case TaskManagementFunction.ABORT_TASK_SET:
                unit.Tasks.Abort(task => task.Nexus.Id == nexus.Id, wait);
                break;
            case TaskManagementFunction.CLEAR_TASK_SET:
                unit.Tasks.Abort(_ => true, wait);
                break;
            case TaskManagementFunction.LOGICAL_UNIT_RESET:
                Copies.Cancel(unit);
                unit.Tasks.Abort(_ => true, wait);
                unit.Reset(AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
                break;
            default:
                wait.Response = TaskManagementResponse.FunctionNotSupported;
                break;
        }
        wait.Release();
    }

    private void ResetTarget(Action<TaskManagementResponse> completed)
    {
        var wait = new AbortWait(completed);
        foreach (var unit in AllUnits())
        {
            Copies.Cancel(unit);
            unit.Tasks.Abort(_ => true, wait);
            unit.Reset(AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
        }
        wait.Release();
    }
}
