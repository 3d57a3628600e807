using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sanitize;
using Futago.Scsi.Sense;
using Futago.Scsi.Transport;

namespace Futago.Scsi.TaskSets;

/// <summary>
/// The SCSI layer's side of a command: what Accept decoded, and at the same time the block request that moves its data. Taken
/// from the target's pool by Accept, given back when the command completes: the steady state allocates nothing.
/// </summary>
internal sealed class ScsiTask(ScsiTarget target) : BlockRequest
{
    private readonly List<AbortWait> _aborts = [];

    public ScsiTarget Target { get; } = target;

    public ScsiCommand Command { get; private set; } = null!;

    public LogicalUnit Unit { get; private set; } = null!;

    public CommandDefinition Definition { get; set; } = null!;

    public Nexus Nexus => Command.Nexus;

    public ReadOnlySpan<byte> Cdb => Command.Cdb.Span;

    // Decoded by Accept.

    public ulong FirstLba { get; set; }

    public ulong BlockCount { get; set; }

    /// <summary>Bytes of the medium that the command touches, in no relation to the pieces it is moved in.</summary>
    public long RangeOffset { get; set; }

    public long RangeLength { get; set; }

    /// <summary>Start of the range that the task set keeps others off, in bytes; usually that of the command.</summary>
    public long LockOffset { get; set; }

    /// <summary>Length of that range in bytes; 0 when the command stands in nobody's way.</summary>
    public long LockLength { get; set; }

    /// <summary>The command changes its range, or needs it unchanged between two of its steps.</summary>
    public bool Exclusive { get; set; }

    /// <summary>Start of another range, which the command needs unchanged but does not change itself, in bytes (copies).</summary>
    public long ReadLockOffset { get; set; }

    /// <summary>Length of that range in bytes; 0 for none.</summary>
    public long ReadLockLength { get; set; }

    /// <summary>Stands for a range that a copy holds: no barrier, and none for it; it waits for running tasks only.</summary>
    public bool IsHold { get; set; }

    public bool ForceUnitAccess { get; set; }

    /// <summary>Reservation state that Accept saw; Execute looks again when it has changed.</summary>
    public int ReservationGeneration { get; set; }

    /// <summary>Which medium was in when Accept looked; Execute looks again.</summary>
    public int MediumGeneration { get; set; }

    // Owned by the task set, under its lock.

    public TaskState State { get; set; }

    public bool IsBarrier { get; set; }

    public ScsiTask? Older { get; set; }

    public ScsiTask? Newer { get; set; }

    public ScsiTask? NextReady { get; set; }

    private volatile bool _aborted;

    /// <summary>A task management function ended the task: it stops at the next step and reports TASK ABORTED.</summary>
    public bool IsAborted => _aborted;

    public int BlockSize => Unit.Options.BlockSize;

    /// <summary>GROUP CODE of the operation code, SPC-4 section 4.2.5.1: 0 six bytes, 1 and 2 ten, 4 sixteen, 5 twelve.</summary>
    public int CdbGroup => Cdb[0] >> 5;

    /// <summary>A change is acknowledged only when it is durable (I11): a write-through unit, or FUA.</summary>
    public bool MustBeDurable => ForceUnitAccess || !Unit.Options.WriteBack;

    public void Begin(ScsiCommand command, LogicalUnit unit)
    {
        Command = command;
        Unit = unit;
        FirstLba = 0;
        BlockCount = 0;
        RangeOffset = 0;
        RangeLength = 0;
        LockOffset = 0;
        LockLength = 0;
        Exclusive = false;
        ReadLockOffset = 0;
        ReadLockLength = 0;
        IsHold = false;
        ForceUnitAccess = false;
        IsBarrier = false;
        NextReady = null;
        _aborted = false;
    }

    /// <summary>Drops references before the task goes back to the pool.</summary>
    public void End()
    {
        Command = null!;
        Buffer = null;
    }

    /// <summary>To be called under the task set's lock.</summary>
    public void Abort(AbortWait wait)
    {
        _aborted = true;
        wait.Add();
        _aborts.Add(wait);
    }

    /// <summary>To be called under the task set's lock; the waits are released after the command has completed.</summary>
    public AbortWait[] TakeAborts()
    {
        if (_aborts.Count == 0)
            return [];
        AbortWait[] aborts = [.. _aborts];
        _aborts.Clear();
        return aborts;
    }

    public override void OnCompleted(BlockStatus status) => Definition.Handler.OnTransferred(this, status);

    /// <summary>Runs the command, unless a sanitize operation got in between while it waited or gathered its data.</summary>
    public void Start()
    {
        if (Unit.Sanitize.IsBlocked && !Definition.IsAllowedDuring(Unit.Sanitize))
        {
            SanitizeCommand.Refuse(this);
            Finish();
            return;
        }
        Definition.Handler.Start(this);
    }

    /// <summary>The command is over, with the status that was set: leave the task set, answer, let others go.</summary>
    public void Finish() => Target.Finish(this);

    public void Good() => Command.Status = ScsiStatus.GOOD;

    public void Check(SenseKey key, AdditionalSense code, in SenseData.Details details = default) =>
        Check(Command, Unit.Mode.DescriptorSense, key, code, details);

    /// <summary>INVALID FIELD IN CDB with a pointer to the byte.</summary>
    public void InvalidField(int cdbByte) =>
        Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB, new SenseData.Details(null, cdbByte));

    /// <summary>INVALID FIELD IN PARAMETER LIST with a pointer to the byte.</summary>
    public void InvalidParameter(int parameterByte) => Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST,
        new SenseData.Details(null, parameterByte, true));

    public void OutOfRange(ulong lba) => Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE,
        new SenseData.Details(lba));

    public static void Check(ScsiCommand command, bool descriptorFormat, SenseKey key, AdditionalSense code, in SenseData.Details details)
    {
        command.Status = ScsiStatus.CHECK_CONDITION;
        command.DataInLength = 0;
        var sense = command.BeginSense(SenseData.LengthOf(descriptorFormat, details));
        SenseData.Write(sense, descriptorFormat, key, code, details);
    }

    /// <summary>How a failed request appears to the initiator, docs/protocol/scsi.md.</summary>
    public void Fail(BlockStatus status)
    {
        var (key, code) = status switch
        {
            BlockStatus.ReadError => (SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR),
            BlockStatus.WriteError => (SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR),
            // DATA PROTECT, not a hardware error: hypervisors pause the guest and let it go on when there is space again.
            BlockStatus.NoSpace => (SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT),
            BlockStatus.OutOfRange => (SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE),
            BlockStatus.Offline => (SenseKey.NOT_READY, Unit.NotReady ?? Unit.NoMedium ?? AdditionalSense.LOGICAL_UNIT_NOT_READY_CAUSE_NOT_REPORTABLE),
            BlockStatus.ReadOnly => (SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED),
            _ => (SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE),
        };
        Check(key, code);
    }

    /// <summary>Answers with parameter data, cut to the allocation length, SPC-4 section 4.3.5.6.</summary>
    public void Reply(ReadOnlySpan<byte> data, long allocationLength)
    {
        var length = (int)Math.Min(data.Length, allocationLength);
        Command.TransferLength = length;
        var sent = (int)Math.Min(length, Command.ExpectedDataIn);
        if (sent > 0)
        {
            var buffer = Command.RentDataIn(sent);
            if (buffer is null)
            {
                Command.Status = ScsiStatus.BUSY;
                return;
            }
            data[..sent].CopyTo(buffer.GetSpan());
            Command.DataIn = buffer;
            Command.DataInOffset = 0;
            Command.DataInLength = sent;
        }
        Good();
    }
}
