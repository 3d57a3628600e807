using Futago.Blocks;
using Futago.Iscsi.Connection;
using Futago.Iscsi.FullFeature;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.Session;

/// <summary>
/// One command of a session from its arrival to its response; reused for the next one. The gathering part is guarded by the
/// session's gate.
/// </summary>
internal sealed class TaskSlot : ScsiCommand
{
    private readonly IscsiSession _session;
    private readonly byte[] _shortCdb = new byte[16];
    private R2tOutgoing?[]? _r2ts;
    private int _r2tHead;
    private long _generation;
    private volatile int _state;
    private volatile bool _abortRequested;

    /// <summary>Most R2Ts of one task that can be outstanding, whatever was negotiated.</summary>
    public const int MaximumR2ts = 16;

    /// <param name="generation">Of a slot of the same index that there was before, for its transfer tags.</param>
    public TaskSlot(IscsiSession session, int index, long generation)
    {
        _session = session;
        _generation = generation;
        Index = index;
        Response = new TaskResponse(this);
    }

    public int Index { get; }

    /// <summary>Counts the commands that have used the slot, and tells their transfer tags apart.</summary>
    public long Generation => _generation;

    public IscsiSession Session => _session;

    /// <summary>The connection that the command came on; its response goes the same way (allegiance, RFC 7143 section 4.2.5.1).</summary>
    public IscsiConnection Connection { get; private set; } = null!;

    public TaskResponse Response { get; }

    public TaskState State
    {
        get => (TaskState)_state;
        set => _state = (int)value;
    }

    /// <summary>Place in the command order, unless <see cref="Immediate"/>.</summary>
    public uint CmdSn { get; private set; }

    /// <summary>Sent with the I bit: outside the CmdSN window.</summary>
    public bool Immediate { get; private set; }

    /// <summary>A task management function of this session means this task: no response when it ends as TASK ABORTED.</summary>
    public bool AbortRequested
    {
        get => _abortRequested;
        set => _abortRequested = value;
    }

    // When it went from one hand to the next, in timestamps of the server's clock; 0: it has not.

    /// <summary>When the bytes of its header were received.</summary>
    public long ArrivedAt { get; private set; }

    /// <summary>When it was handed to the SCSI layer.</summary>
    public long ExecutedAt { get; set; }

    /// <summary>When the SCSI layer gave it back.</summary>
    public long CompletedAt { get; private set; }

    // Gathering of data-out.

    /// <summary>Its turn by CmdSN has come and the SCSI layer has seen it.</summary>
    public bool Delivered { get; set; }

    /// <summary>The outcome is known already; what still arrives is thrown away.</summary>
    public bool Discarding { get; set; }

    /// <summary>Payload is being received into the buffer right now.</summary>
    public bool Receiving { get; set; }

    /// <summary>Dropped while <see cref="Receiving"/>; released at the end of that PDU.</summary>
    public bool DropPending { get; set; }

    /// <summary>The initiator has announced unsolicited data and not sent the last of it.</summary>
    public bool UnsolicitedOpen { get; set; }

    public uint UnsolicitedDataSn { get; set; }

    /// <summary>Bytes that the SCSI layer wants, from <see cref="IScsiTarget.Accept"/>.</summary>
    public int Wanted { get; set; }

    /// <summary>Offset that the next data must have: DataPDUInOrder and DataSequenceInOrder are always Yes.</summary>
    public long NextOffset { get; set; }

    /// <summary>Up to where R2Ts have asked for data.</summary>
    public long NextR2tOffset { get; set; }

    public uint NextR2tSn { get; set; }

    public int R2tCount { get; private set; }

    /// <summary>The R2T whose data comes next, or null.</summary>
    public R2tOutgoing? CurrentR2t => R2tCount == 0 ? null : _r2ts![_r2tHead];

    /// <summary>Room for the CDB: 16 bytes, or the longest one when an AHS extends it.</summary>
    public Memory<byte> CdbRoom(bool extended) => extended ? new byte[MaximumCdbLength] : _shortCdb;

    public void Begin(IscsiConnection connection, uint tag, uint cmdSn, bool immediate)
    {
        ResetResponse();
        Connection = connection;
        ArrivedAt = connection.LastReceivedAt;
        ExecutedAt = CompletedAt = 0;
        Tag = tag;
        CmdSn = cmdSn;
        Immediate = immediate;
        AbortRequested = false;
        Delivered = Discarding = Receiving = DropPending = UnsolicitedOpen = false;
        UnsolicitedDataSn = NextR2tSn = 0;
        NextOffset = NextR2tOffset = 0;
        Wanted = 0;
        _r2tHead = R2tCount = 0;
        _generation++;
        Response.Reset();
        State = TaskState.Gathering;
    }

    /// <summary>
    /// Target transfer tag: bits 0–15 slot, 16–19 R2T, 20–30 generation of the slot; bit 31 is 0, so it is never the reserved tag.
    /// </summary>
    private uint TransferTag(int r2t) => (uint)((_generation & 0x7FF) << 20) | (uint)(r2t << 16 | Index);

    public static int SlotOf(uint transferTag) => (int)(transferTag & 0xFFFF);

    /// <summary>Prepares the next R2T. The caller has checked the negotiated number.</summary>
    public R2tOutgoing AddR2t(int length)
    {
        var index = (_r2tHead + R2tCount) % MaximumR2ts;
        _r2ts ??= new R2tOutgoing?[MaximumR2ts];
        var r2t = _r2ts[index];
        // One that a dropped predecessor left in the send queue must not be linked twice.
        if (r2t is null || r2t.Queued)
            r2t = _r2ts[index] = new R2tOutgoing(this);
        r2t.Begin(TransferTag(index), NextR2tSn++, NextR2tOffset, length);
        NextR2tOffset += length;
        R2tCount++;
        return r2t;
    }

    public void EndR2t()
    {
        _r2tHead = (_r2tHead + 1) % MaximumR2ts;
        R2tCount--;
    }

    public void CancelR2ts()
    {
        for (; R2tCount > 0; EndR2t())
            _r2ts![_r2tHead]!.Cancelled = true;
    }

    public override BlockBuffer? RentDataIn(int length) =>
        length <= BlockBufferPool.MaximumBytes ? _session.Pool.TryRent(length) : null;

    public override void OnCompleted()
    {
        // A command that was given up may still come back from a SCSI layer that failed half-way.
        if (!TryEndExecution())
            return;
        try
        {
            Respond();
        }
        catch (Exception e)
        {
            // On whatever thread this is: a fault costs one connection, not the process.
            Connection.Fail(e);
        }
        _session.ExecutionEnded();
    }

    /// <summary>
    /// The SCSI layer has thrown instead of completing: nobody knows what it still does with the command. The session can end
    /// without it; the slot is never used again, and its buffers stay with it.
    /// </summary>
    public void GiveUp()
    {
        if (!TryEndExecution())
            return;
        Response.Abandon();
        _session.ExecutionEnded();
    }

    private bool TryEndExecution() =>
        Interlocked.CompareExchange(ref _state, (int)TaskState.Responding, (int)TaskState.Executing) == (int)TaskState.Executing;

    private void Respond()
    {
        CompletedAt = _session.Time.GetTimestamp();
        if (DataInLength > 0)
            _session.CountRead(DataInLength);
        if (DataOutLength > 0)
            _session.CountWritten(DataOutLength);
        ReturnDataOut();
        var suppressed = AbortRequested && Status == ScsiStatus.TASK_ABORTED;
        if (suppressed)
        {
            _session.CountAborted();
            Response.Abandon();
            Response.Released();
        }
        else
        {
            Connection.Enqueue(Response);
        }
    }

    public void ReturnDataOut()
    {
        if (DataOut is { } buffer)
        {
            DataOut = null;
            _session.Pool.Return(buffer);
        }
    }

    public void ReturnDataIn()
    {
        if (DataIn is { } buffer)
        {
            DataIn = null;
            _session.Pool.Return(buffer);
        }
    }
}
