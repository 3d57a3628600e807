using Futago.Blocks;

namespace Futago.Replication;

/// <summary>A long unmapping or zeroing, piece by piece.</summary>
internal sealed class SplitRequest : BlockRequest
{
    private readonly ReplicatedVolume _volume;
    private readonly BlockRequest _whole;
    private readonly long _pieceBytes;
    private readonly long _end;

    public SplitRequest(ReplicatedVolume volume, BlockRequest whole, long pieceBytes)
    {
        (_volume, _whole, _pieceBytes) = (volume, whole, pieceBytes);
        (Operation, OffsetBytes, Durable) = (whole.Operation, whole.OffsetBytes, whole.Durable);
        _end = whole.OffsetBytes + whole.LengthBytes;
    }

    public void Start()
    {
        LengthBytes = Math.Min(_pieceBytes, _end - OffsetBytes);
        _volume.Submit(this);
    }

    public override void OnCompleted(BlockStatus status)
    {
        OffsetBytes += LengthBytes;
        if (status != BlockStatus.Ok || OffsetBytes >= _end)
            _whole.OnCompleted(status);
        else
            Start();
    }
}
