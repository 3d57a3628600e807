using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Copy;

/// <summary>
/// The copies of a target by I_T nexus and list identifier, SPC-4 section 5.17.4: under way, or held for RECEIVE COPY RESULTS until
/// the identifier is used again, the nexus is lost, or newer ones need the room.
/// </summary>
internal sealed class CopyOperations
{
    /// <summary>Copies of one nexus that are kept or under way (MAXIMUM IDENTIFIED CONCURRENT COPIES).</summary>
    public const int MaximumPerNexus = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, List<(uint ListId, CopyOperation Operation)>> _byNexus = [];

    /// <returns>False when the identifier is in use, or too many copies are under way.</returns>
    public bool TryAdd(Nexus nexus, uint listId, CopyOperation operation)
    {
        lock (_gate)
        {
            if (!_byNexus.TryGetValue(nexus.Id, out var operations))
                _byNexus[nexus.Id] = operations = [];
            var same = operations.FindIndex(entry => entry.ListId == listId);
            if (same >= 0 && !operations[same].Operation.IsFinished)
                return false;
            if (same >= 0)
                operations.RemoveAt(same);
            if (operations.Count >= MaximumPerNexus)
            {
                var over = operations.FindIndex(entry => entry.Operation.IsFinished);
                if (over < 0)
                    return false;
                operations.RemoveAt(over);
            }
            operations.Add((listId, operation));
            return true;
        }
    }

    public CopyOperation? Find(Nexus nexus, uint listId)
    {
        lock (_gate)
            return _byNexus.TryGetValue(nexus.Id, out var operations) ? operations.Find(entry => entry.ListId == listId).Operation : null;
    }

    /// <summary>The initiator did not want the outcome kept.</summary>
    public void Remove(Nexus nexus, CopyOperation operation)
    {
        lock (_gate)
        {
            if (_byNexus.TryGetValue(nexus.Id, out var operations))
                operations.RemoveAll(entry => entry.Operation == operation);
        }
    }

    /// <summary>The nexus is lost: its copies end, and nobody can ask for them any more.</summary>
    public void Forget(long nexusId)
    {
        lock (_gate)
        {
            if (_byNexus.Remove(nexusId, out var operations))
                operations.ForEach(entry => entry.Operation.Cancel());
        }
    }

    /// <summary>Logical unit reset: copies that it was asked for end, also those whose command is over (IMMED).</summary>
    public void Cancel(LogicalUnit unit)
    {
        lock (_gate)
        {
            foreach (var (_, operation) in _byNexus.Values.SelectMany(operations => operations))
            {
                if (operation.Unit == unit)
                    operation.Cancel();
            }
        }
    }
}
