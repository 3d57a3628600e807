using Futago.Scsi.Sense;

namespace Futago.Scsi.UnitAttentions;

/// <summary>
/// The unit attentions of a logical unit, by nexus. <see cref="Any"/> keeps the common case, nothing pending for anybody, down
/// to one read per command.
/// </summary>
internal sealed class UnitAttentionTable
{
    private readonly object _gate = new();
    private readonly Dictionary<long, UnitAttentionQueue> _queues = [];
    private int _pending;

    public bool Any => Volatile.Read(ref _pending) != 0;

    public void Open(long nexusId, AdditionalSense condition)
    {
        lock (_gate)
        {
            var queue = new UnitAttentionQueue();
            _queues[nexusId] = queue;
            queue.Add(condition);
            Recount();
        }
    }

    public void Close(long nexusId)
    {
        lock (_gate)
        {
            _queues.Remove(nexusId);
            Recount();
        }
    }

    public void AddTo(long nexusId, AdditionalSense condition)
    {
        lock (_gate)
        {
            if (_queues.TryGetValue(nexusId, out var queue))
                queue.Add(condition);
            Recount();
        }
    }

    public void AddToAll(AdditionalSense condition, long exceptNexusId = -1)
    {
        lock (_gate)
        {
            foreach (var (nexusId, queue) in _queues)
            {
                if (nexusId != exceptNexusId)
                    queue.Add(condition);
            }
            Recount();
        }
    }

    public bool TryTake(long nexusId, out AdditionalSense condition)
    {
        lock (_gate)
        {
            condition = default;
            var taken = _queues.TryGetValue(nexusId, out var queue) && queue.TryTake(out condition);
            Recount();
            return taken;
        }
    }

    public void Remove(long nexusId, AdditionalSense condition)
    {
        lock (_gate)
        {
            if (_queues.TryGetValue(nexusId, out var queue))
                queue.Remove(condition);
            Recount();
        }
    }

    private void Recount()
    {
        var pending = 0;
        foreach (var queue in _queues.Values)
            pending += queue.Count;
        Volatile.Write(ref _pending, pending);
    }
}
