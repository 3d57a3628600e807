namespace Futago.Management.Targets;

/// <summary>Lets initiators in; exactly one of the two is set.</summary>
public sealed class AccessRule
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Normalised by <see cref="AccessAddress"/>.</summary>
    public string? Address { get; init; }

    /// <summary>Initiator name in lower case.</summary>
    public string? Initiator { get; init; }
}
