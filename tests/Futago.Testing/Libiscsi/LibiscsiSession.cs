using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Futago.Testing.Libiscsi.LibiscsiNative;

namespace Futago.Testing.Libiscsi;

/// <summary>
/// A session of a real initiator, libiscsi, with many commands in flight. Single-threaded: completions are called from
/// <see cref="Pump"/>. It does not reconnect by itself; when the connection breaks, commands that got no answer stay unknown.
/// </summary>
public sealed unsafe class LibiscsiSession : IDisposable
{
    /// <summary>Private enterprise number for examples, RFC 5612.</summary>
    private const uint DocumentationEnterprise = 32473;

    private readonly nint _context;
    private readonly int _lun;
    private readonly int _blockSize;
    private readonly Slot[] _slots;
    private readonly Stack<int> _free = new();
    private readonly byte* _memory;
    private readonly int _slotBytes;

    private LibiscsiSession(nint context, int lun, int queueDepth, int slotBytes, int blockSize)
    {
        _context = context;
        _lun = lun;
        _blockSize = blockSize;
        _slotBytes = slotBytes;
        _slots = new Slot[queueDepth];
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(queueDepth * slotBytes), 4096);
        for (var i = queueDepth - 1; i >= 0; i--)
        {
            _slots[i] = new Slot(this, i);
            _free.Push(i);
        }
    }

    /// <summary>True once the connection broke; commands in flight then will never complete.</summary>
    public bool Broken { get; private set; }

    public int InFlight => _slots.Length - _free.Count;

    public bool CanSubmit => !Broken && _free.Count > 0;

    /// <summary>Logs in and clears the unit attentions of the new session.</summary>
    /// <returns>The session, or null when it could not log in (the target is not there).</returns>
    /// <param name="isid">
    /// Qualifier of the ISID that the initiator keeps: the session takes the place of the one before (session reinstatement, RFC 7143
    /// section 6.3.5), as one of open-iscsi does, and what the kernel still sends of that one is not taken any more. Null: a random
    /// one, a session beside those that there are.
    /// </param>
    public static LibiscsiSession? TryConnect(string portal, string target, int lun, string initiator, int queueDepth, int slotBytes,
        int blockSize = 512, int timeoutSeconds = 20, uint? isid = null)
    {
        var context = CreateContext(initiator);
        _ = SetTargetName(context, target);
        _ = SetSessionType(context, NormalSession);
        if (isid is { } qualifier)
            _ = SetIsid(context, DocumentationEnterprise, qualifier);
        SetNoAutoReconnect(context, 1);
        _ = SetTimeout(context, timeoutSeconds);
        if (FullConnectSync(context, portal, lun) == 0)
            return new LibiscsiSession(context, lun, queueDepth, slotBytes, blockSize);
        _ = DestroyContext(context);
        return null;
    }

    /// <summary>Sends a write of one slot's size; <paramref name="fill"/> writes the data, <paramref name="completed"/> hears whether the status was GOOD.</summary>
    public void Write(ulong byteOffset, SpanAction fill, Action<bool> completed)
    {
        var slot = Take(completed, null);
        var data = _memory + (slot.Index * _slotBytes);
        fill(new Span<byte>(data, _slotBytes));
        Submitted(Write16(_context, _lun, byteOffset / (ulong)_blockSize, data, (uint)_slotBytes, _blockSize, 0, 0, 0, 0, 0,
            &OnCompleted, GCHandle.ToIntPtr(slot.Handle)), slot);
    }

    /// <summary>Sends a read of one slot's size; <paramref name="completed"/> gets the data, or an empty span when the status was not GOOD.</summary>
    public void Read(ulong byteOffset, ReadOnlySpanAction completed)
    {
        var slot = Take(null, completed);
        var task = Read16(_context, _lun, byteOffset / (ulong)_blockSize, (uint)_slotBytes, _blockSize, 0, 0, 0, 0, 0,
            &OnCompleted, GCHandle.ToIntPtr(slot.Handle));
        if (task != 0)
            _ = AddDataInBuffer(task, _slotBytes, _memory + (slot.Index * _slotBytes));
        Submitted(task, slot);
    }

    /// <summary>Sends a flush of the whole LUN.</summary>
    public void Flush(Action<bool> completed)
    {
        var slot = Take(completed, null);
        Submitted(SynchronizeCache16(_context, _lun, 0, 0, 0, 0, &OnCompleted, GCHandle.ToIntPtr(slot.Handle)), slot);
    }

    /// <summary>Sends and receives what is ready, waiting at most <paramref name="timeoutMs"/> for something to be.</summary>
    public void Pump(int timeoutMs)
    {
        if (Broken)
            return;
        var descriptor = new PollDescriptor { Descriptor = GetDescriptor(_context), Events = (short)WhichEvents(_context) };
        _ = Poll(&descriptor, 1, timeoutMs);
        if (Service(_context, descriptor.Returned) < 0)
            Broken = true;
    }

    public void Dispose()
    {
        if (!Broken && InFlight == 0)
            _ = LogoutSync(_context);
        // Destroying the context calls back for everything in flight, as cancelled.
        Broken = true;
        _ = DestroyContext(_context);
        foreach (var slot in _slots)
            slot.Handle.Free();
        NativeMemory.AlignedFree(_memory);
    }

    private Slot Take(Action<bool>? written, ReadOnlySpanAction? read)
    {
        var slot = _slots[_free.Pop()];
        slot.Written = written;
        slot.ReadDone = read;
        return slot;
    }

    private void Submitted(nint task, Slot slot)
    {
        if (task != 0)
            return;
        Broken = true;
        _free.Push(slot.Index);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnCompleted(nint context, int status, nint task, nint state)
    {
        var slot = (Slot)GCHandle.FromIntPtr(state).Target!;
        var session = slot.Session;
        if (task != 0)
            FreeTask(task);
        session._free.Push(slot.Index);
        // A cancelled command got no answer from the target: nobody may conclude anything from it.
        if (session.Broken)
            return;
        if (status is not (Good or 0x02 or 0x08 or 0x18 or 0x28 or 0x40))
        {
            session.Broken = true;
            return;
        }
        slot.Written?.Invoke(status == Good);
        slot.ReadDone?.Invoke(status == Good ? new ReadOnlySpan<byte>(session._memory + (slot.Index * session._slotBytes), session._slotBytes) : []);
    }

    public delegate void SpanAction(Span<byte> data);

    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> data);

    private sealed class Slot
    {
        public Slot(LibiscsiSession session, int index)
        {
            Session = session;
            Index = index;
            Handle = GCHandle.Alloc(this);
        }

        public LibiscsiSession Session { get; }

        public int Index { get; }

        public GCHandle Handle { get; }

        public Action<bool>? Written { get; set; }

        public ReadOnlySpanAction? ReadDone { get; set; }
    }
}
