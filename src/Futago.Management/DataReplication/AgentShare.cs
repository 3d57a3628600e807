namespace Futago.Management.DataReplication;

/// <summary>A share of this node that uses data replication.</summary>
public sealed class AgentShare
{
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>Its name.</summary>
    public required string Share { get; init; }

    public required string User { get; set; }

    public required string ProtectedPassword { get; set; }

    /// <summary>Addresses and subnets that sources may come from.</summary>
    public List<string> Allowed { get; set; } = [];
}
