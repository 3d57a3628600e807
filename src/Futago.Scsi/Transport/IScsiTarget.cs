namespace Futago.Scsi.Transport;

/// <summary>What a transport needs of a SCSI target device: a set of logical units behind one target port group.</summary>
public interface IScsiTarget
{
    /// <summary>
    /// Decodes the command and checks what can be checked without data: LUN, opcode, unit attentions, reservations, range,
    /// length against what the initiator announced.
    /// </summary>
    /// <returns>
    /// Bytes of data-out to gather before <see cref="Execute"/> (0 for none, never more than
    /// <see cref="ScsiCommand.ExpectedDataOut"/>), or -1 when the command is complete already: status and sense are set.
    /// </returns>
    int Accept(ScsiCommand command);

    /// <summary>Runs an accepted command. Never blocks on the medium; completion comes through <see cref="ScsiCommand.OnCompleted"/>.</summary>
    void Execute(ScsiCommand command);

    /// <summary>
    /// Runs a task management function. <paramref name="completed"/> is called once, on any thread, when every affected command
    /// has ended (an aborted write can no longer reach the medium). Commands that it ends complete with
    /// <see cref="ScsiStatus.TASK_ABORTED"/>; the transport of the nexus that asked does not send a response for its own ones.
    /// Commands still gathering data are the transport's business: it drops them before calling this.
    /// </summary>
    void Manage(Nexus nexus, TaskManagementFunction function, ulong lunField, uint taskTag, Action<TaskManagementResponse> completed);

    /// <summary>A session was established. Queues the POWER ON / NEXUS LOSS unit attentions.</summary>
    void Open(Nexus nexus);

    /// <summary>
    /// The session ended: its commands have been aborted by the transport with <see cref="TaskManagementFunction.ABORT_TASK_SET"/>;
    /// non-persistent reservations are released.
    /// </summary>
    void Close(Nexus nexus);
}
