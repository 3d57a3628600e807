using Futago.Blocks;

namespace Futago.Replication;

/// <summary>An application's request on its way through the core.</summary>
internal sealed class VolumeRequest(BlockRequest source, long submittedAt) : ReplicaRequest(
    source.Operation,
    source.OffsetBytes,
    source.LengthBytes,
    source.Buffer is { } buffer ? new Payload(buffer, source.BufferOffset, (int)source.LengthBytes, Owner: null) { SubmittedAt = submittedAt } : null,
    source.Durable)
{
    public long SubmittedAt => submittedAt;

    public void Complete(BlockStatus status) => source.OnCompleted(status);
}
