using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.Transport;

namespace Futago.Scsi;

/// <summary>Sessions and logical units coming and going.</summary>
public sealed partial class ScsiTarget
{
    /// <summary>Initiator ports remembered to tell a first login from a return; beyond it the oldest knowledge goes.</summary>
    private const int RememberedPorts = 4096;

    private readonly object _change = new();
    private readonly Dictionary<long, Nexus> _nexuses = [];
    private readonly HashSet<string> _knownPorts = [];

    public void Open(Nexus nexus)
    {
        lock (_change)
        {
            _nexuses[nexus.Id] = nexus;
            if (_knownPorts.Count >= RememberedPorts)
                _knownPorts.Clear();
            // SAM-5 section 5.14: a port that was here before lost its nexus; to a new one the target has just come up.
            var condition = _knownPorts.Add(nexus.InitiatorPort)
                ? AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED
                : AdditionalSense.I_T_NEXUS_LOSS_OCCURRED;
            foreach (var unit in AllUnits())
                unit.Attentions.Open(nexus.Id, condition);
        }
    }

    public void Close(Nexus nexus)
    {
        lock (_change)
        {
            if (!_nexuses.Remove(nexus.Id))
                return;
            Copies.Forget(nexus.Id);
            foreach (var unit in AllUnits())
                unit.ForgetNexus(nexus.Id);
        }
    }

    /// <summary>
    /// Makes these the target's logical units. Units that are in both lists (the same objects) go on undisturbed; every nexus
    /// gets REPORTED LUNS DATA HAS CHANGED when anything is different.
    /// </summary>
    /// <returns>Ends when no command is left on units that were taken away; their devices can be closed then.</returns>
    /// <exception cref="ArgumentException">Two units have one LUN number.</exception>
    public Task SetLogicalUnits(IReadOnlyList<LogicalUnit> units)
    {
        var map = new UnitMap([.. units], _controller);
        lock (_change)
        {
            var removed = _units.Units.Except(units).ToArray();
            var added = units.Except(_units.Units).ToArray();
            if (removed.Length == 0 && added.Length == 0)
                return Task.CompletedTask;
            foreach (var unit in added)
            {
                foreach (var nexusId in _nexuses.Keys)
                    unit.Attentions.Open(nexusId, AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
                unit.Attach();
            }
            var kept = AllUnits().Except(removed).ToArray();
            _units = map;
            foreach (var unit in kept)
                unit.Attentions.AddToAll(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
            foreach (var unit in removed)
                unit.Detach();
            return Task.WhenAll(removed.Select(unit => unit.Tasks.CloseAsync()));
        }
    }

    /// <summary>Nexuses that exist now of one initiator port.</summary>
    internal long[] NexusesOf(string initiatorPort)
    {
        lock (_change)
            return [.. _nexuses.Values.Where(nexus => nexus.InitiatorPort == initiatorPort).Select(nexus => nexus.Id)];
    }

    /// <summary>A nexus that the same initiator has with this target, or null.</summary>
    internal Nexus? FindNexusLike(Nexus other)
    {
        lock (_change)
            return _nexuses.Values.FirstOrDefault(nexus => nexus.IsOfSameInitiatorAs(other));
    }

    internal IReadOnlyList<int> ReportedLuns() => _units.Luns;

    /// <summary>SPC-4 section 6.33: REPORT LUNS clears the condition for the nexus on every logical unit.</summary>
    internal void ForgetLunChange(Nexus nexus)
    {
        foreach (var unit in AllUnits())
            unit.Attentions.Remove(nexus.Id, AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
    }

    /// <summary>Disks and the controller; the latter also while a disk stands on LUN 0.</summary>
    private IEnumerable<LogicalUnit> AllUnits() => _units.Units.Append(_controller);
}
