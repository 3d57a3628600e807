namespace Futago.Management.Node;

/// <summary>An address that the iSCSI service listens on.</summary>
public sealed class Portal
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Address { get; init; }

    public required int Port { get; init; }
}
