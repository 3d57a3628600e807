using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Data on its way: a piece of a buffer that does not change until the core lets go of it (I14).</summary>
/// <param name="Owner">Gets the buffer back; null for an application's, which stays the application's.</param>
internal sealed record Payload(BlockBuffer Buffer, int Offset, int Length, BlockBufferPool? Owner)
{
    /// <summary>When an application submitted it.</summary>
    public long SubmittedAt { get; init; }

    public Span<byte> Span => Buffer.Slice(Offset, Length);

    public void Release() => Owner?.Return(Buffer);
}
