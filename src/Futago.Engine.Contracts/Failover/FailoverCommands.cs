namespace Futago.Engine.Contracts.Failover;

/// <param name="On">While on, nothing switches by itself, on both nodes.</param>
public sealed record SetMaintenanceRequest(bool On);

/// <summary>A person's word that the peer does not serve, and that what this node has is to be served.</summary>
/// <param name="Confirm">Name of this node, typed again.</param>
/// <param name="Force">Also when this node's data is not up to date: what only the peer has is then given up.</param>
public sealed record ServeAnywayRequest(string Confirm, bool Force);

/// <summary>A witness that is about to be set.</summary>
/// <param name="Id">Of the failover.</param>
/// <param name="Key">Base64 of the failover's key.</param>
public sealed record ProbeWitnessRequest(string Address, int Port, Guid Id, string Key)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => $"ProbeWitnessRequest {{ Address = {Address}, Port = {Port} }}";
}

/// <param name="PublicKey">Base64, to be kept in <see cref="WitnessConfiguration"/>.</param>
public sealed record ProbeWitnessResult(string PublicKey);
