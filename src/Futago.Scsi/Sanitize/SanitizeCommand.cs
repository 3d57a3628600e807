using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Sanitize;

/// <summary>
/// SANITIZE, SBC-3 section 5.19. The command waits for all others on the unit; then the operation runs by itself, and everything
/// but INQUIRY, REPORT LUNS and REQUEST SENSE is refused until it is over.
/// </summary>
internal static class SanitizeCommand
{
    public const int Overwrite = 0x01;
    public const int BlockErase = 0x02;
    public const int ExitFailureMode = 0x1f;

    private const int HeaderLength = 4;
    private const byte Immediate = 0x80;
    private const byte AllowUnrestrictedExit = 0x20;

    /// <summary>How often a command without IMMED looks whether it was aborted.</summary>
    private static readonly TimeSpan AbortCheck = TimeSpan.FromMilliseconds(50);

    public static int Accept(ScsiTask task)
    {
        // Unlike elsewhere, reserved bits are checked: there is no way back from a command that was misunderstood.
        for (var at = 1; at < 7; at++)
        {
            if ((at == 1 ? task.Cdb[1] & 0x40 : task.Cdb[at]) != 0)
            {
                task.InvalidField(at);
                return -1;
            }
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        var isRight = ServiceAction(task) == Overwrite ? length > HeaderLength && length <= HeaderLength + task.BlockSize : length == 0;
        if (!isRight)
        {
            task.InvalidField(7);
            return -1;
        }
        task.LockOffset = 0;
        task.LockLength = task.Unit.LengthBytes;
        task.Exclusive = true;
        return BlockRange.CheckDataOut(task, length) ? length : -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        // Noting the operation waits for the medium; this may still be a connection's thread.
        await Task.Yield();
        if (ServiceAction(task) == ExitFailureMode)
        {
            if (task.Unit.Sanitize.TryExitFailure())
                task.Good();
            else
                task.InvalidField(1);
            return;
        }
        var work = new SanitizeWork(task.Unit, task.Target.Clock);
        var start = ServiceAction(task) == Overwrite ? ParseOverwrite(task, work) : work.EraseAsync;
        if (start is null)
            return;
        var record = new SanitizeRecord(ServiceAction(task), (task.Cdb[1] & AllowUnrestrictedExit) != 0);
        var running = task.Unit.Sanitize.TryStart(record, start);
        if (running is null)
        {
            Refuse(task);
            return;
        }
        if ((task.Cdb[1] & Immediate) != 0)
        {
            task.Good();
            return;
        }
        while (!running.IsCompleted && !task.IsAborted)
            await Task.WhenAny(running, Task.Delay(AbortCheck));
        if (running.IsCompletedSuccessfully && running.Result)
            task.Good();
        else
            Refuse(task);
    }

    /// <summary>The unit is not usable: why, and how far it is.</summary>
    public static void Refuse(ScsiTask task)
    {
        var (key, code, details) = task.Unit.Sanitize.Refusal;
        task.Check(key, code, details);
    }

    /// <summary>Parameter list of SANITIZE OVERWRITE, SBC-3 section 5.19.2.2.</summary>
    private static Func<Task<bool>>? ParseOverwrite(ScsiTask task, SanitizeWork work)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return null;
        }
        var list = task.Command.DataOut!.Slice(0, length).ToArray();
        var passes = list[0] & 0x1f;
        int patternLength = BinaryPrimitives.ReadUInt16BigEndian(list.AsSpan(2));
        // TEST is vendor specific and not used here; a count of 0 is reserved.
        if ((list[0] & 0x60) != 0 || passes == 0)
        {
            task.InvalidParameter(0);
            return null;
        }
        if (patternLength == 0 || patternLength != length - HeaderLength)
        {
            task.InvalidParameter(2);
            return null;
        }
        var invert = (list[0] & 0x80) != 0;
        return () => work.OverwriteAsync(list[HeaderLength..], passes, invert);
    }

    private static int ServiceAction(ScsiTask task) => task.Cdb[1] & 0x1f;
}
