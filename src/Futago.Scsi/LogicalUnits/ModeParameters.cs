using Futago.Scsi.Mode;

namespace Futago.Scsi.LogicalUnits;

/// <summary>Mode parameters of a logical unit that MODE SELECT can change, shared by all nexuses: current and saved ones.</summary>
internal sealed class ModeParameters
{
    private readonly IModeStore? _store;
    private readonly Lock _saving = new();
    private volatile ModeValues _current;
    private volatile ModeValues _saved;

    /// <param name="store">Where saved values are kept; without one, nothing can be saved.</param>
    public ModeParameters(IModeStore? store = null)
    {
        _store = store;
        _current = _saved = store?.Load() ?? Default;
    }

    public static ModeValues Default { get; } = new();

    public ModeValues Current
    {
        get => _current;
        set => _current = value;
    }

    public ModeValues Saved => _saved;

    public bool CanSave => _store is not null;

    public bool DescriptorSense => _current.DescriptorSense;

    public bool SoftwareWriteProtect => _current.SoftwareWriteProtect;

    /// <summary>Durable when it returns. Throws when that fails; nothing has changed then.</summary>
    public void Save(ModeValues values)
    {
        lock (_saving)
        {
            _store!.Save(values);
            _saved = values;
        }
    }

    /// <summary>SPC-4 section 5.10: after a reset the saved values are the current ones.</summary>
    public void Reset() => _current = _saved;
}
