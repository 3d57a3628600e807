using System.Runtime.InteropServices;
using Futago.Iscsi.Session;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.Observation;

/// <summary>
/// What one connection leaves to be seen: counters and the last commands. Its methods are called by whoever sends for the
/// connection, one thread at a time, and take no lock for a command of ordinary speed.
/// </summary>
internal sealed class ConnectionObservation(IscsiSession session, ushort cid, TargetObservation target, TimeProvider time)
{
    private static readonly long _slowNanoseconds = (long)SlowCommands.Floor.TotalNanoseconds;

    private readonly long _nanosecondsPerTick = Math.Max(1, 1_000_000_000 / time.TimestampFrequency);

    public IscsiSession Session => session;

    public CommandCounters Counters { get; } = new();

    public CommandRing Ring { get; } = new();

    /// <summary>Takes less memory until the next command. Of who sends for the connection.</summary>
    public void Pack() => Counters.Pack();

    /// <summary>The response has been handed to the system.</summary>
    public void Sent(TaskSlot task, long now)
    {
        var nanoseconds = (now - task.ArrivedAt) * _nanosecondsPerTick;
        var cdb = task.Cdb.Span;
        ref var record = ref Ring.Next();
        record.ArrivedAt = task.ArrivedAt;
        record.ExecutedAt = task.ExecutedAt;
        record.CompletedAt = task.CompletedAt;
        record.SentAt = now;
        record.Cdb = MemoryMarshal.Read<UInt128>(cdb);
        record.LunField = task.LunField;
        record.Tag = task.Tag;
        record.CmdSn = task.CmdSn;
        record.Expected = task.ExpectedDataIn + task.ExpectedDataOut;
        record.BytesRead = task.DataInLength;
        record.BytesWritten = task.DataOutLength;
        record.Status = task.Status;
        (record.SenseKey, record.AdditionalSenseCode, record.AdditionalSenseQualifier) = SenseOf(task.Sense);
        if (nanoseconds >= _slowNanoseconds)
            target.Slow.Add(ToCommand(record));
        Counters.Add(
            new CommandKey(LunAddress.Parse(task.LunField), cdb[0]), nanoseconds, task.Status is not (ScsiStatus.GOOD or ScsiStatus.CONDITION_MET), task.DataInLength, task.DataOutLength);
        Ring.Commit();
    }

    public IReadOnlyList<RecordedCommand> Commands() => [.. Ring.Read().Select(record => ToCommand(record))];

    private RecordedCommand ToCommand(in CommandRecord record)
    {
        var cdb = new byte[16];
        MemoryMarshal.Write(cdb, record.Cdb);
        var executed = record.ExecutedAt != 0 && record.CompletedAt != 0;
        return new RecordedCommand(
            session.Id,
            session.InitiatorName,
            cid,
            time.GetUtcNow() - time.GetElapsedTime(record.ArrivedAt),
            record.Tag,
            record.CmdSn,
            LunAddress.Parse(record.LunField),
            cdb[..LengthOf(cdb[0])],
            record.Expected,
            record.BytesRead,
            record.BytesWritten,
            (byte)record.Status,
            record.SenseKey,
            record.AdditionalSenseCode,
            record.AdditionalSenseQualifier,
            executed ? time.GetElapsedTime(record.ArrivedAt, record.ExecutedAt) : null,
            executed ? time.GetElapsedTime(record.ExecutedAt, record.CompletedAt) : null,
            executed ? time.GetElapsedTime(record.CompletedAt, record.SentAt) : null,
            time.GetElapsedTime(record.ArrivedAt, record.SentAt));
    }

    /// <summary>SPC-4 section 4.2.5.1: the group code tells the length; 16 bytes where it does not.</summary>
    private static int LengthOf(byte operationCode) => (operationCode >> 5) switch
    {
        0 => 6,
        1 or 2 => 10,
        5 => 12,
        _ => 16,
    };

    /// <summary>Fixed (70h, 71h; with VALID F0h, F1h) and descriptor (72h, 73h) format, SPC-4 section 4.5.</summary>
    private static (byte Key, byte Code, byte Qualifier) SenseOf(ReadOnlySpan<byte> sense) => sense switch
    {
        [0x70 or 0x71 or 0xF0 or 0xF1, _, var key, _, _, _, _, _, _, _, _, _, var code, var qualifier, ..] => ((byte)(key & 0x0F), code, qualifier),
        [0x72 or 0x73, var key, var code, var qualifier, ..] => ((byte)(key & 0x0F), code, qualifier),
        _ => (0, 0, 0),
    };
}
