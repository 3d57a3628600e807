using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Session;

/// <summary>
/// Task slots of a session, found by initiator task tag or by index. Slots are made when first needed, and none are kept when a
/// connection comes to rest, so that an idle session holds none. Taking happens under the session's gate; giving back on any thread.
/// </summary>
internal sealed class TaskTable
{
    private readonly Lock _gate = new();
    private readonly IscsiSession _session;
    private readonly int _maximumImmediate;
    private readonly int _maximumSlots;
    private TaskSlot[] _slots = [];
    private uint[] _tags = [];
    private int[] _free = [];
    private int _freeCount;
    private int _created;
    private int _immediate;

    /// <summary>Where the generations of new slots begin: beyond those of all that were forgotten, see <see cref="TaskSlot.SlotOf"/>.</summary>
    private long _firstGeneration;

    /// <param name="window">Commands in the CmdSN window.</param>
    public TaskTable(IscsiSession session, int window, int maximumImmediate)
    {
        _session = session;
        _maximumImmediate = maximumImmediate;
        // A slot is given back after its response was sent, but the response itself lets the initiator send the next command:
        // for a moment two generations of slots are in use.
        _maximumSlots = 2 * (window + maximumImmediate);
    }

    public int Created => Volatile.Read(ref _created);

    /// <summary>Null when too many immediate commands, or impossibly many commands, are outstanding.</summary>
    public TaskSlot? TryTake(IscsiConnection connection, uint tag, uint cmdSn, bool immediate)
    {
        lock (_gate)
        {
            if (immediate && _immediate >= _maximumImmediate)
                return null;
            if (_freeCount == 0 && !Grow())
                return null;
            var slot = _slots[_free[--_freeCount]];
            if (immediate)
                _immediate++;
            slot.Begin(connection, tag, cmdSn, immediate);
            Volatile.Write(ref _tags[slot.Index], tag);
            return slot;
        }
    }

    public bool Contains(uint tag) => Volatile.Read(ref _tags).AsSpan().Contains(tag);

    public TaskSlot? Find(uint tag)
    {
        var index = Volatile.Read(ref _tags).AsSpan().IndexOf(tag);
        return index < 0 ? null : Volatile.Read(ref _slots)[index];
    }

    public TaskSlot? At(int index)
    {
        var slots = Volatile.Read(ref _slots);
        return (uint)index < (uint)Math.Min(Created, slots.Length) ? slots[index] : null;
    }

    /// <summary>The task has ended for the initiator: its tag is free again and the window moves. Before its last PDU is sent.</summary>
    public void Deregister(TaskSlot slot)
    {
        lock (_gate)
        {
            _tags[slot.Index] = Bhs.ReservedTag;
            if (slot.Immediate)
                _immediate--;
        }
        if (!slot.Immediate)
            _session.Window.Complete();
    }

    /// <summary>The slot is no longer in use by anybody.</summary>
    public void Give(TaskSlot slot)
    {
        slot.State = TaskState.Free;
        lock (_gate)
            _free[_freeCount++] = slot.Index;
    }

    /// <summary>
    /// When no slot is in use, none is kept. Under the session's gate, under which others look for slots; none of them can be found by a tag now, and
    /// none that comes later answers to a transfer tag of these.
    /// </summary>
    public void ForgetUnused()
    {
        lock (_gate)
        {
            if (_freeCount != _created)
                return;
            foreach (var slot in _slots)
                _firstGeneration = Math.Max(_firstGeneration, slot.Generation);
            Volatile.Write(ref _created, 0);
            Volatile.Write(ref _tags, []);
            Volatile.Write(ref _slots, []);
            (_free, _freeCount) = ([], 0);
        }
    }

    private bool Grow()
    {
        if (_created == _maximumSlots)
            return false;
        var count = Math.Min(Math.Max(4, _created * 2), _maximumSlots);
        var slots = new TaskSlot[count];
        var tags = new uint[count];
        _slots.CopyTo(slots, 0);
        _tags.CopyTo(tags, 0);
        tags.AsSpan(_tags.Length).Fill(Bhs.ReservedTag);
        Array.Resize(ref _free, count);
        for (var i = _created; i < count; i++)
        {
            slots[i] = new TaskSlot(_session, i, _firstGeneration);
            _free[_freeCount++] = i;
        }
        Volatile.Write(ref _slots, slots);
        Volatile.Write(ref _tags, tags);
        Volatile.Write(ref _created, count);
        return true;
    }
}
