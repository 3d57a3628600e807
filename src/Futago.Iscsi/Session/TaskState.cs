namespace Futago.Iscsi.Session;

/// <summary>
/// Life of a task slot. All but the step to <see cref="Responding"/> by a completion happen under the session's gate.
/// <code>
/// Free ─► Gathering ─► Executing ─► Responding ─► Free
///             └─ dropped ────────────────────────►
///             └─ failed  ──────────► Responding
/// </code>
/// </summary>
internal enum TaskState
{
    Free,
    /// <summary>Arrived; waiting for its turn by CmdSN, for data, or both.</summary>
    Gathering,
    /// <summary>With the SCSI layer.</summary>
    Executing,
    /// <summary>Its response is queued or being sent.</summary>
    Responding,
}
