using Futago.Iscsi.FullFeature;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Session;

/// <summary>
/// Command order, RFC 7143 section 4.2.2.1: commands reach the SCSI layer in the order of CmdSN, on whatever connection they came.
/// Under <see cref="Gate"/>.
/// </summary>
internal sealed partial class IscsiSession
{
    /// <summary>PDUs that are not commands and came early are kept as copies up to this size.</summary>
    private const int MaximumHeldData = 8192;

    /// <summary>
    /// By CmdSN, twice as many places as the window has: those of dropped commands do not count against it. Null until something has come ahead of its
    /// turn, which most sessions never see.
    /// </summary>
    private HeldPdu?[]? _held;

    private HeldPdu?[] Held => _held ??= new HeldPdu?[2 * Window.Size];

    /// <summary>Section 4.2.2.1: a CmdSN outside the window, or one that is here already, is silently ignored.</summary>
    public bool IsNew(uint cmdSn) => Window.Contains(cmdSn) && (_held is null || _held[cmdSn % (uint)_held.Length] is null);

    public void Hold(uint cmdSn, FullFeaturePhase phase, TaskSlot task) =>
        Held[cmdSn % (uint)Held.Length] = new HeldPdu(phase, task, null, null, CompletesWindow: false);

    public void Hold(uint cmdSn, FullFeaturePhase phase, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        if (data.Length > MaximumHeldData)
            throw new Connection.IscsiProtocolException("too much data in a PDU ahead of its turn");
        Held[cmdSn % (uint)Held.Length] = new HeldPdu(phase, null, header.ToArray(), data.ToArray(), CompletesWindow: false);
    }

    /// <summary>Takes a place in the order for a command that will never come or was rejected.</summary>
    public void Skip(uint cmdSn, FullFeaturePhase phase) =>
        Held[cmdSn % (uint)Held.Length] = new HeldPdu(phase, null, null, null, CompletesWindow: true);

    /// <summary>Delivers what has waited for the command that was delivered last.</summary>
    public void DrainHeld()
    {
        while (_held is not null && _held[Window.ExpCmdSn % (uint)_held.Length] is { } held)
        {
            _held[Window.ExpCmdSn % (uint)_held.Length] = null;
            Window.Advance();
            if (held.Task is { } task)
            {
                Deliver(task);
                Progress(task);
            }
            else if (held.Header is not null)
            {
                held.Phase.Dispatch(new Bhs(held.Header), held.Data);
            }
            else if (held.CompletesWindow)
            {
                Window.Complete();
            }
        }
    }
}
