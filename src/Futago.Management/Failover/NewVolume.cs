using Futago.Engine.Contracts;

namespace Futago.Management.Failover;

/// <summary>A volume to be made on both nodes, checked and completed.</summary>
/// <param name="Begun">The task of an earlier try; then the volume of this node is there too.</param>
internal sealed record NewVolume(
    string Group, string Name, long SizeBytes, bool Thin, string PeerGroup, string PeerName, string Task, string Target, int? Lun, string? Allow,
    VolumeReplication.VolumeReplicationTask? Begun)
{
    public string Path => $"{Group}/{Name}";

    public string PeerPath => $"{PeerGroup}/{PeerName}";

    public string Size => ByteSize.Format(SizeBytes);
}
