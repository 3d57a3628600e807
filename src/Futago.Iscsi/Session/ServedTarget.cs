using Futago.Iscsi.Observation;

namespace Futago.Iscsi.Session;

/// <summary>A target that the server offers now. The definition can be replaced under live sessions.</summary>
internal sealed class ServedTarget(IscsiTargetDefinition definition, TimeProvider time)
{
    private volatile IscsiTargetDefinition _definition = definition;

    public string Name { get; } = definition.Name;

    /// <summary>Counts as long as the target is offered.</summary>
    public TargetObservation Observation { get; } = new(time);

    public IscsiTargetDefinition Definition
    {
        get => _definition;
        set => _definition = value;
    }
}
