using System.Collections.Concurrent;
using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.Copy;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sanitize;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;
using Microsoft.Extensions.Logging;

namespace Futago.Scsi;

/// <summary>
/// A SCSI target device with one port: its logical units, which come and go while sessions live. Accept and Execute run on the
/// transport's threads and wait for nothing.
/// </summary>
public sealed partial class ScsiTarget : IScsiTarget
{
    /// <summary>Memory for the slow commands of all sessions together; beyond it they end with BUSY.</summary>
    private const long ScratchBudgetBytes = 64L << 20;

    private const int PooledTasks = 4096;

    private readonly ILogger _logger;
    private readonly LogicalUnit _controller = LogicalUnit.CreateController();
    private readonly LogicalUnit _absent = LogicalUnit.CreateAbsent();
    private readonly ConcurrentQueue<ScsiTask> _pool = new();
    private volatile UnitMap _units;

    /// <param name="copyManager">Shared by the targets between whose units data can be copied; without one, only within this target.</param>
    public ScsiTarget(ScsiTargetOptions options, TimeProvider clock, ILogger<ScsiTarget> logger, CopyManager? copyManager = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Name);
        ArgumentOutOfRangeException.ThrowIfZero(options.PortalGroupTag);
        Options = options;
        Clock = clock;
        _logger = logger;
        _units = new UnitMap([], _controller);
        CopyManager = copyManager ?? new CopyManager(clock);
        CopyManager.Add(this);
    }

    public ScsiTargetOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal CopyManager CopyManager { get; }

    internal CopyOperations Copies { get; } = new();

    internal IReadOnlyList<LogicalUnit> Disks => _units.Disks;

    internal BlockBufferPool Scratch { get; } = new(ScratchBudgetBytes);

    public int Accept(ScsiCommand command)
    {
        var unit = _units.Find(LunAddress.Parse(command.LunField)) ?? _absent;
        if (!_pool.TryDequeue(out var task))
            task = new ScsiTask(this);
        task.Begin(command, unit);
        command.Status = ScsiStatus.GOOD;
        var wanted = Accept(task);
        if (wanted < 0)
        {
            Recycle(task);
            return -1;
        }
        command.AcceptedBy = task;
        return wanted;
    }

    public void Execute(ScsiCommand command)
    {
        if (command.AcceptedBy is not ScsiTask task || task.Command != command)
            throw new InvalidOperationException("The command was not accepted");
        command.AcceptedBy = null;
        // A reservation may have come between; who lost the unit must not write any more.
        if (task.ReservationGeneration != task.Unit.Reservations.Generation
            && task.Unit.Reservations.Conflicts(task.Nexus, task.Definition.Reservation))
        {
            command.Status = ScsiStatus.RESERVATION_CONFLICT;
            Finish(task);
            return;
        }
        // What was asked of one medium is not answered with another one.
        if (task.MediumGeneration != task.Unit.MediumGeneration && (task.Definition.Medium || task.Definition.NeedsMedium))
        {
            task.Check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
            Finish(task);
            return;
        }
        var handler = task.Definition.Handler;
        if (!task.Definition.Medium)
        {
            task.Start();
            return;
        }
        handler.Prepare(task);
        switch (task.Unit.Tasks.Enter(task))
        {
            case TaskSet.Entry.Run:
                task.Start();
                break;
            case TaskSet.Entry.Full:
                command.Status = ScsiStatus.TASK_SET_FULL;
                Finish(task);
                break;
            case TaskSet.Entry.Closed:
                task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
                Finish(task);
                break;
        }
    }

    /// <summary>The task is over: out of the task set first, so that its range is free when the initiator hears of it.</summary>
    internal void Finish(ScsiTask task)
    {
        var (command, unit) = (task.Command, task.Unit);
        AbortWait[] aborts = task.State == TaskState.Running ? unit.Tasks.Leave(task) : [];
        if (task.IsAborted)
        {
            command.Status = ScsiStatus.TASK_ABORTED;
            command.DataInLength = 0;
            command.BeginSense(0);
        }
        Recycle(task);
        command.OnCompleted();
        foreach (var abort in aborts)
            abort.Release();
        unit.Tasks.StartReady();
    }

    internal void LogFault(ScsiTask task, Exception exception) =>
        LogFault(exception, task.Definition.Name, task.Unit, task.Nexus);

    internal void LogFault(Exception exception, string command, LogicalUnit unit, Nexus nexus) =>
        LogFault(_logger, exception, command, Options.Name, unit.Options.Lun, nexus);

    private static int Accept(ScsiTask task)
    {
        var (command, unit) = (task.Command, task.Unit);
        var cdb = command.Cdb.Span;
        if (cdb.Length < 6)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB);
            return -1;
        }
        var definition = CommandTable.Find(cdb[0], cdb[1] & 0x1f);
        // SAM-5 section 5.14.4: pending unit attentions come before the command.
        if (definition is not { IgnoresUnitAttention: true } && unit.Attentions.Any
            && unit.Attentions.TryTake(command.Nexus.Id, out var condition))
        {
            task.Check(SenseKey.UNIT_ATTENTION, condition);
            return -1;
        }
        if (unit.Kind == LogicalUnitKind.Absent && definition is not { IgnoresUnitAttention: true, Controller: true })
        {
            // SPC-4 section 5.11: nothing is at this LUN.
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
            return -1;
        }
        if (definition is null || cdb.Length < definition.CdbLength || !definition.IsSupportedBy(unit))
        {
            // SPC-4 section 4.3.4: a known operation code with an unknown service action is an invalid field.
            if (definition is null && CommandTable.HasServiceActions(cdb[0]))
                task.InvalidField(1);
            else
                task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
            return -1;
        }
        task.Definition = definition;
        return Permits(task) ? definition.Handler.Accept(task) : -1;
    }

    /// <summary>Everything that stands between a known command and its handler.</summary>
    private static bool Permits(ScsiTask task)
    {
        var (command, unit, definition) = (task.Command, task.Unit, task.Definition);
        // SPC-4 section 5.15.2.4: who cannot serve still says what it is. Before reservations: those here may be old.
        if (unit.NotReady is { } notReady && definition is { IgnoresUnitAttention: false })
        {
            task.Check(SenseKey.NOT_READY, notReady);
            return false;
        }
        task.ReservationGeneration = unit.Reservations.Generation;
        if (unit.Reservations.Conflicts(command.Nexus, definition.Reservation))
        {
            command.Status = ScsiStatus.RESERVATION_CONFLICT;
            return false;
        }
        // NormACA is 0: NACA and the ACA attribute are not valid, SAM-5 sections 5.2 and 8.2.5.
        if ((command.Cdb.Span[definition.CdbLength - 1] & 0x04) != 0)
        {
            task.InvalidField(definition.CdbLength - 1);
            return false;
        }
        if (command.Attribute == TaskAttribute.Aca)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_MESSAGE_ERROR);
            return false;
        }
        if (unit.Sanitize.IsBlocked && !definition.IsAllowedDuring(unit.Sanitize))
        {
            SanitizeCommand.Refuse(task);
            return false;
        }
        task.MediumGeneration = unit.MediumGeneration;
        if ((definition.Medium || definition.NeedsMedium) && unit.NoMedium is { } noMedium)
        {
            task.Check(SenseKey.NOT_READY, noMedium);
            return false;
        }
        if (definition.Writes && unit.IsWriteProtected)
        {
            task.Check(SenseKey.DATA_PROTECT, unit.Options.ReadOnly
                ? AdditionalSense.WRITE_PROTECTED
                : AdditionalSense.SOFTWARE_WRITE_PROTECTED);
            return false;
        }
        return true;
    }

    private void Recycle(ScsiTask task)
    {
        task.End();
        if (_pool.Count < PooledTasks)
            _pool.Enqueue(task);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "{Command} on LUN {Lun} of {Target} from {Nexus} failed inside the target")]
    private static partial void LogFault(ILogger logger, Exception exception, string command, string target, int lun, Nexus nexus);
}
