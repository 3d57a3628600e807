using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Reservations;

/// <summary>
/// PERSISTENT RESERVE OUT, SPC-4 section 6.16. Does not go through the task set: whoever fights for a disk must not queue behind
/// the I/O of the one who holds it.
/// </summary>
internal static class PersistentReserveOutCommand
{
    private const int ListLength = 24;
    private const int MaximumListLength = 4096;
    private const byte Register = 0;
    private const byte Move = 7;
    private const byte PreemptAndAbort = 5;

    private const byte SpecifyInitiatorPorts = 0x08;
    private const byte ActivatePersistThroughPowerLoss = 0x01;

    public static int Accept(ScsiTask task)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[5..]);
        var moves = ServiceAction(task) == Move;
        // SPC-4 section 6.16.2: 18h bytes, but for REGISTER AND MOVE, which brings a TransportID, and REGISTER, which may bring many.
        if (moves || ServiceAction(task) == Register ? length is < ListLength or > MaximumListLength : length != ListLength)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return -1;
        }
        if (ServiceAction(task) is 1 or 2 or 4 or 5 && !HasValidScopeAndType(task))
        {
            task.InvalidField(2);
            return -1;
        }
        return BlockRange.CheckDataOut(task, length) ? (int)length : -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[5..]);
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        var list = task.Command.DataOut!.Slice(0, length).ToArray();
        var flags = list[ServiceAction(task) == Move ? 17 : 20];
        var specifiesPorts = ServiceAction(task) != Move && (flags & SpecifyInitiatorPorts) != 0;
        // Only REGISTER names other ports; APTPL needs a place to keep it.
        if ((specifiesPorts && ServiceAction(task) != Register)
            || ((flags & ActivatePersistThroughPowerLoss) != 0 && !task.Unit.Reservations.CanPersist))
        {
            task.InvalidParameter(ServiceAction(task) == Move ? 17 : 20);
            return;
        }
        if (ServiceAction(task) == Register && !specifiesPorts && length != ListLength)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        if (specifiesPorts && TransportId.TryReadList(list.AsSpan(ListLength)) is null)
        {
            task.InvalidParameter(ListLength);
            return;
        }
        var change = await task.Unit.Reservations.ChangeAsync(state => Apply(task, state, list, flags));
        task.Command.Status = change.Status;
        if (change.Refusal is { } code)
            task.Check(SenseKey.ILLEGAL_REQUEST, code);
        if (change.State is null)
            return;
        if (ServiceAction(task) == PreemptAndAbort)
            await AbortAsync(task, change.Removed);
        foreach (var (port, condition) in change.Attentions)
        {
            foreach (var nexusId in task.Target.NexusesOf(port))
                task.Unit.Attentions.AddTo(nexusId, condition);
        }
    }

    private static PersistentReservationChange Apply(ScsiTask task, PersistentReservationState state, byte[] list, byte flags)
    {
        var port = task.Nexus.InitiatorPort;
        var key = BinaryPrimitives.ReadUInt64BigEndian(list);
        var actionKey = BinaryPrimitives.ReadUInt64BigEndian(list.AsSpan(8));
        var persists = (flags & ActivatePersistThroughPowerLoss) != 0;
        var type = (PersistentReservationType)(task.Cdb[2] & 0x0f);
        return ServiceAction(task) switch
        {
            Register when (flags & SpecifyInitiatorPorts) != 0 => PersistentReservationRules.RegisterWith(
                state, port, TransportId.TryReadList(list.AsSpan(ListLength))!, key, actionKey, persists),
            Register => PersistentReservationRules.Register(state, port, key, actionKey, persists, ignoreKey: false),
            1 => PersistentReservationRules.Reserve(state, port, key, type),
            2 => PersistentReservationRules.Release(state, port, key, type),
            3 => PersistentReservationRules.Clear(state, port, key),
            4 or PreemptAndAbort => PersistentReservationRules.Preempt(state, port, key, actionKey, type),
            6 => PersistentReservationRules.Register(state, port, key, actionKey, persists, ignoreKey: true),
            _ => ApplyMove(task, state, list, key, actionKey, persists),
        };
    }

    /// <summary>Parameter list of REGISTER AND MOVE, SPC-4 section 6.16.4.</summary>
    private static PersistentReservationChange ApplyMove(ScsiTask task, PersistentReservationState state, byte[] list, ulong key, ulong newKey, bool persists)
    {
        var targetPort = BinaryPrimitives.ReadUInt16BigEndian(list.AsSpan(18));
        var idLength = BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(20));
        var newPort = idLength <= list.Length - ListLength ? TransportId.TryRead(list.AsSpan(ListLength, (int)idLength)) : null;
        // There is one target port, and the reservation can only stay on it.
        if (newPort is null || targetPort != task.Target.Options.PortalGroupTag)
            return PersistentReservationChange.Refuse(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        return PersistentReservationRules.Move(state, task.Nexus.InitiatorPort, key, newPort, newKey, (list[17] & 0x02) != 0, persists);
    }

    /// <summary>Ends the commands of the preempted; GOOD means that none of them can reach the medium any more.</summary>
    private static Task AbortAsync(ScsiTask task, IReadOnlyList<string> ports)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wait = new AbortWait(_ => done.SetResult());
        task.Unit.Tasks.Abort(other => ports.Contains(other.Nexus.InitiatorPort), wait);
        wait.Release();
        return done.Task;
    }

    private static int ServiceAction(ScsiTask task) => task.Cdb[1] & 0x1f;

    /// <summary>SCOPE 0h (logical unit) and a TYPE that is not obsolete or reserved, SPC-4 sections 6.15.3.3 and 6.15.3.4.</summary>
    private static bool HasValidScopeAndType(ScsiTask task)
    {
        var type = (PersistentReservationType)(task.Cdb[2] & 0x0f);
        return task.Cdb[2] >> 4 == 0 && type != PersistentReservationType.None && Enum.IsDefined(type);
    }
}
