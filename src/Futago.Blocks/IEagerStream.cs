namespace Futago.Blocks;

/// <summary>A stream that says how much can be written without waiting.</summary>
public interface IEagerStream
{
    /// <summary>Writes and flushes as far as that goes without waiting.</summary>
    /// <param name="bytes">What; becomes what is left of it.</param>
    /// <returns>Whether all is on its way. If not, the rest, and a flush, is somebody's who can wait.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    bool TryWriteAndFlush(ref ReadOnlySpan<byte> bytes);
}
