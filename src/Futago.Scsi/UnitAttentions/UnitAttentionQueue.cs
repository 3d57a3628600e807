using Futago.Scsi.Sense;

namespace Futago.Scsi.UnitAttentions;

/// <summary>
/// Unit attention conditions of one I_T nexus on one logical unit, SAM-5 section 5.14. Each condition is kept once, so the
/// queue cannot grow beyond the number of conditions. Not thread-safe.
/// </summary>
internal sealed class UnitAttentionQueue
{
    private readonly List<AdditionalSense> _pending = [];

    public int Count => _pending.Count;

    /// <returns>Whether the condition was not pending before.</returns>
    public bool Add(AdditionalSense condition)
    {
        if (_pending.Contains(condition))
            return false;
        // SAM-5 section 5.14.3: a power on or reset condition takes precedence and stands for what it implies.
        if (condition == AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED)
        {
            _pending.Clear();
            _pending.Add(condition);
        }
        else if (condition is AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED or AdditionalSense.I_T_NEXUS_LOSS_OCCURRED)
        {
            _pending.Insert(0, condition);
        }
        else
        {
            _pending.Add(condition);
        }
        return true;
    }

    public bool TryTake(out AdditionalSense condition)
    {
        if (_pending.Count == 0)
        {
            condition = default;
            return false;
        }
        condition = _pending[0];
        _pending.RemoveAt(0);
        return true;
    }

    public bool Remove(AdditionalSense condition) => _pending.Remove(condition);
}
