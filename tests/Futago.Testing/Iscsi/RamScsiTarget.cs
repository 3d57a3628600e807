using System.Buffers.Binary;
using System.Collections.Concurrent;
using Futago.Scsi.Transport;

namespace Futago.Testing.Iscsi;

/// <summary>
/// A SCSI target over RAM with just enough commands for transport tests: one disk as LUN 0. With <see cref="HoldExecution"/> commands
/// stay in execution until the test lets them go, in any order, on the test's thread.
/// </summary>
public sealed class RamScsiTarget(int blocks = 2048, int blockSize = 512) : IScsiTarget
{
    private const byte InvalidOpcode = 0x20;
    private const byte LbaOutOfRange = 0x21;
    private const byte InvalidField = 0x24;
    private const byte LunNotSupported = 0x25;

    private readonly Lock _gate = new();
    private readonly List<ScsiCommand> _held = [];
    private volatile bool _holdExecution;

    public byte[] Medium { get; } = new byte[(long)blocks * blockSize];

    public ConcurrentQueue<Nexus> Opened { get; } = new();

    public ConcurrentQueue<Nexus> Closed { get; } = new();

    public ConcurrentQueue<(TaskManagementFunction Function, ulong Lun, uint Tag)> Managed { get; } = new();

    /// <summary>Tags in the order of <see cref="Accept"/>.</summary>
    public ConcurrentQueue<uint> Accepted { get; } = new();

    public bool HoldExecution
    {
        get => _holdExecution;
        set => _holdExecution = value;
    }

    /// <summary>Set: every command asks for this many bytes of data, whatever its CDB says.</summary>
    public int? ForcedWanted { get; set; }

    /// <summary>Set: commands end with this exception instead of running.</summary>
    public Exception? Fault { get; set; }

    /// <summary>With <see cref="Fault"/>: the command stays in execution all the same.</summary>
    public bool HoldsBeforeFault { get; set; }

    /// <summary>Set: the end of a session ends with this exception.</summary>
    public Exception? CloseFault { get; set; }

    public int HeldCount
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    public int Accept(ScsiCommand command)
    {
        Accepted.Enqueue(command.Tag);
        var cdb = command.Cdb.Span;
        if (ForcedWanted is { } forced)
            return forced;
        if (command.LunField != 0 && cdb[0] is not (0x12 or 0xA0))
            return Fail(command, LunNotSupported);
        switch (cdb[0])
        {
            case 0x00 or 0x12 or 0xA0 or 0x25 or 0x9E or 0x1A or 0x5A or 0x35 or 0x91:
                return 0;
            case 0x28 or 0x88 or 0x2A or 0x8A:
                var (lba, count) = Range(cdb);
                if (lba + count > (ulong)blocks)
                    return Fail(command, LbaOutOfRange);
                command.TransferLength = (long)count * blockSize;
                var writes = cdb[0] is 0x2A or 0x8A;
                return writes ? (int)Math.Min(command.TransferLength, command.ExpectedDataOut) : 0;
            default:
                return Fail(command, InvalidOpcode);
        }
    }

    public void Execute(ScsiCommand command)
    {
        if (HoldExecution && (Fault is null || HoldsBeforeFault))
        {
            lock (_gate)
                _held.Add(command);
        }
        if (Fault is not null)
            throw Fault;
        if (HoldExecution)
            return;
        Run(command);
    }

    /// <summary>Lets a held command go.</summary>
    /// <param name="after">What the test does to the outcome before the command completes.</param>
    public void Release(uint tag, Action<ScsiCommand>? after = null)
    {
        ScsiCommand command;
        lock (_gate)
        {
            command = _held.Single(c => c.Tag == tag);
            _held.Remove(command);
        }
        Run(command, after);
    }

    public void Manage(Nexus nexus, TaskManagementFunction function, ulong lunField, uint taskTag, Action<TaskManagementResponse> completed)
    {
        Managed.Enqueue((function, lunField, taskTag));
        List<ScsiCommand> aborted;
        lock (_gate)
        {
            aborted = function switch
            {
                TaskManagementFunction.ABORT_TASK => [.. _held.Where(c => c.Nexus == nexus && c.Tag == taskTag)],
                TaskManagementFunction.ABORT_TASK_SET => [.. _held.Where(c => c.Nexus == nexus && c.LunField == lunField)],
                TaskManagementFunction.TARGET_WARM_RESET or TaskManagementFunction.TARGET_COLD_RESET => [.. _held],
                _ => [.. _held.Where(c => c.LunField == lunField)],
            };
            _held.RemoveAll(aborted.Contains);
        }
        foreach (var command in aborted)
        {
            command.Status = ScsiStatus.TASK_ABORTED;
            command.OnCompleted();
        }
        completed(function == TaskManagementFunction.ABORT_TASK && aborted.Count == 0
            ? TaskManagementResponse.TaskDoesNotExist
            : TaskManagementResponse.FunctionComplete);
    }

    public void Open(Nexus nexus) => Opened.Enqueue(nexus);

    public void Close(Nexus nexus)
    {
        Closed.Enqueue(nexus);
        if (CloseFault is not null)
            throw CloseFault;
    }

    private void Run(ScsiCommand command, Action<ScsiCommand>? after = null)
    {
        var cdb = command.Cdb.Span;
        switch (cdb[0])
        {
            case 0x12:
                Inquire(command, cdb);
                break;
            case 0xA0:
                Send(command, [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], BinaryPrimitives.ReadInt32BigEndian(cdb[6..]));
                break;
            case 0x25:
                Span<byte> capacity = stackalloc byte[8];
                BinaryPrimitives.WriteInt32BigEndian(capacity, blocks - 1);
                BinaryPrimitives.WriteInt32BigEndian(capacity[4..], blockSize);
                Send(command, capacity, 8);
                break;
            case 0x9E:
                Span<byte> longCapacity = stackalloc byte[32];
                longCapacity.Clear();
                BinaryPrimitives.WriteInt64BigEndian(longCapacity, blocks - 1);
                BinaryPrimitives.WriteInt32BigEndian(longCapacity[8..], blockSize);
                Send(command, longCapacity, BinaryPrimitives.ReadInt32BigEndian(cdb[10..]));
                break;
            case 0x1A:
                Send(command, [3, 0, 0, 0], cdb[4]);
                break;
            case 0x5A:
                Send(command, [0, 6, 0, 0, 0, 0, 0, 0], BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]));
                break;
            case 0x28 or 0x88:
                var (lba, count) = Range(cdb);
                var length = (int)Math.Min((long)count * blockSize, command.ExpectedDataIn);
                if (length > 0 && !Put(command, Medium.AsSpan((int)lba * blockSize, length)))
                    command.Status = ScsiStatus.BUSY;
                break;
            case 0x2A or 0x8A:
                var (start, _) = Range(cdb);
                if (command.DataOutLength > 0)
                    command.DataOut!.Slice(0, command.DataOutLength).CopyTo(Medium.AsSpan((int)start * blockSize));
                break;
        }
        after?.Invoke(command);
        command.OnCompleted();
    }

    private static (ulong Lba, uint Count) Range(ReadOnlySpan<byte> cdb) => cdb[0] is 0x28 or 0x2A
        ? (BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]))
        : (BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt32BigEndian(cdb[10..]));

    private static void Inquire(ScsiCommand command, ReadOnlySpan<byte> cdb)
    {
        var allocation = BinaryPrimitives.ReadUInt16BigEndian(cdb[3..]);
        if ((cdb[1] & 1) != 0)
        {
            if (cdb[2] == 0)
            {
                Send(command, [0, 0, 0, 2, 0x00, 0x80], allocation);
                return;
            }
            if (cdb[2] == 0x80)
            {
                Send(command, [0, 0x80, 0, 4, .. "RAM0"u8], allocation);
                return;
            }
            Fail(command, InvalidField);
            return;
        }
        var data = new byte[36];
        data[0] = command.LunField == 0 ? (byte)0 : (byte)0x7F;
        data[2] = 6;
        data[3] = 2;
        data[4] = 31;
        "FUTAGO  RAM DISK        1.0 "u8.CopyTo(data.AsSpan(8));
        Send(command, data, allocation);
    }

    private static void Send(ScsiCommand command, ReadOnlySpan<byte> data, int allocation)
    {
        var length = Math.Min(data.Length, allocation);
        command.TransferLength = length;
        if (length > 0 && command.ExpectedDataIn > 0)
            Put(command, data[..(int)Math.Min(length, command.ExpectedDataIn)]);
    }

    private static bool Put(ScsiCommand command, ReadOnlySpan<byte> data)
    {
        command.DataIn = command.RentDataIn(data.Length);
        if (command.DataIn is null)
            return false;
        data.CopyTo(command.DataIn.GetSpan());
        command.DataInLength = data.Length;
        return true;
    }

    private static int Fail(ScsiCommand command, byte additionalSense)
    {
        command.Status = ScsiStatus.CHECK_CONDITION;
        command.TransferLength = 0;
        var sense = command.BeginSense(18);
        sense[0] = 0x70;
        sense[2] = 5;
        sense[7] = 10;
        sense[12] = additionalSense;
        return -1;
    }
}
