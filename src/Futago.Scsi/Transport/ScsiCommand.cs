using Futago.Blocks;

namespace Futago.Scsi.Transport;

/// <summary>
/// One SCSI command between a transport and the SCSI layer. The transport derives from it, keeps one per task slot and reuses it.
/// <para>
/// Life: transport fills the request part → <see cref="IScsiTarget.Accept"/> decodes and says how much data it wants →
/// the transport gathers data-out into <see cref="DataOut"/> → <see cref="IScsiTarget.Execute"/> →
/// <see cref="OnCompleted"/>, exactly once, on any thread, after which the response part is final.
/// A command that Accept turned down is complete without Execute (OnCompleted is not called for it).
/// </para>
/// </summary>
public abstract class ScsiCommand
{
    /// <summary>Longest CDB taken (SPC-4 variable-length CDBs); iSCSI carries the part over 16 bytes in an AHS.</summary>
    public const int MaximumCdbLength = 260;

    /// <summary>Longest sense data kept, SPC-4 section 4.5.</summary>
    public const int MaximumSenseLength = 252;

    private readonly byte[] _sense = new byte[MaximumSenseLength];

    // Request: set by the transport.

    public Nexus Nexus { get; set; } = null!;

    /// <summary>Initiator task tag: unique among the outstanding commands of the nexus.</summary>
    public uint Tag { get; set; }

    /// <summary>The 8-byte LUN field as it came, first byte in the most significant place, SAM-5 section 4.7.</summary>
    public ulong LunField { get; set; }

    public TaskAttribute Attribute { get; set; }

    /// <summary>The CDB; 16 bytes, or longer when the transport carried an extended one.</summary>
    public Memory<byte> Cdb { get; set; }

    /// <summary>Bytes that the initiator means to send (0 for none): the EDTL of a write.</summary>
    public long ExpectedDataOut { get; set; }

    /// <summary>Bytes that the initiator has room for (0 for none): the EDTL of a read.</summary>
    public long ExpectedDataIn { get; set; }

    /// <summary>Data received from the initiator, from offset 0. Rented and returned by the transport.</summary>
    public BlockBuffer? DataOut { get; set; }

    /// <summary>Bytes that are in <see cref="DataOut"/>.</summary>
    public int DataOutLength { get; set; }

    // Set by Accept.

    /// <summary>Where Accept leaves what it found out for Execute (logical unit, decoded ranges). Opaque to the transport.</summary>
    public object? AcceptedBy { get; set; }

    // Response: set by the SCSI layer.

    public ScsiStatus Status { get; set; }

    /// <summary>
    /// Data for the initiator, from <see cref="DataInOffset"/>. Rented by the SCSI layer through <see cref="RentDataIn"/>,
    /// returned by the transport once it is sent.
    /// </summary>
    public BlockBuffer? DataIn { get; set; }

    public int DataInOffset { get; set; }

    /// <summary>Bytes in <see cref="DataIn"/> to send; never more than <see cref="ExpectedDataIn"/>.</summary>
    public int DataInLength { get; set; }

    /// <summary>
    /// Bytes that the command would transfer by its CDB, for the residual counts (RFC 7143 section 11.4.5):
    /// above what the initiator expected is an overflow, below an underflow.
    /// </summary>
    public long TransferLength { get; set; }

    /// <summary>Sense data in fixed or descriptor format; empty unless the status is CHECK CONDITION.</summary>
    public ReadOnlySpan<byte> Sense => _sense.AsSpan(0, SenseLength);

    public int SenseLength { get; private set; }

    /// <summary>Gives the SCSI layer a buffer for data-in, or null when the transport's budget is used up (answer BUSY).</summary>
    public abstract BlockBuffer? RentDataIn(int length);

    /// <summary>The command is finished; the transport sends data and status. Must not block and must not throw.</summary>
    public abstract void OnCompleted();

    public Span<byte> BeginSense(int length)
    {
        SenseLength = length;
        var sense = _sense.AsSpan(0, length);
        sense.Clear();
        return sense;
    }

    /// <summary>Forgets the last use of the slot. Buffers have been returned before.</summary>
    public void ResetResponse()
    {
        Status = ScsiStatus.GOOD;
        DataIn = null;
        DataInOffset = 0;
        DataInLength = 0;
        TransferLength = 0;
        SenseLength = 0;
        DataOut = null;
        DataOutLength = 0;
        AcceptedBy = null;
    }
}
