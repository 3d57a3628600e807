using Futago.Blocks;

namespace Futago.Replication;

/// <summary>An application's request on its way through the core.</summary>
internal sealed class VolumeRequest(BlockRequest source) : ReplicaRequest(
    source.Operation,
    source.OffsetBytes,
    source.LengthBytes,
    source.Buffer is { } buffer ? new Payload(buffer, source.BufferOffset, (int)source.LengthBytes, Owner: null) : null,
    source.Durable)
{
    public void Complete(BlockStatus status) => source.OnCompleted(status);
}
